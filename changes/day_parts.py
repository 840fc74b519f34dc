"""Which minute of the day "8 in the evening" is. Hours past 24:00 belong to the night that began before them."""

from collections.abc import Collection

from changes.errors import WhenAmbiguous, WhenUnreadable
from changes.said import DAY_END, MORNING, NIGHT


def _as_said(*hours: int) -> dict[int, int]:
    return {hour: hour for hour in hours}


def _in_the_second_half(*hours: int) -> dict[int, int]:
    return {hour: hour + 12 for hour in hours}


#: Part of the day -> hour as said -> hour on the clock.
_AFTERNOON = _in_the_second_half(*range(1, 12)) | _as_said(*range(12, 24))
_NIGHT = _in_the_second_half(*range(5, 13)) | _as_said(*range(17, 25))
_HOURS = {
    "am": _as_said(*range(12)) | {12: 0},
    "dawn": _as_said(*range(7)) | {12: 0},
    "morning": _as_said(*range(12)),
    "noon": _as_said(11, 12, 13, 14) | _in_the_second_half(1, 2),
    "afternoon": _AFTERNOON,
    "pm": _AFTERNOON,
    "evening": _NIGHT,
    "night": _NIGHT,
    "midnight": {12: 24, 24: 24},
}

#: Hours that some read as of this day and others as of the next.
_AMBIGUOUS = {"morning": {12}, "evening": range(5), "night": range(5), "midnight": range(6)}

#: A part that is said without an hour -> minute of the day.
_ALONE = {"morning": MORNING, "noon": 12 * 60, "night": NIGHT, "midnight": DAY_END}


def minute_of(parts: Collection[str], hour: int, minute: int) -> int:
    """The minute of the day; without a part, on the 24-hour clock. Raises `WhenUnreadable` or `WhenAmbiguous`."""
    if minute >= 60 or hour > 24 or (hour == 24 and minute):
        raise WhenUnreadable
    meant = {_hour(part, hour) for part in parts} or {hour}
    if len(meant) > 1:
        raise WhenAmbiguous
    return meant.pop() * 60 + minute


def minute_alone(parts: Collection[str]) -> int:
    """The minute that parts of the day mean without an hour. Raises `WhenUnreadable`."""
    meant = {_ALONE.get(part) for part in parts if part != "night" or "midnight" not in parts}
    minute = meant.pop() if len(meant) == 1 else None
    if minute is None:
        raise WhenUnreadable
    return minute


def _hour(part: str, hour: int) -> int:
    if hour in _AMBIGUOUS.get(part, ()):
        raise WhenAmbiguous
    if hour not in _HOURS[part]:
        raise WhenUnreadable
    return _HOURS[part][hour]
