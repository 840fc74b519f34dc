"""What a press or a message in the conversation of a backup does."""

import io
from datetime import timedelta

from aiogram import Bot
from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button

from changes.backing_up import Made
from changes.errors import BackupLocked, BackupRefused, BackupTooLarge, CodeLocked, CodeWrong
from changes.sealed_file import LARGEST, check_form
from handlers.context import Context
from handlers.notices import SECRET_SHOWN_FOR, secret_keyboard
from handlers.owner.backup import memory
from handlers.secret_messages import looks_secret, remove_now, removing
from handlers.states import BackupSG
from handlers.widgets import refuse_digits, refuse_in_window, say_in_window, show_menu


async def to_code(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    memory.ask_code(Context(manager))
    await manager.switch_to(BackupSG.code)


async def take_code(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """Where the code is right, the file comes, then what opens it, then the menu."""
    context = Context(manager)
    manager.show_mode = ShowMode.EDIT
    try:
        async with removing(context.use, message):
            made = await context.use.make_backup(
                context.who.actor, context.shop.id, message.text or "", memory.asked_at(context)
            )
    except (CodeWrong, CodeLocked) as refusal:
        refuse_in_window(manager, refusal)
        return
    await _send(context, manager.middleware_data["bot"], made)
    await show_menu(manager, ShowMode.DELETE_AND_SEND)


async def _send(context: Context, bot: Bot, made: Made) -> None:
    """The message with the passphrase is known, and its deletion queued, before the passphrase is in it."""
    texts, chat = context.texts, context.who.actor.chat_id
    name = f"tillkeeper-{made.backup.made_at:%Y-%m-%d}.backup"
    caption = texts.html("sealed-file", users=made.backup.users, terminals=len(made.backup.rosters))
    if not all(roster.complete for roster in made.backup.rosters):
        caption += "\n" + texts.html("sealed-cut")
    await bot.send_document(chat, BufferedInputFile(made.file, name), caption=caption)
    coming = await bot.send_message(chat, texts.html("sealed-phrase-coming"), protect_content=True)
    await context.use.remove_later(chat, (coming.message_id,), timedelta(seconds=SECRET_SHOWN_FOR))
    shown = texts.html("sealed-phrase", phrase=made.passphrase, seconds=SECRET_SHOWN_FOR)
    await bot.edit_message_text(shown, chat_id=chat, message_id=coming.message_id, reply_markup=secret_keyboard(texts))


async def take_file(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """Only which file it is, is remembered; it is read once the passphrase is there."""
    document = message.document
    if document is None or (document.file_size or 0) > LARGEST:
        refuse_in_window(manager, BackupTooLarge())
        return
    try:
        check_form(await _content(manager, document.file_id))
    except BackupRefused as refusal:
        refuse_in_window(manager, refusal)
        return
    memory.set_file(Context(manager), document.file_id)
    await manager.switch_to(BackupSG.phrase)


async def no_file(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    if looks_secret(message):
        await refuse_digits(manager, message)
    else:
        say_in_window(manager, "restore-file-expected")


async def take_phrase(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """The message goes before anything else happens."""
    context = Context(manager)
    await remove_now(context.use, message)
    manager.show_mode = ShowMode.EDIT
    file = await _content(manager, memory.file_id(context))
    try:
        found = await context.use.propose_restore(context.who.actor, context.shop.id, file, message.text or "")
    except BackupLocked as refusal:
        refuse_in_window(manager, refusal)
        return
    memory.set_restoration(context, found)
    await manager.switch_to(BackupSG.difference)


async def _content(manager: DialogManager, file_id: str) -> bytes:
    """Raises `BackupTooLarge`, whatever Telegram said of its size before."""
    bot: Bot = manager.middleware_data["bot"]
    file = await bot.get_file(file_id)
    if (file.file_size or 0) > LARGEST:
        raise BackupTooLarge
    content = _Bounded()
    await bot.download_file(file.file_path or "", content)
    return content.getvalue()


class _Bounded(io.BytesIO):
    def write(self, data: bytes) -> int:  # type: ignore[override]
        if self.tell() + len(data) > LARGEST:
            raise BackupTooLarge
        return super().write(data)
