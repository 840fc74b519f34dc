"""A till's PIN: made by the bot or typed by the owner, never one that a thief tries first."""

import secrets
from itertools import pairwise

from changes.backend import SecretRules
from changes.errors import PinLength, PinNotDigits, PinTrivial

_DIGITS = "0123456789"

#: PINs that published lists of the most used ones open with and that no pattern below catches:
#: columns and shapes of the keypad, and Chinese number puns.
_COMMON = frozenset(
    """
    1004 1314 1472 1590 2580 0852 3690 9638 7410 5683 5201 0909 2468 1357
    147258 159753 258369 147852 520131 131452 168168 5201314 1314520 14725836 246810 135790
    121314 101010 111222 112233 123654 159357 987123 314159 102030
    """.split()  # noqa: SIM905
)


def is_trivial(pin: str, number: str = "") -> bool:
    """Whether a PIN is guessed early: a run, a repeat, a mirror, pairs, a year, a favourite, the operator number."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    sizes = range(1, len(pin) // 2 + 1)
    repeats = any(len(pin) % size == 0 and pin == pin[:size] * (len(pin) // size) for size in sizes)
    year = len(pin) == 4 and pin[:2] in {"19", "20"}
    own = bool(number) and pin.strip("0") == number.strip("0")
    pairs = len(pin) % 2 == 0 and all(a == b for a, b in zip(pin[::2], pin[1::2], strict=True))
    runs = steps in ({1}, {9})
    return any((runs, repeats, pin == pin[::-1], pairs, year, own, pin in _COMMON))


def make_pin(rules: SecretRules, number: str = "") -> str:
    """A PIN of `rules.made` digits from the operating system's generator; never a trivial one."""
    while True:
        pin = "".join(secrets.choice(_DIGITS) for _ in range(rules.made))
        if not is_trivial(pin, number):
            return pin


def typed_pin(typed: str, rules: SecretRules, number: str = "") -> str:
    """The PIN that the owner typed.

    ASCII digits only: a till's keypad has no others. Raises `PinNotDigits`, `PinLength` or `PinTrivial`.
    """
    pin = typed.strip(" ")
    if not pin or any(character not in _DIGITS for character in pin):
        raise PinNotDigits
    if not rules.shortest <= len(pin) <= rules.longest:
        raise PinLength(shortest=rules.shortest, longest=rules.longest)
    if is_trivial(pin, number):
        raise PinTrivial
    return pin
