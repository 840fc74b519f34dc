"""Which instant is meant: a moment on the shop's clock, or a span of time; language-neutral.

- A time of day without a day is the next time the shop's clock shows it; a weekday is the next one still ahead (today,
  if the time is). A date without a year is the nearest one of that name, and refused when that one has passed.
- "Next Friday" in English is the one of the week after this; refused while this week's Friday is still ahead.
- Days and weeks keep the clock's time across a change of clocks; hours and minutes are elapsed time.
- A clock time that a change of clocks leaves out is the first moment after the gap. One that comes twice is the first
  for a start and the second for an end: a freeze rather lasts the hour longer.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from changes.errors import (
    WhenAmbiguous,
    WhenBeforeStart,
    WhenPast,
    WhenRefused,
    WhenTooFar,
    WhenTooSoon,
    WhenUnreadable,
)
from changes.said import DAY_END, MORNING, NIGHT, Ahead, Date, Day, Moment, Purpose, Said, Span, Weekday

#: Nothing is planned further ahead than this, and no end lies further from now.
HORIZON = timedelta(days=366)

#: A start is at least this far ahead, and an end this long after its start.
SHORTEST = timedelta(minutes=1)


class Quick(StrEnum):
    """Choices for buttons."""

    TONIGHT = "tonight"
    TOMORROW = "tomorrow"
    MONDAY = "monday"
    HOUR = "hour"
    THREE_DAYS = "three-days"


QUICK_STARTS: dict[Quick, Said] = {
    Quick.TONIGHT: Moment(NIGHT, Ahead(0)),
    Quick.TOMORROW: Moment(MORNING, Ahead(1)),
    Quick.MONDAY: Moment(MORNING, Weekday(0)),
}
QUICK_ENDS: dict[Quick, Said] = {
    Quick.HOUR: Span(minutes=60),
    Quick.TOMORROW: Moment(MORNING, Ahead(1)),
    Quick.THREE_DAYS: Span(days=3),
    Quick.MONDAY: Moment(MORNING, Weekday(0)),
}


def start_of(said: Said, now: datetime, zone: str) -> datetime:
    """The instant, in UTC, at which a change starts; a span is counted from now. `zone` as the tz database names it.

    Raises `WhenPast`, `WhenTooSoon`, `WhenTooFar`, `WhenAmbiguous`, or `WhenUnreadable` for what was said of an end.
    """
    now = now.astimezone(UTC)
    return _bounded(_instant(said, Purpose.START, now, now, ZoneInfo(zone)), now, now)


def end_of(said: Said, now: datetime, zone: str, start: datetime | None = None) -> datetime:
    """The instant, in UTC, at which a temporary change ends; a span is counted from `start`, which is now where None.

    `start` may have passed: of a change that holds and is extended.

    Raises what `start_of` raises, and `WhenBeforeStart`.
    """
    now = now.astimezone(UTC)
    begin = (start or now).astimezone(UTC)
    return _bounded(_instant(said, Purpose.END, now, begin, ZoneInfo(zone)), now, begin)


def quick_starts(now: datetime, zone: str) -> dict[Quick, datetime]:
    """The choices that are ahead, in the order of buttons, each instant once."""
    return _possible(QUICK_STARTS, lambda said: start_of(said, now, zone))


def quick_ends(now: datetime, zone: str, start: datetime | None = None) -> dict[Quick, datetime]:
    """The choices that lie after `start`, in the order of buttons, each instant once."""
    return _possible(QUICK_ENDS, lambda said: end_of(said, now, zone, start))


def _possible(choices: dict[Quick, Said], instant: Callable[[Said], datetime]) -> dict[Quick, datetime]:
    found: dict[Quick, datetime] = {}
    for quick, said in choices.items():
        try:
            at = instant(said)
        except WhenRefused:
            continue
        if at not in found.values():
            found[quick] = at
    return found


def _bounded(at: datetime, now: datetime, begin: datetime) -> datetime:
    if at <= now:
        raise WhenPast
    if at <= begin:
        raise WhenBeforeStart
    if at - begin < SHORTEST:
        raise WhenTooSoon
    if at - now > HORIZON:
        raise WhenTooFar
    return at


def _instant(said: Said, purpose: Purpose, now: datetime, begin: datetime, zone: ZoneInfo) -> datetime:
    if said.purpose not in (None, purpose):
        raise WhenUnreadable
    if isinstance(said, Span):
        return _after(said, purpose, now if said.from_now else begin, zone)
    begin = max(now, begin)
    # Without a day 24:00 is 00:00: whichever the clock shows next.
    minute = said.minute % DAY_END if said.day is None else said.minute
    passed = None
    for day in _days(said.day, now.astimezone(zone).date(), begin.astimezone(zone).date()):
        if isinstance(said.day, Date) and said.day.weekday not in (None, day.weekday()):
            raise WhenAmbiguous
        at = _shown(datetime.combine(day, time()) + timedelta(minutes=minute), purpose, begin, zone)
        if at > begin:
            return at
        passed = at
    if passed is None:
        raise WhenUnreadable
    return passed


def _after(span: Span, purpose: Purpose, begin: datetime, zone: ZoneInfo) -> datetime:
    if timedelta(days=span.days, minutes=span.minutes) > HORIZON:
        raise WhenTooFar
    at = begin
    if span.days:
        wall = begin.astimezone(zone).replace(tzinfo=None) + timedelta(days=span.days)
        at = _shown(wall, purpose, begin, zone)
    return at + timedelta(minutes=span.minutes)


def _days(day: Day | None, today: date, first: date) -> Iterator[date]:
    """The days that can be meant, earliest first; what comes again and again is looked for from `first` on."""
    match day:
        case None:
            yield from (first + timedelta(days=ahead) for ahead in range(3))
        case Ahead(days):
            yield _in_reach(today, days)
        case Weekday(weekday, None, False):
            soonest = first + timedelta(days=(weekday - first.weekday()) % 7)
            yield from (soonest, soonest + timedelta(days=7))
        case Weekday(weekday, week, coming):
            if coming and weekday > today.weekday():
                raise WhenAmbiguous
            yield _in_reach(today, 7 * (1 if week is None else week) + weekday - today.weekday())
        case Date(number, month, year):
            yield from _every_month(number, first) if month is None else _dated(number, month, year, today)


def _dated(number: int, month: int, year: int | None, today: date) -> Iterator[date]:
    if year is not None and year < today.year - 1:
        raise WhenPast
    if year is not None and year > today.year + 2:
        raise WhenTooFar
    years = (today.year - 1, today.year, today.year + 1) if year is None else (year,)
    named = filter(None, [_calendar(each, month, number) for each in years])
    yield from sorted(named, key=lambda day: abs(day - today))[:1]


def _in_reach(today: date, days: int) -> date:
    if abs(days) > HORIZON.days + 1:
        raise WhenTooFar
    return today + timedelta(days=days)


def _every_month(number: int, first: date) -> Iterator[date]:
    """The days of that number from `first` on, in the next twelve months; some months have no 31st."""
    for later in range(13):
        year, month = divmod(first.year * 12 + first.month - 1 + later, 12)
        found = _calendar(year, month + 1, number)
        if found and found >= first:
            yield found


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _shown(wall: datetime, purpose: Purpose, begin: datetime, zone: ZoneInfo) -> datetime:
    """When the clock of `zone` shows `wall`: of two instants the first after `begin` for a start, else the second."""
    while not (instants := _instants(wall, zone)):
        wall = wall.replace(second=0, microsecond=0) + timedelta(minutes=1)
    ahead = [at for at in instants if at > begin]
    return ahead[0] if purpose is Purpose.START and ahead else instants[-1]


def _instants(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """None, one or two instants, earliest first."""
    both = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(at for at in both if at.astimezone(zone).replace(tzinfo=None) == wall)
