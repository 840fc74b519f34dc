"""Messages with codes, PINs and keys do not stay in a chat."""

import re

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.types import Message

from handlers.context import UseCases

#: Digits of any script, as many as a code or a PIN has, perhaps with a space or a dash inside.
_DIGITS = re.compile(r"(?<!\d)\d{2,4}[\s-]?\d{2,4}(?!\d)")

#: A message longer than this is not a code that was typed in a hurry.
_SHORT = 64


def looks_secret(message: Message) -> bool:
    """Whether a message that nobody asked for could be a code or a PIN."""
    text = message.text or message.caption or ""
    return len(text) <= _SHORT and bool(_DIGITS.search(text))


async def remove_now(use: UseCases, message: Message) -> None:
    """Delete a message that a person sent; later, by the outgoing queue, if Telegram does not do it now."""
    await remove_ids_now(use, message.bot, message.chat.id, message.message_id)


async def remove_ids_now(use: UseCases, bot: Bot | None, chat_id: int, *message_ids: int) -> None:
    """The same for messages known by id. A message that is gone already counts as deleted."""
    left = []
    for message_id in message_ids:
        try:
            if bot is None:
                raise RuntimeError("a message that came from no bot")
            await bot.delete_message(chat_id, message_id)
        except TelegramBadRequest:
            continue
        except AiogramError:
            left.append(message_id)
    if left:
        await use.remove_later(chat_id, tuple(left))
