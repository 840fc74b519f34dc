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

from bot.faults import for_log
from bot.updates import ALLOWED_UPDATES, Admit, Updates, everyone

log = structlog.get_logger()

#: In Telegram's refusal of a poll while it delivers to a webhook; another poller is refused with the same number.
_WEBHOOK = "webhook is active"

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


def _always() -> bool:
    return True


class Polling:
    def __init__(
        self, bot: Bot, dispatcher: Dispatcher, admit: Admit = everyone, may_poll: Callable[[], bool] = _always
    ) -> None:
        """`may_poll` says whether this process is still the one that polls."""
        self._bot, self._may_poll = bot, may_poll
        self._updates = Updates(bot, dispatcher, admit)
        #: Every update since the offset: its task, done or not.
        self._taken: dict[int, asyncio.Task[None]] = {}
        self._offset: int | None = None

    async def run(self) -> None:
        """Until cancelled; then what is under way ends, and what is done is acknowledged. Raises `TokenRefused`.

        Where another process polls from then on, what is under way is dropped: it comes to that process.
        """
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
            if self._may_poll():
                await self._finish()
            else:
                await self._drop()
            raise

    async def _poll(self) -> None:
        running = [task for task in self._taken.values() if not task.done()]
        if running:
            await asyncio.wait(running, timeout=_BETWEEN_POLLS, return_when=asyncio.FIRST_COMPLETED)
        self._move_offset()
        busy = bool(self._taken)
        updates = await self._fetch(timeout=0 if busy else _LONG_POLL)
        for update in updates:
            if update["update_id"] not in self._taken:
                self._taken[update["update_id"]] = self._updates.take(update)

    async def _fetch(self, **how: int) -> list[dict[str, Any]]:
        asked = _RawUpdates(offset=self._offset, allowed_updates=ALLOWED_UPDATES, **how)
        try:
            found: list[Any] = await self._bot(asked, request_timeout=_LONG_POLL + 15)
        except TelegramConflictError as taken:
            if _WEBHOOK not in taken.message:
                raise
            log.warning("a webhook was set for this bot: it is ended, for here is polled")
            await self._bot.delete_webhook()
            return []
        return found

    def _move_offset(self) -> None:
        """Past the done updates that no unfinished one precedes."""
        for update_id in sorted(self._taken):
            if not self._taken[update_id].done():
                break
            del self._taken[update_id]
            self._offset = update_id + 1

    async def _finish(self) -> None:
        if self._taken:
            await asyncio.wait(self._taken.values(), timeout=_FINISH_LIMIT)
        self._move_offset()
        try:
            await self._fetch(timeout=0, limit=1)
        except AiogramError as away:
            # Not acknowledged: the updates come again, and handlers bear that.
            _log_away(away)
        except Exception:
            log.exception("the last updates were not acknowledged", error_id=secrets.token_hex(4))

    async def _drop(self) -> None:
        for task in self._taken.values():
            task.cancel()
        if self._taken:
            await asyncio.wait(self._taken.values())
        self._taken.clear()


def _log_away(away: AiogramError) -> None:
    if isinstance(away, TelegramConflictError):
        log.error("another process polls with this bot's token: if it is not yours, revoke the token at @BotFather")
    else:
        log.warning("Telegram does not answer", error=for_log(away))
