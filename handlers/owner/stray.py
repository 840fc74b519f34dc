"""What nobody asked for: messages outside a conversation, edited messages, buttons that outlived theirs."""

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode

from handlers.context import UseCases, Who
from handlers.notices import MENU_BUTTON, NOTED_BUTTON
from handlers.secret_messages import looks_secret, remove_ids_now, remove_now
from handlers.widgets import show_menu


async def menu_button(event: CallbackQuery, dialog_manager: DialogManager) -> None:
    """The button under a finished change: the message stays as it is, the menu comes below."""
    await event.answer()
    await show_menu(dialog_manager, ShowMode.SEND)


async def noted_button(event: CallbackQuery, use: UseCases) -> None:
    """The owner has written the PIN down: the message that shows it goes now."""
    await event.answer()
    if event.message is not None:
        await remove_ids_now(use, event.bot, event.message.chat.id, event.message.message_id)


async def old_button(event: CallbackQuery, who: Who, dialog_manager: DialogManager) -> None:
    await event.answer(who.texts.plain("keyboard-old"), show_alert=True)
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
    router.callback_query.register(menu_button, F.data == MENU_BUTTON)
    router.callback_query.register(noted_button, F.data == NOTED_BUTTON)
    router.callback_query.register(old_button)
    router.edited_message.register(edited)
    router.message.register(unexpected)
    return router
