"""Time that runs faster, alike in every process of a run: waits of minutes take a second or two."""

import asyncio
import selectors
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: Seconds of the clock in one second of the machine.
SPEED = 20.0

#: When every run begins: the start of a step of the authenticator.
START = datetime(2026, 11, 22, 12, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class FastClock:
    #: By the machine's monotonic clock, which all processes share.
    began: float

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds())

    __call__ = now

    def at(self, moment: float) -> datetime:
        """What it showed when the machine's monotonic clock showed `moment`."""
        return START + timedelta(seconds=(moment - self.began) * SPEED)

    def seconds(self) -> float:
        """Since the run began."""
        return (time.monotonic() - self.began) * SPEED


class _FastSelector(selectors.EpollSelector):
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / SPEED)


class FastLoop(asyncio.SelectorEventLoop):
    """Every sleep and timeout is as much shorter as the clock is faster."""

    def __init__(self) -> None:
        super().__init__(_FastSelector())

    def time(self) -> float:
        return time.monotonic() * SPEED
