"""A time that a person types, in whichever language."""

from datetime import datetime

from changes.when import end_of, start_of
from changes.wording import said
from locales.when import neutral


def typed_start(text: str, now: datetime, zone: str) -> datetime:
    """The instant, in UTC, at which a change shall start. Raises `WhenRefused`."""
    return start_of(said(neutral(text)), now, zone)


def typed_end(text: str, now: datetime, zone: str, start: datetime | None = None) -> datetime:
    """The instant, in UTC, at which a change that starts at `start`, or now, shall end. Raises `WhenRefused`."""
    return end_of(said(neutral(text)), now, zone, start)
