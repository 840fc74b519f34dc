"""Every call of the bot that writes into a chat waits here for its turn (`bot.pacing` says when that is).

It stands where all calls pass, so answers count against Telegram's limits as the outgoing queue does. Not counted is
what writes nothing: polling, answering a press, and deleting. Telegram's limits are on messages; and a message with
something secret must not wait for others to be sent. Should Telegram refuse a deletion all the same, that one alone is
tried again when it says.
"""

import asyncio
import math
from bisect import insort
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import Response, SendChatAction, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.pacing import Pacing, Precedence

#: The longest wait, in seconds; longer than it takes a private chat to be free again.
_PATIENCE = 10.0

#: Of how many seconds after it came others go before it: a notice waits for answers, but not for ever.
_YIELDS = {
    Precedence.ALERT: -math.inf,
    Precedence.ANSWER: 0.0,
    Precedence.NOTICE: 2.0,
    Precedence.STRANGER: math.inf,
}

#: What the calls of this task are.
PRECEDENCE: ContextVar[Precedence] = ContextVar("PRECEDENCE", default=Precedence.ANSWER)

_WRITING = ("send", "edit", "copy", "forward")


@dataclass(slots=True, order=True)
class _Turn:
    #: Smaller goes first.
    place: tuple[float, int]
    chat_id: int = field(compare=False)
    precedence: Precedence = field(compare=False)
    come: "asyncio.Future[None]" = field(compare=False)


class Turns(BaseRequestMiddleware):
    """Where a call would have to wait too long it is not made: `TelegramRetryAfter`, as if Telegram had said it."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._waiting: list[_Turn] = []
        self._came = count()
        self._timer: asyncio.TimerHandle | None = None

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        chat_id = _written_to(method)
        if chat_id is None:
            return await make_request(bot, method)
        await self._take_turn(chat_id, method)
        try:
            answer = await make_request(bot, method)
        except TelegramRetryAfter as flood:
            self._pacing.refused(chat_id, flood.retry_after)
            raise
        except BaseException:
            self._pacing.failed(chat_id)
            raise
        else:
            self._pacing.passed(chat_id)
            return answer
        finally:
            self._let_go()

    async def _take_turn(self, chat_id: int, method: TelegramMethod[Any]) -> None:
        loop, precedence = asyncio.get_running_loop(), PRECEDENCE.get()
        if self._pacing.wait(chat_id, precedence) > _PATIENCE:
            raise self._too_long(chat_id, method)
        place = loop.time() + _YIELDS[precedence]
        turn = _Turn((place, next(self._came)), chat_id, precedence, loop.create_future())
        insort(self._waiting, turn)
        self._let_go()
        try:
            await asyncio.wait([turn.come], timeout=_PATIENCE)
        except asyncio.CancelledError:
            self._leave(turn)
            raise
        if not turn.come.done():
            self._leave(turn)
            raise self._too_long(chat_id, method)

    def _let_go(self) -> None:
        """All whose turn it is, in their order; and again when it may be the next one's."""
        soonest = math.inf
        for turn in tuple(self._waiting):
            if crowded := self._pacing.crowded():
                soonest = crowded
                break
            wait = self._pacing.wait(turn.chat_id, turn.precedence)
            if wait > 0:
                soonest = min(soonest, wait)
                continue
            self._pacing.begin(turn.chat_id, turn.precedence)
            self._waiting.remove(turn)
            turn.come.set_result(None)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(soonest, self._let_go) if self._waiting else None

    def _leave(self, turn: _Turn) -> None:
        """It is not taken after all."""
        if turn.come.done():
            self._pacing.failed(turn.chat_id)
            self._let_go()
        else:
            self._waiting.remove(turn)

    def _too_long(self, chat_id: int, method: TelegramMethod[Any]) -> TelegramRetryAfter:
        seconds = math.ceil(self._pacing.wait(chat_id, PRECEDENCE.get()))
        return TelegramRetryAfter(method, "this chat is being written to too fast", max(seconds, 1))


def _written_to(method: TelegramMethod[Any]) -> int | None:
    """The chat that a call writes into; None where it writes nothing."""
    if not method.__api_method__.startswith(_WRITING) or isinstance(method, SendChatAction):
        return None
    chat_id = getattr(method, "chat_id", None)
    return chat_id if isinstance(chat_id, int) else None
