"""The second factor: which time code a typed code stands for, and how long wrong ones lock.

RFC 6238 5.2: a code is accepted once, and at most one step of delay is allowed for; a code of the step before is
therefore accepted for up to 60 s after it first showed, unless that step lies before the request was asked for.
RFC 4226 7.3: wrong codes throttle, across conversations and restarts.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

STEP = 30
FREE_TRIES = 5
_FIRST_LOCK = timedelta(minutes=1)
_LONGEST_LOCK = timedelta(hours=24)

#: NIST SP 800-63B-4 3.2.2: no more than 100 failures in a row.
MOST_FAILURES = 100


@dataclass(frozen=True, slots=True)
class Factor:
    """A person's authenticator. `last_timecode` is the step of the last spent code; 0 before the first."""

    person_id: int
    secret: str
    confirmed: bool
    shown_at: datetime
    last_timecode: int = 0
    failures: int = 0
    locked_until: datetime | None = None

    def __repr__(self) -> str:
        return f"Factor(person_id={self.person_id}, confirmed={self.confirmed})"

    def is_locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until


def new_secret() -> str:
    """160 random bits in base 32 (RFC 4226 4 R6)."""
    return pyotp.random_base32(32)


def provisioning_uri(secret: str, account: str, issuer: str) -> str:
    """The `otpauth://` address that an authenticator scans."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=account, issuer_name=issuer)


def timecode_at(moment: datetime) -> int:
    """The number of the 30-second step that `moment` (aware) lies in."""
    return int(moment.timestamp()) // STEP


def matching_timecode(factor: Factor, typed: str, now: datetime, asked_at: datetime) -> int | None:
    """The step whose code was typed; None unless it may still be spent on a request asked for at `asked_at`.

    Only six ASCII digits count; spaces, as applications show them in the middle, are taken out.
    A spent step, a later one, and one that ended before the request was asked for match nothing.
    """
    code = "".join(typed.split())
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    newest = timecode_at(now)
    oldest = max(newest - 1, factor.last_timecode + 1, timecode_at(asked_at))
    generator = pyotp.TOTP(factor.secret, interval=STEP)
    found = None
    for timecode in range(oldest, newest + 1):
        if hmac.compare_digest(generator.generate_otp(timecode), code):
            found = timecode
    return found


def lock_after(failures: int) -> timedelta | None:
    """How long the factor is locked after this many wrong codes in a row; None while tries are left."""
    if failures < FREE_TRIES:
        return None
    return min(_FIRST_LOCK * (1 << min(failures - FREE_TRIES, 20)), _LONGEST_LOCK)
