"""What the till takes and what it refuses by its form alone."""

import unicodedata

from changes.till import Permission, Role
from pos.embedded.errors import Reason, Refused

PIN_SHORTEST = 4
PIN_LONGEST = 8
NAME_LONGEST = 40
NUMBER_LONGEST = 8
KEY_LONGEST = 200

#: So many users has a terminal at most.
USERS_MOST = 99

_CASHIER = frozenset({Permission.SALE_TAKE, Permission.PREAUTH_USE, Permission.DRAWER_OPEN})
_SUPERVISOR = _CASHIER | {
    Permission.SALE_VOID,
    Permission.REFUND_ISSUE,
    Permission.DISCOUNT_APPLY,
    Permission.PRICE_OVERRIDE,
    Permission.REPORT_VIEW,
    Permission.SETTLEMENT_RUN,
}

#: What a role brings to a user who was given no permissions of their own.
PERMISSIONS = {Role.CASHIER: _CASHIER, Role.SUPERVISOR: _SUPERVISOR, Role.MANAGER: frozenset(Permission)}

#: Control characters, halves of surrogate pairs, and the two separators that break a line.
_BARRED = frozenset({"Cc", "Cs", "Zl", "Zp"})


def check_pin(pin: str) -> None:
    """ASCII digits, `PIN_SHORTEST` to `PIN_LONGEST` of them."""
    if pin and not is_digits(pin):
        raise Refused(Reason.PIN_NOT_DIGITS)
    if len(pin) < PIN_SHORTEST:
        raise Refused(Reason.PIN_SHORT)
    if len(pin) > PIN_LONGEST:
        raise Refused(Reason.PIN_LONG)


def check_name(name: str) -> None:
    """At most `NAME_LONGEST` code points, at least one of them visible, none a control character."""
    categories = {unicodedata.category(char) for char in name}
    seen = any(category[0] not in "CZ" for category in categories)
    if not seen or categories & _BARRED or len(name) > NAME_LONGEST:
        raise Refused(Reason.NAME_INVALID)


def check_number(number: str) -> None:
    """An operator number: ASCII digits, at most `NUMBER_LONGEST`. "1" and "01" are two numbers."""
    if not is_digits(number) or len(number) > NUMBER_LONGEST:
        raise Refused(Reason.NUMBER_INVALID)


def check_key(key: str) -> None:
    """The name of an attempt: printable ASCII, at most `KEY_LONGEST` characters."""
    if not key or not key.isascii() or not key.isprintable() or len(key) > KEY_LONGEST:
        raise Refused(Reason.KEY_INVALID)


def is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def folded(text: str) -> str:
    """The text as it is searched: without regard to case, width or way of composing (Unicode D146)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
