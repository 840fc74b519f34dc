"""The ways the till can fail.

TillError
├── Unavailable   its file cannot be opened, read or written now; nothing was written
├── Uncertain     its file failed in the middle of a commit, which may be on the disk or not
└── Refused       it says no and nothing was changed; `reason` says why
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why the till says no."""

    USER_GONE = "user-gone"
    TERMINAL_GONE = "terminal-gone"
    STALE_VERSION = "stale-version"
    SIGNED_IN = "signed-in"
    PIN_SHORT = "pin-short"
    PIN_LONG = "pin-long"
    PIN_NOT_DIGITS = "pin-not-digits"
    NAME_INVALID = "name-invalid"
    NUMBER_INVALID = "number-invalid"
    NUMBER_TAKEN = "number-taken"
    FULL = "full"
    NOTHING_TO_CHANGE = "nothing-to-change"
    KEY_INVALID = "key-invalid"
    KEY_TAKEN = "key-taken"


class TillError(Exception):
    """The root of everything the till raises."""


class Unavailable(TillError):
    """The file cannot be opened, read or written now. Nothing was written."""


class Uncertain(TillError):
    """The file failed in the middle of a commit, which may be on the disk or not."""


class Refused(TillError):
    """The till says no and nothing was changed."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
