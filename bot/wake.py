"""Waking the loops that wait: the worker and the outgoing queue."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from changes.clock import Clock


class Wake:
    """Fulfils `changes.ports.Waker`. Each loop waits on a bell of its own."""

    def __init__(self) -> None:
        self._bells: list[asyncio.Event] = []

    def bell(self) -> "Bell":
        event = asyncio.Event()
        self._bells.append(event)
        return Bell(event)

    def wake(self) -> None:
        for bell in self._bells:
            bell.set()


class Bell:
    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    def ring(self) -> None:
        self._event.set()

    async def wait(self, clock: Clock, due_at: datetime | None, *, least: float, most: float) -> None:
        """Until the bell rings or `due_at` comes; at least `least` seconds for what is overdue, at most `most`."""
        seconds = most
        if due_at is not None:
            seconds = min(max((due_at - clock.now()).total_seconds(), least), most)
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
        finally:
            self._event.clear()


class Calm:
    """Calls at once, then at most every `between` seconds, and never leaves a call out for good."""

    def __init__(self, call: Callable[[], None], between: float) -> None:
        self._call, self._between = call, between
        self._not_before = 0.0
        self._waits = False

    def __call__(self) -> None:
        if not self._waits:
            self._waits = True
            loop = asyncio.get_running_loop()
            loop.call_at(max(self._not_before, loop.time()), self._now)

    def _now(self) -> None:
        self._waits = False
        self._not_before = asyncio.get_running_loop().time() + self._between
        self._call()
