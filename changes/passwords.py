"""A till's password: made by the bot or typed by the owner."""

import secrets

from changes.backend import SecretRules
from changes.errors import PasswordLength, PasswordOwn, PasswordUnseen
from changes.names import is_unseen

#: Letters and digits of which none is taken for another: no l, I, O, o, 0 and 1.
_SMALL = "abcdefghijkmnpqrstuvwxyz"
_LARGE = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DIGITS = "23456789"


def make_password(rules: SecretRules) -> str:
    """`rules.made` letters and digits from the operating system's generator, of each sort at least one."""
    while True:
        password = "".join(secrets.choice(_SMALL + _LARGE + _DIGITS) for _ in range(rules.made))
        if all(set(password) & set(sort) for sort in (_SMALL, _LARGE, _DIGITS)):
            return password


def typed_password(typed: str, rules: SecretRules, number: str = "", name: str = "") -> str:
    """The password that the owner typed, exactly.

    Raises `PasswordUnseen` for characters that cannot be seen, `PasswordLength`, and `PasswordOwn` where it is the
    user's name or number.
    """
    if any(is_unseen(character) for character in typed):
        raise PasswordUnseen
    if not rules.shortest <= len(typed) <= rules.longest or not typed.strip():
        raise PasswordLength(shortest=rules.shortest, longest=rules.longest)
    if _folded(typed) in {_folded(name), _folded(number)}:
        raise PasswordOwn
    return typed


def _folded(text: str) -> str:
    return "".join(text.casefold().split())
