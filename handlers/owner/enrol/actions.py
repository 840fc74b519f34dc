"""What happens while the authenticator is enrolled."""

import io

import segno
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)
from aiogram_dialog import DialogManager, ShowMode, StartMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button

from changes.enrolment import ENROLMENT_LIFETIME, ShownKey
from changes.errors import CodeLocked, CodeWrong, EnrolmentOver
from handlers.context import Context
from handlers.secret_messages import remove_ids_now, remove_now
from handlers.states import EnrolSG
from handlers.widgets import refuse_in_window, show_menu

_SHOWN = "shown"


async def begin(manager: DialogManager) -> None:
    """Show a new key as picture and text, then wait for its first code. An older key's messages go: it is void."""
    context = Context(manager)
    if manager.has_context() and manager.current_context().state == EnrolSG.code:
        await _take_key_back(manager)
    key = await context.use.begin_enrolment(context.who.actor)
    await manager.start(EnrolSG.code, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    await _show_key(manager, key)
    manager.show_mode = ShowMode.SEND
    await manager.show()


async def _show_key(manager: DialogManager, key: ShownKey) -> None:
    """Both messages are remembered by id, so that they can go; the key itself is not."""
    context = Context(manager)
    bot, chat = manager.middleware_data["bot"], context.who.actor.chat_id
    picture = BufferedInputFile(_png(key.uri), "authenticator.png")
    copy = InlineKeyboardButton(text=context.texts.plain("enrol-copy"), copy_text=CopyTextButton(text=key.secret))
    shown: list[int] = []
    context.data[_SHOWN] = shown
    photo = await bot.send_photo(chat, picture, caption=context.texts.html("enrol-qr"), protect_content=True)
    shown.append(photo.message_id)
    text = await bot.send_message(
        chat,
        context.texts.html("enrol-key", key=key.secret),
        reply_markup=InlineKeyboardMarkup(inline_keyboard=[[copy]]),
    )
    shown.append(text.message_id)
    # Also where this conversation is forgotten: a key that still waits for its code must not stay.
    await context.use.remove_later(chat, tuple(shown), ENROLMENT_LIFETIME)


def _png(uri: str) -> bytes:
    picture = io.BytesIO()
    segno.make(uri, error="m").save(picture, kind="png", scale=8, border=4)
    return picture.getvalue()


async def show_again(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await begin(manager)


async def _take_key_back(manager: DialogManager) -> None:
    context = Context(manager)
    ids = [int(message_id) for message_id in context.data.pop(_SHOWN, [])]
    await remove_ids_now(context.use, manager.middleware_data["bot"], context.who.actor.chat_id, *ids)


async def take_code(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    context = Context(manager)
    await remove_now(context.use, message)
    manager.show_mode = ShowMode.EDIT
    try:
        await context.use.confirm_enrolment(context.who.actor, message.text or "")
    except (CodeWrong, CodeLocked) as refusal:
        refuse_in_window(manager, refusal)
        return
    except EnrolmentOver:
        await _take_key_back(manager)
        raise
    await _take_key_back(manager)
    await message.answer(context.texts.html("enrol-done"))
    await show_menu(manager, ShowMode.DELETE_AND_SEND)
