"""What nobody asked for: messages outside a conversation, edited messages, buttons that outlived theirs."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode

from handlers.context import UseCases, Who
from handlers.secret_messages import looks_secret, remove_now
from handlers.widgets import answer_press, show_menu


async def old_button(event: CallbackQuery, who: Who, dialog_manager: DialogManager) -> None:
    await answer_press(event, who.texts.plain("keyboard-old"), alert=True)
    await show_menu(dialog_manager, ShowMode.SEND)


async def edited(message: Message, who: Who, use: UseCases) -> None:
    """An edited message is never a command, a value or a code; it is told so, and digits do not stay."""
    if looks_secret(message):
        await remove_now(use, message)
    await message.answer(who.texts.html("edited-not-read"))


async def unexpected(message: Message, who: Who, use: UseCases, dialog_manager: DialogManager) -> None:
    key = "press-instead"
    if looks_secret(message):
        await remove_now(use, message)
        key = "digits-removed"
    await message.answer(who.texts.html(key))
    await show_menu(dialog_manager, ShowMode.SEND)


def make_stray() -> Router:
    router = Router(name="owner.stray")
    router.callback_query.register(old_button)
    router.edited_message.register(edited)
    router.message.register(unexpected)
    return router
