"""Messages with codes, PINs and keys do not stay in a chat."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.types import Message

from handlers.context import UseCases

log = structlog.get_logger()

#: Seconds that Telegram has to delete a message, before the queue is left to do it.
_PATIENCE = 5

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


@asynccontextmanager
async def removing(use: UseCases, message: Message) -> AsyncIterator[None]:
    """Delete it meanwhile: what it asks for need not wait for Telegram. Left when it is gone, or queued to go."""
    removal = asyncio.create_task(remove_now(use, message))
    try:
        yield
    finally:
        await removal


async def remove_ids_now(use: UseCases, bot: Bot | None, chat_id: int, *message_ids: int) -> None:
    """The same for messages known by id. A message that is gone already counts as deleted."""
    if bot is None:
        raise RuntimeError("a message that came from no bot")
    left = list(message_ids)
    try:
        for message_id in message_ids:
            if await _deleted(bot, chat_id, message_id):
                left.remove(message_id)
    finally:
        # Also where the handler is cancelled on the way; then the queueing itself must not be.
        if left:
            await asyncio.shield(use.remove_later(chat_id, tuple(left)))


async def _deleted(bot: Bot, chat_id: int, message_id: int) -> bool:
    try:
        await bot.delete_message(chat_id, message_id, request_timeout=_PATIENCE)
    except TelegramBadRequest:
        return True
    except AiogramError:
        return False
    except Exception:
        log.exception("deleting a message failed", error_id=secrets.token_hex(4))
        return False
    return True
