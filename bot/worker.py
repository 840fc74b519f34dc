"""The loop that takes confirmed changes to their end."""

import asyncio
import secrets
from datetime import datetime

import structlog

from bot.wake import Wake
from changes.applying import Applying
from changes.clock import Clock
from changes.held import LeaseLost
from changes.request import ChangeRequest

log = structlog.get_logger()

#: Changes worked on at once, of all shops together.
_AT_ONCE = 8
_LEAST_WAIT = 0.25
_MOST_WAIT = 30.0


class Worker:
    def __init__(self, applying: Applying, clock: Clock, wake: Wake) -> None:
        self._applying, self._clock = applying, clock
        self._bell = wake.bell()
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._in_hand: set[str] = set()

    async def run(self) -> None:
        """Until cancelled; steps under way are cancelled too and found again by their leases."""
        async with asyncio.TaskGroup() as steps:
            while True:
                try:
                    due_at = await self._take_all(steps)
                except Exception:
                    # The database may be away for a while; the worker must still be there when it is back.
                    log.exception("worker could not look for work", error_id=secrets.token_hex(4))
                    due_at = self._clock.now()
                await self._bell.wait(self._clock, due_at, least=_LEAST_WAIT, most=_MOST_WAIT)

    async def _take_all(self, steps: asyncio.TaskGroup) -> datetime | None:
        """Begin all that is due; when there is more. A look first, for to lease keeps other writers waiting."""
        while True:
            due_at = await self._applying.next_due()
            if due_at is None or due_at > self._clock.now():
                return due_at
            await self._places.acquire()
            request = None
            try:
                request = await self._applying.lease(self._in_hand)
            finally:
                if request is None:
                    self._places.release()
            if request is None:
                return due_at
            self._in_hand.add(request.id)
            steps.create_task(self._step(request))

    async def _step(self, request: ChangeRequest) -> None:
        try:
            await self._applying.step(request)
        except LeaseLost:
            log.warning("a change was taken over by another worker", change=request.id)
        except Exception:
            log.exception("a step of a change failed", change=request.id, error_id=secrets.token_hex(4))
        finally:
            self._in_hand.discard(request.id)
            self._places.release()
            self._bell.ring()
