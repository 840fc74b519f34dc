"""What was said of a time, from neutral words: the notation into which each language's words are put.

    8  1.5  8:30  2026-12-24  24/12  half          as typed
    minute hour day week quarter                   after a number, a span; a quarter is of an hour
    oclock min                                     "8 oclock 30 min", "8 oclock half", "8 oclock 1 quarter"
    am pm dawn morning noon afternoon evening night midnight
    day+0 day+1 … and mon … sun                    today, tomorrow, …; weekdays
    week+0 week+1 … and next                       of which week the weekday is; "next" as in English
    24 date 12 month 2026                          also "12 month 24" and "2026 year 12 month 24 date"
    until for from in later at                     what the time is said to be

What people read in two ways is refused, not guessed. A day without a time means its morning, as on the buttons.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from changes.day_parts import minute_alone, minute_of
from changes.errors import WhenAmbiguous, WhenUnreadable
from changes.said import MORNING, Ahead, Date, Day, Moment, Purpose, Said, Span, Weekday

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAYS = {
    "iso": r"(?P<year>\d{4})-(?P<month>\d+)-(?P<day>\d+)",
    "slash": r"(?P<one>\d+)/(?P<other>\d+)(?:/(?P<year>\d{4}))?",
    "year-first": r"(?P<year>\d{4}) year (?P<month>\d+) month (?P<day>\d+)(?: date)?",
    "month-first": r"(?P<month>\d+) month (?P<day>\d+)(?: date)?(?: (?P<year>\d{4}))?",
    "day-first": r"(?P<day>\d+)(?: date)? (?P<month>\d+) month(?: (?P<year>\d{4}))?",
    "day-only": r"(?P<day>\d+) date",
    "ahead": r"day\+(?P<ahead>\d)",
}
_WEEKDAY = {
    "weekday": rf"(?:(?P<before>week\+\d|next) )?(?P<weekday>{'|'.join(_WEEKDAYS)})(?: (?P<after>week\+\d))?",
}
_CLOCKS = {
    "clock": r"(?:at )?(?P<hour>\d+):(?P<minute>\d\d)",
    "oclock": r"(?:at )?(?P<hour>\d+) oclock"
    r"(?: (?:(?P<half>half)|(?P<count>\d+)(?: (?P<unit>min|quarter))?))?",
}
_SPAN = {
    "span": r"(?:(?P<count>\d+(?:\.\d)?)(?P<inner> half)?|half) "
    r"(?P<unit>minute|min|quarter|hour|day|week)(?P<outer> half)?",
}
_REST = {
    "part": r"am|pm|dawn|morning|noon|afternoon|evening|night|midnight",
    "at-hour": r"at (?P<hour>\d+)",
    "hour": r"(?P<hour>\d+)",
    "sense": r"until|for|from|in|later",
    "at": r"at",
}

#: Tried in this order, so that a number is an hour only where it is nothing else.
_PIECES = {
    name: re.compile(rf"(?:{piece})(?= |$)")
    for name, piece in {**_DAYS, **_WEEKDAY, **_CLOCKS, **_SPAN, **_REST}.items()
}

#: What may be said of a span: "until 3 days" and "from 3 days" leave open whether from now or for so long.
_SPAN_SENSES = {
    frozenset(senses.split()) for senses in ("", "for", "in", "later", "in later", "until later", "from later")
}

#: After these, or after a day, a bare number is an hour.
_LEADING = {"until", "from"}

_MINUTES = {"minute": 1, "min": 1, "quarter": 15, "hour": 60}
_SPAN_DAYS = {"day": 1, "week": 7}

_Match = re.Match[str]
_Found = dict[str, list[_Match]]


def said(words: str) -> Said:
    """What neutral words, each parted by one space, say. Raises `WhenUnreadable` or `WhenAmbiguous`."""
    found: _Found = defaultdict(list)
    for name, match in _pieces(words):
        found[name].append(match)
    senses = {match[0] for match in found["sense"]}
    day, minute = _day(found), _minute(found)
    from_now = bool(senses & {"in", "later"})
    if found["span"]:
        span = _span(found["span"], senses)
        if day is None and minute is None:
            return span
        if day is None and from_now and span.days and not span.minutes:
            day, from_now = Ahead(span.days), False
        else:
            raise WhenUnreadable
    if from_now or "for" in senses:
        raise WhenUnreadable
    midnight = any(match[0] == "midnight" for match in found["part"])
    return Moment(_completed(day, minute, midnight=midnight), day, _purpose(senses))


def _pieces(words: str) -> Iterator[tuple[str, _Match]]:
    at = 0
    while at < len(words):
        for name, piece in _PIECES.items():
            if match := piece.match(words, at):
                yield name, match
                at = match.end() + 1
                break
        else:
            raise WhenUnreadable


def _purpose(senses: set[str]) -> Purpose | None:
    match sorted(senses - {"in", "later"}):
        case []:
            return None
        case ["from"]:
            return Purpose.START
        case ["for"] | ["until"]:
            return Purpose.END
    raise WhenUnreadable


def _only(found: _Found, names: Iterable[str]) -> tuple[str, _Match] | None:
    """The one piece of these kinds; two days, or two times, go together in no way that all would read alike."""
    matches = [(name, match) for name in names for match in found[name]]
    if len(matches) > 1:
        raise WhenUnreadable
    return matches[0] if matches else None


def _day(found: _Found) -> Day | None:
    weekday = _only(found, ["weekday"])
    on = _weekday(weekday[1]) if weekday else None
    match _only(found, _DAYS):
        case None:
            return on
        case "ahead", match if on is None:
            return Ahead(int(match["ahead"]))
        case "slash", match:
            day = _slashed(int(match["one"]), int(match["other"]), match["year"])
        case name, match if name != "ahead":
            day = _date(int(match["day"]), match.groupdict().get("month"), match.groupdict().get("year"))
        case _:
            raise WhenUnreadable
    if on and on != Weekday(on.day):
        raise WhenUnreadable
    return replace(day, weekday=on.day if on else None)


def _weekday(match: _Match) -> Weekday:
    before, after = match["before"], match["after"]
    if before and after:
        raise WhenUnreadable
    week = (before or after or "").removeprefix("week+")
    coming = week == "next"
    return Weekday(_WEEKDAYS.index(match["weekday"]), int(week) if week and not coming else None, coming)


def _slashed(one: int, other: int, year: str | None) -> Date:
    """24/12 and 12/24 are the same day; 10/12 is the tenth of December to some and the twelfth of October to others."""
    if one <= 12 and other <= 12 and one != other:
        raise WhenAmbiguous
    return _date(max(one, other), str(min(one, other)), year)


def _date(day: int, month: str | None, year: str | None) -> Date:
    """2000 is a leap year: what is no day there is none in any year."""
    try:
        date(int(year or 2000), int(month or 1), day)
    except ValueError:
        raise WhenUnreadable from None
    return Date(day, int(month) if month else None, int(year) if year else None)


def _minute(found: _Found) -> int | None:
    parts = {match[0] for match in found["part"]}
    clock = _only(found, (*_CLOCKS, "at-hour", "hour"))
    if clock is None:
        return minute_alone(parts) if parts else None
    name, match = clock
    if name == "hour" and not parts:
        leading = [*found["weekday"], *found["ahead"], *(sense for sense in found["sense"] if sense[0] in _LEADING)]
        if not any(before.start() < match.start() for before in leading):
            raise WhenUnreadable
    return minute_of(parts, int(match["hour"]), _past_the_hour(match.groupdict()))


def _past_the_hour(clock: dict[str, str | None]) -> int:
    if clock.get("half"):
        return 30
    minute = int(clock.get("minute") or clock.get("count") or 0)
    return minute * 15 if clock.get("unit") == "quarter" else minute


def _completed(day: Day | None, minute: int | None, *, midnight: bool) -> int:
    """The minute that is meant where both or one of them was said."""
    if day is None and minute is None:
        raise WhenUnreadable
    if midnight and day not in (None, Ahead(0)):
        raise WhenAmbiguous  # Monday's midnight is its begin to some and its end to others
    if day == Ahead(0) and minute is None:
        raise WhenAmbiguous
    return MORNING if minute is None else minute


def _span(matches: list[_Match], senses: set[str]) -> Span:
    """The sum of "1 day 12 hours"; no unit twice, and a half only of an hour."""
    units = [match["unit"] for match in matches]
    if len(set(units)) < len(units) or frozenset(senses) not in _SPAN_SENSES:
        raise WhenUnreadable
    days = sum(_whole(match) * _SPAN_DAYS[match["unit"]] for match in matches if match["unit"] in _SPAN_DAYS)
    minutes = sum(_minutes(match) for match in matches if match["unit"] in _MINUTES)
    return Span(days, minutes, bool(senses & {"in", "later"}), _purpose(senses))


def _whole(match: _Match) -> int:
    if match["inner"] or match["outer"] or not (match["count"] or "").isdecimal():
        raise WhenUnreadable
    return int(match["count"])


def _minutes(match: _Match) -> int:
    if match["unit"] != "hour":
        return _whole(match) * _MINUTES[match["unit"]]
    halves = [match["inner"], match["outer"], None if match["count"] else "half"]
    minutes = float(match["count"] or 0) * 60 + 30 * sum(half is not None for half in halves)
    if sum(half is not None for half in halves) > 1 or not minutes.is_integer():
        raise WhenUnreadable
    return int(minutes)
