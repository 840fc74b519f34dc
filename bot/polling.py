"""Taking updates from Telegram so that none is lost.

aiogram's own polling acknowledges updates before their handlers end. Here the offset moves only past updates that
are done: a killed process gets the others again. Updates of different chats are handled at the same time, those of one
chat in their order.
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any, ClassVar

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import AiogramError, TelegramConflictError, TelegramRetryAfter, TelegramUnauthorizedError
from aiogram.methods import GetUpdates
from aiogram.types import Update
from pydantic import ValidationError

from bot.faults import for_log

log = structlog.get_logger()

#: The kinds that handlers exist for.
ALLOWED_UPDATES = ["message", "edited_message", "callback_query"]

_LONG_POLL = 25
#: While updates are under way Telegram answers at once with them again, so new ones are asked for this often.
_BETWEEN_POLLS = 0.2
_FINISH_LIMIT = 60.0
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
#: Telegram's own word on how long to wait is believed up to a minute.
_LONGEST_FLOOD = 60.0


class TokenRefused(Exception):
    """Telegram does not know the bot's token."""


class _RawUpdates(GetUpdates):
    """Updates as they came: read one by one, so that one that cannot be read does not stop the others."""

    __returning__: ClassVar[Any] = list[dict[str, Any]]


def _everyone(_chat: int, _update: Update) -> bool:
    return True


class Polling:
    def __init__(self, bot: Bot, dispatcher: Dispatcher, admit: Callable[[int, Update], bool] = _everyone) -> None:
        """`admit` says when an update's turn has come whether it is handled; else it is done."""
        self._bot, self._dispatcher, self._admit = bot, dispatcher, admit
        #: Every update since the offset: its task, done or not.
        self._taken: dict[int, asyncio.Task[None]] = {}
        #: The last task of each chat.
        self._last: dict[int, asyncio.Task[None]] = {}
        self._offset: int | None = None

    async def run(self) -> None:
        """Until cancelled; then what is under way ends, and what is done is acknowledged. Raises `TokenRefused`."""
        pause = _FIRST_PAUSE
        try:
            while True:
                try:
                    await self._poll()
                    pause = _FIRST_PAUSE
                except TelegramUnauthorizedError as refused:
                    raise TokenRefused from refused
                except AiogramError as away:
                    _log_away(away)
                    wait = away.retry_after if isinstance(away, TelegramRetryAfter) else pause
                    await asyncio.sleep(min(wait, _LONGEST_FLOOD))
                    pause = min(pause * 2, _LONGEST_PAUSE)
                except Exception:
                    # Of what a proxy answers aiogram stumbles over some.
                    log.exception("polling failed", error_id=secrets.token_hex(4))
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE)
        except asyncio.CancelledError:
            await self._finish()
            raise

    async def _poll(self) -> None:
        running = [task for task in self._taken.values() if not task.done()]
        if running:
            await asyncio.wait(running, timeout=_BETWEEN_POLLS, return_when=asyncio.FIRST_COMPLETED)
        self._move_offset()
        busy = bool(self._taken)
        updates = await self._updates(timeout=0 if busy else _LONG_POLL)
        for update in updates:
            if update["update_id"] not in self._taken:
                self._take(update)

    async def _updates(self, **how: int) -> list[dict[str, Any]]:
        asked = _RawUpdates(offset=self._offset, allowed_updates=ALLOWED_UPDATES, **how)
        found: list[Any] = await self._bot(asked, request_timeout=_LONG_POLL + 15)
        return found

    def _take(self, raw: dict[str, Any]) -> None:
        update_id = raw["update_id"]
        try:
            update = Update.model_validate(raw, context={"bot": self._bot})
        except ValidationError as odd:
            # What it says is in no log: it may be a code. It would not read better the next time.
            log.error("update cannot be read", update_id=update_id, error=type(odd).__name__)
            self._taken[update_id] = asyncio.create_task(asyncio.sleep(0))
            return
        chat = _chat_of(update)
        task = asyncio.create_task(self._handle(update, chat, self._last.get(chat)))
        self._taken[update_id] = self._last[chat] = task

    async def _handle(self, update: Update, chat: int, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        if not self._admit(chat, update):
            return
        try:
            await self._dispatcher.feed_update(self._bot, update)
        except Exception:
            # Even telling the person failed: a redelivery would fail alike, so the update counts as done.
            log.exception("update failed beyond telling", error_id=secrets.token_hex(4), update_id=update.update_id)

    def _move_offset(self) -> None:
        """Past the done updates that no unfinished one precedes."""
        for update_id in sorted(self._taken):
            if not self._taken[update_id].done():
                break
            del self._taken[update_id]
            self._offset = update_id + 1
        for chat in [chat for chat, task in self._last.items() if task.done()]:
            del self._last[chat]

    async def _finish(self) -> None:
        if self._taken:
            await asyncio.wait(self._taken.values(), timeout=_FINISH_LIMIT)
        self._move_offset()
        try:
            await self._updates(timeout=0, limit=1)
        except AiogramError as away:
            # Not acknowledged: the updates come again, and handlers bear that.
            _log_away(away)
        except Exception:
            log.exception("the last updates were not acknowledged", error_id=secrets.token_hex(4))


def _chat_of(update: Update) -> int:
    message = update.message or update.edited_message
    if message is not None:
        return message.chat.id
    return update.callback_query.from_user.id if update.callback_query else 0


def _log_away(away: AiogramError) -> None:
    if isinstance(away, TelegramConflictError):
        log.error("another process polls with this bot's token: if it is not yours, revoke the token at @BotFather")
    else:
        log.warning("Telegram does not answer", error=for_log(away))
