"""What a command was given: a shop's name, zone, options and secrets."""

import getpass
import sys
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.commands import CommandFailed
from changes.names import plain
from pos.registry import BadOption, secrets_of

_NAME_LONGEST = 64


def name_of(given: str) -> str:
    """Raises `CommandFailed` where nothing of it can be seen."""
    name = plain(given, _NAME_LONGEST)
    if not name:
        raise CommandFailed("the shop needs a name")
    return name


def zone_of(given: str) -> str:
    """Raises `CommandFailed` for what is no time zone."""
    try:
        ZoneInfo(given)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise CommandFailed(f"there is no time zone {given!r}; one like Asia/Shanghai is wanted") from unknown
    return given


def options_given(given: Sequence[str], kind: str) -> dict[str, str]:
    """Raises `CommandFailed` for what is not `key=value`, and for a secret: arguments can be seen by others."""
    options = {}
    for option in given:
        key, equals, value = option.partition("=")
        if not equals or not key:
            raise CommandFailed(f"an option is written key=value, not {option!r}")
        options[key] = value
    told = [name for name in _secrets(kind) if name in options]
    if told:
        raise CommandFailed(f"{told[0]} is a secret: leave it out, and it is asked for")
    return options


def ask_secrets(kind: str) -> dict[str, str]:
    """The backend's secrets, typed where nobody sees them; from a pipe, a line each. Raises `CommandFailed`."""
    return {name: typed(f"{name}: ", getpass.getpass) for name in _secrets(kind)}


def typed(question: str, ask: Callable[[str], str] = input) -> str:
    """A line, asked for with `ask` where somebody sits at a terminal. Raises `CommandFailed` where none comes."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    try:
        return ask(question).strip()
    except EOFError as ended:
        raise CommandFailed("nothing was typed, nothing was done") from ended


def _secrets(kind: str) -> tuple[str, ...]:
    try:
        return secrets_of(kind)
    except BadOption as bad:
        raise CommandFailed(str(bad)) from bad
