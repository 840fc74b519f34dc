"""What a person is told when a press is refused, or when its conversation is gone."""

from aiogram import Router
from aiogram.filters import ExceptionTypeFilter
from aiogram.types import CallbackQuery, ErrorEvent, Message, Update
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.api.exceptions import OutdatedIntent, UnknownIntent, UnknownState

from changes.errors import ClaimRefused, NotEnrolled, NotWaiting, Refused, RequestOver, TillRefused, TillUnreachable
from handlers.context import UseCases, Who
from handlers.secret_messages import looks_secret, remove_now
from handlers.shown import refusal_plain
from handlers.states import WaitingSG
from handlers.widgets import answer_press, show_menu

#: After these the conversation cannot go on where it was.
_ENDS_CONVERSATION = (RequestOver, TillRefused, TillUnreachable, NotEnrolled)

#: Telegram shows at most this many characters of an alert.
_ALERT_LONGEST = 200


async def conversation_gone(event: ErrorEvent, who: Who, use: UseCases, dialog_manager: DialogManager) -> None:
    """A button of a conversation that is over, or a conversation that this release no longer knows."""
    message = event.update.message
    if message is not None and looks_secret(message):
        await remove_now(use, message)
    await tell(event.update, who.texts.plain("keyboard-old"))
    await show_menu(dialog_manager, ShowMode.SEND)


async def refused(event: ErrorEvent, who: Who, dialog_manager: DialogManager) -> None:
    refusal = event.exception
    if not isinstance(refusal, Refused):
        raise TypeError(refusal)
    if isinstance(refusal, ClaimRefused) and not who.enrolled:
        # A stranger gets no menu; and whose invitation comes a second time goes on with the key that was shown.
        await tell(event.update, who.texts.plain(refusal.key))
        return
    zone = who.shops[0].zone if who.shops else "UTC"
    await tell(event.update, refusal_plain(who.texts, refusal, zone))
    if isinstance(refusal, NotWaiting) and _is_about_waiting(dialog_manager):
        await show_list(dialog_manager)
    elif isinstance(refusal, _ENDS_CONVERSATION) or event.update.message is not None:
        await show_menu(dialog_manager, ShowMode.SEND)


def _is_about_waiting(manager: DialogManager) -> bool:
    return manager.has_context() and manager.current_context().state.group is WaitingSG


async def show_list(manager: DialogManager) -> None:
    """What else waits, in place of a change that does not any more."""
    await manager.switch_to(WaitingSG.list)
    await manager.show()


async def tell(update: Update, text: str) -> None:
    """In the alert of the press, or as a message where there was no press or the text is too long for an alert."""
    callback: CallbackQuery | None = update.callback_query
    message: Message | None = update.message or update.edited_message
    if callback is not None:
        fits = len(text) <= _ALERT_LONGEST
        if await answer_press(callback, text if fits else None, alert=fits) and fits:
            return
        message = callback.message if isinstance(callback.message, Message) else None
    if message is not None:
        await message.answer(text, parse_mode=None)


def make_errors() -> Router:
    router = Router(name="errors")
    router.errors.register(conversation_gone, ExceptionTypeFilter(UnknownIntent, OutdatedIntent, UnknownState))
    router.errors.register(refused, ExceptionTypeFilter(Refused))
    return router
