"""What a person can say of a time, in no language: a moment on the shop's clock, or a span."""

from dataclasses import dataclass
from enum import StrEnum

#: The minute of the day that is meant where only a day, or only "tonight", was said.
MORNING = 8 * 60
NIGHT = 22 * 60
DAY_END = 24 * 60


class Purpose(StrEnum):
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class Ahead:
    """So many days after today."""

    days: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """`day` 0 is Monday. `week`: of which week, 0 being this one (weeks begin on Monday); None is the next such day.

    `coming`: "next Friday" as in English, which two days before that Friday people read in two ways.
    """

    day: int
    week: int | None = None
    coming: bool = False


@dataclass(frozen=True, slots=True)
class Date:
    """A day of the calendar; without `month`, the next day of that number. `weekday` as it was said beside it."""

    day: int
    month: int | None = None
    year: int | None = None
    weekday: int | None = None


Day = Ahead | Weekday | Date


@dataclass(frozen=True, slots=True)
class Moment:
    """`minute` of the day, from `DAY_END` on of the night after it; `purpose` as it was said ("until …"), if at all."""

    minute: int
    day: Day | None = None
    purpose: Purpose | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Calendar days, then elapsed minutes. `from_now`: "in 2 hours", counted from now also where it is an end."""

    days: int = 0
    minutes: int = 0
    from_now: bool = False
    purpose: Purpose | None = None


Said = Moment | Span
