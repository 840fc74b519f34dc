"""A clock that tests turn: the machine's time plus an offset kept in a file, so that processes share it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path


class FileClock:
    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        offset = float(self._file.read_text() or 0) if self._file.exists() else 0.0
        return datetime.now(UTC) + timedelta(seconds=offset)

    __call__ = now

    def turn(self, **by: float) -> None:
        """Forward by a `timedelta`'s arguments."""
        ahead = (self.now() - datetime.now(UTC)) + timedelta(**by)
        beside = self._file.with_suffix(".new")
        beside.write_text(str(ahead.total_seconds()))
        beside.replace(self._file)


class HandClock:
    """A clock that stands still until it is turned."""

    def __init__(self, start: datetime = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    __call__ = now

    def turn(self, **by: float) -> None:
        self._now += timedelta(**by)
