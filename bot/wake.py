"""Waking the loops that wait: the worker and the outgoing queue."""

import asyncio
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
