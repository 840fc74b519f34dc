"""What is known of a brand's terminals: a file of `brands/` for each, all of it data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from changes.backend import ChangeKind, Guide, GuideStep

_FOLDER = Path(__file__).parent / "brands"

#: What a person does at the terminal. A name the terminal does not know: that is kept in the register alone.
GUIDED = (ChangeKind.PIN, ChangeKind.FREEZE, ChangeKind.UNFREEZE, ChangeKind.ADD, ChangeKind.REMOVE)

_KEYS = frozenset({"like", "reserved", "digits", "certain", "steps", "checks"})


class BadBrand(ValueError):
    """A brand's file does not say what it must; the argument is what is wrong."""


@dataclass(frozen=True, slots=True)
class Brand:
    """`name` is that of its file, and how the text of its name ends (`brand-*`)."""

    name: str
    #: Operator numbers that the terminal keeps for itself.
    reserved: frozenset[str]
    #: How long an operator's password is.
    digits: int
    #: One for each kind of `GUIDED`.
    guides: Mapping[ChangeKind, Guide]


def brands() -> tuple[str, ...]:
    """The names of all brands there are."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


@cache
def brand(name: str) -> Brand:
    """Raises `BadBrand`, also where there is no such brand."""
    if name not in brands():
        raise BadBrand(f"there is no brand {name!r}; there is: {', '.join(brands())}")
    return made(name, _read(name))


def _read(name: str) -> Mapping[str, Any]:
    """The file's values over those of the file that it is `like`."""
    own = tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))
    return {**_read(own["like"]), **own} if "like" in own else own


def made(name: str, data: Mapping[str, Any]) -> Brand:
    """The brand that a file's values describe. Raises `BadBrand`."""
    if unknown := data.keys() - _KEYS:
        raise BadBrand(f"{name}: unknown: {', '.join(sorted(unknown))}")
    if missing := _KEYS - {"like"} - data.keys():
        raise BadBrand(f"{name}: missing: {', '.join(sorted(missing))}")
    reserved, digits, certain = data["reserved"], data["digits"], data["certain"]
    if not all(isinstance(number, str) and is_number(number) for number in reserved):
        raise BadBrand(f"{name}: reserved numbers have two digits")
    if not isinstance(digits, int) or not 1 <= digits <= 20:
        raise BadBrand(f"{name}: digits is a number from 1 to 20")
    kinds = {kind.value for kind in GUIDED}
    if data["steps"].keys() != kinds or data["checks"].keys() != kinds:
        raise BadBrand(f"{name}: steps and checks are for {', '.join(sorted(kinds))}")
    if not all(data["steps"].values()):
        raise BadBrand(f"{name}: a kind without steps")
    guides = {
        kind: Guide(
            brand=name,
            steps=tuple(GuideStep(step, step in certain) for step in data["steps"][kind.value]),
            check=data["checks"][kind.value],
            digits=digits,
        )
        for kind in GUIDED
    }
    return Brand(name, frozenset(reserved), digits, guides)


def is_number(number: str) -> bool:
    """An operator number: two ASCII digits."""
    return len(number) == 2 and number.isascii() and number.isdigit()
