"""The loop that delivers what must arrive: rows of the outbox, in order within a chat.

A notice is claimed before it is sent: where nothing can be written nothing is sent, and no two processes send the same.
Whoever claimed it and died gives it back when the claim ends.

What Telegram's limits hold back is not claimed: a chat that may not be written to now is left out, and the others go
on. What is claimed waits for its turn at most a few seconds (`bot.turns`), behind answers and alerts.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramRetryAfter,
)

from bot.delivery import After, Delivery, IdUnknown, MessageVanished, NotMade, ReaderLeft
from bot.faults import for_keeping, for_log
from bot.pacing import LONGEST_FLOOD, Pacing, Precedence
from bot.turns import PRECEDENCE
from bot.wake import Wake
from changes.clock import Clock
from changes.ports import QueuedNotice, Store, Transaction
from locales import Locales

log = structlog.get_logger()

_AT_ONCE = 20
_LEAST_WAIT = 0.25
_MOST_WAIT = 30.0

#: Seconds between looks at a database that cannot be written, doubling.
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0

#: How long a notice is claimed for, longer than sending it may take.
CLAIM = timedelta(seconds=60)
_LONGEST_SEND = 45.0

_LONGEST_POSTPONE = 300.0

#: A message that failed this often (about a day of tries) ends as a recorded failure.
_MOST_ATTEMPTS = 300

#: One that cannot even be made keeps its chat's others waiting: it ends so after some eight minutes.
_MOST_UNMADE = 10

#: What became of a notice, as it is to be recorded.
_End = Callable[[Transaction], Awaitable[None]]


class Outgoing:
    def __init__(self, bot: Bot, store: Store, locales: Locales, clock: Clock, wake: Wake, pacing: Pacing) -> None:
        """`pacing` is told of every call of `bot` (`bot.turns.Turns`)."""
        self._store, self._clock, self._pacing = store, clock, pacing
        self._delivery = Delivery(bot, store, locales, clock)
        self._bell = wake.bell()
        self._under_way: set[int] = set()
        #: Sent, but that could not be recorded yet: these are not sent again.
        self._unrecorded: dict[int, _End] = {}

    async def run(self) -> None:
        """Until cancelled."""
        pause = _FIRST_PAUSE
        async with asyncio.TaskGroup() as deliveries:
            while True:
                closed = self._pacing.closed()
                try:
                    due_at = await self._take_due(deliveries, closed)
                except Exception:
                    # The database may be away for a while; the queue must still be served when it is back.
                    log.exception("outgoing queue could not be claimed", error_id=secrets.token_hex(4))
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE)
                    continue
                pause = _FIRST_PAUSE
                await self._bell.wait(self._clock, due_at, least=_LEAST_WAIT, most=self._most_wait(closed))

    def _most_wait(self, closed: Mapping[int, float]) -> float:
        """Seconds after which there may be something to do that is not due later, nor rung for."""
        opens = self._pacing.stopped() or min(closed.values(), default=_MOST_WAIT)
        return min(opens, _MOST_WAIT)

    async def _take_due(self, deliveries: asyncio.TaskGroup, closed: Collection[int]) -> datetime | None:
        """Claim what may be sent; when there is more to claim, None where something else tells."""
        if self._pacing.stopped() or not self._places():
            return None
        now = self._clock.now()
        async with self._store.read() as tx:
            due_at = await tx.outbox.next_due(closed)
        if due_at is None or due_at > now:
            return due_at
        async with self._store.write() as tx:
            claimed = await tx.outbox.claim(now, now + CLAIM, self._places(), closed)
        for queued in claimed:
            # A clock that jumps ends claims that are still being served here.
            if queued.id not in self._under_way:
                self._under_way.add(queued.id)
                deliveries.create_task(self._deliver(queued))
        if not claimed:
            # Another process has it.
            return due_at
        # What follows is looked for when one of these is done, or in a moment: not while they wait to be sent.
        return now if self._places() else None

    def _places(self) -> int:
        return _AT_ONCE - len(self._under_way)

    async def _deliver(self, queued: QueuedNotice) -> None:
        PRECEDENCE.set(Precedence.ALERT if queued.notice.urgent else Precedence.NOTICE)
        try:
            end = self._unrecorded.get(queued.id) or await self._try(queued)
            async with self._store.write() as tx:
                await end(tx)
            self._unrecorded.pop(queued.id, None)
        except Exception:
            # It stays claimed, and is looked at again when the claim ends.
            error_id = secrets.token_hex(4)
            log.exception("what became of a message could not be recorded", notice=queued.id, error_id=error_id)
        finally:
            self._under_way.discard(queued.id)
            self._bell.ring()

    async def _try(self, queued: QueuedNotice) -> _End:
        """Send it; what came of that."""
        pause = _pause(queued.attempts)
        try:
            async with asyncio.timeout(_LONGEST_SEND):
                after = await self._delivery.send(queued)
        except TelegramRetryAfter as flood:
            return self._postponed(queued, min(flood.retry_after, LONGEST_FLOOD), flood)
        except (TelegramForbiddenError, TelegramNotFound, TelegramBadRequest, IdUnknown, ReaderLeft) as never:
            log.warning("a message cannot be delivered", notice=queued.id, error=for_log(never))
            return self._given_up(queued, never)
        except (AiogramError, MessageVanished, TimeoutError) as away:
            log.info("a message could not be delivered yet", notice=queued.id, error=for_log(away))
            return self._postponed(queued, pause, away)
        except NotMade as failure:
            log.exception("a message could not be made", notice=queued.id, error_id=secrets.token_hex(4))
            return self._postponed(queued, pause, failure, most=_MOST_UNMADE)
        except Exception as failure:
            log.exception("a message could not be sent", notice=queued.id, error_id=secrets.token_hex(4))
            return self._postponed(queued, pause, failure)
        end = self._unrecorded[queued.id] = self._sent(queued, after)
        return end

    def _sent(self, queued: QueuedNotice, after: After) -> _End:
        async def end(tx: Transaction) -> None:
            await tx.outbox.sent(queued.id, self._clock.now())
            await after(tx)

        return end

    def _postponed(self, queued: QueuedNotice, seconds: float, error: Exception, *, most: int = _MOST_ATTEMPTS) -> _End:
        if queued.attempts >= most:
            return self._given_up(queued, error)
        due_at = self._clock.now() + timedelta(seconds=seconds)
        return lambda tx: tx.outbox.postpone(queued.id, due_at, for_keeping(error))

    def _given_up(self, queued: QueuedNotice, error: Exception) -> _End:
        """Recorded as failed."""

        async def end(tx: Transaction) -> None:
            await tx.outbox.failed(queued.id, for_keeping(error), self._clock.now())
            await self._delivery.withdraw(tx, queued.notice)

        return end


def _pause(attempts: int) -> float:
    """Seconds before the next try: doubling from one, at most five minutes."""
    return min(float(1 << min(max(attempts - 1, 0), 10)), _LONGEST_POSTPONE)
