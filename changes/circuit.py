"""A circuit to each shop's till: a till that failed again and again is left alone for a while, then tried once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from changes.clock import Clock

#: So many failures in a row open the circuit.
OPENS_AFTER = 5

#: How long it stays open the first time; twice as long each further time, up to `LONGEST_OPEN`.
FIRST_OPEN = timedelta(seconds=10)
LONGEST_OPEN = timedelta(seconds=60)


@dataclass(slots=True)
class Circuit:
    """Of one shop's till, kept in memory: a process that starts anew tries the till itself."""

    clock: Clock
    failures: int = 0
    #: Until when the till is left alone; None while the circuit is closed.
    open_until: datetime | None = None

    def waits_until(self) -> datetime | None:
        """None where the till may be asked now. Whoever gets None of an open circuit tries it; others wait for that."""
        now = self.clock.now()
        if self.open_until is None:
            return None
        if now < self.open_until:
            # A clock that was set back would keep it open for as long as that.
            self.open_until = min(self.open_until, now + LONGEST_OPEN)
            return self.open_until
        self.open_until = now + self._opening()
        return None

    def answered(self) -> None:
        """The till said something, be it no."""
        self.failures, self.open_until = 0, None

    def failed(self, after: float = 0.0) -> None:
        """The till was not reached or its answer was lost. `after`: it asks to be left alone for so many seconds.

        However long it asks for, it is tried again after `LONGEST_OPEN`.
        """
        self.failures += 1
        if after > 0:
            self.open_until = self.clock.now() + min(timedelta(seconds=min(after, 3600.0)), LONGEST_OPEN)
            return
        if self.failures >= OPENS_AFTER:
            self.open_until = self.clock.now() + self._opening()

    def _opening(self) -> timedelta:
        further = max(0, self.failures - OPENS_AFTER)
        return min(FIRST_OPEN * (1 << min(further, 10)), LONGEST_OPEN)


class Circuits:
    """One circuit a shop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._of: dict[int, Circuit] = {}

    def of(self, shop_id: int) -> Circuit:
        return self._of.setdefault(shop_id, Circuit(self._clock))
