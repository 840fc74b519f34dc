"""The options of a backend as a person writes them: `key=value` on the command line."""

import math
from collections.abc import Mapping
from pathlib import Path

from changes.till import Role

#: Longer than anyone waits for an answer in a chat.
_SECONDS_MOST = 600


#: The options that say what the three roles are called in a system.
ROLES = {role: f"role-{role.value}" for role in Role}


class BadOption(Exception):
    """What is wrong with a backend's kind or options, in a sentence for the command line."""


def check_known(kind: str, options: Mapping[str, str], known: frozenset[str]) -> None:
    for name in options:
        if name not in known:
            raise BadOption(f"{kind} has no option {name!r}; it has: {', '.join(sorted(known))}")


def role_names(kind: str, options: Mapping[str, str]) -> dict[Role, str]:
    """What each role is called; by itself as here."""
    names = {role: options.get(option, role.value) for role, option in ROLES.items()}
    if len(set(names.values())) < len(names) or "" in names.values():
        raise BadOption(f"{kind}: the three roles need three names")
    return names


def path(kind: str, options: Mapping[str, str], name: str) -> Path:
    """A file's path, which must be given."""
    written = options.get(name, "")
    if not written.strip() or "\0" in written:
        raise BadOption(f"{kind} needs the option {name}, the path of a file")
    return Path(written)


def key(kind: str, options: Mapping[str, str], name: str) -> str:
    """A secret that goes into a header, which must be given."""
    written = options.get(name, "").strip()
    if not written or not written.isascii() or not written.isprintable():
        raise BadOption(f"{kind} needs {name}: letters, digits and signs of ASCII alone")
    return written


def seconds(options: Mapping[str, str], name: str, default: float) -> float:
    """A time above zero, at most ten minutes."""
    written = options.get(name)
    if written is None:
        return default
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not 0 < value <= _SECONDS_MOST:
        raise BadOption(f"{name} must be a number of seconds above 0 and up to {_SECONDS_MOST}, not {written!r}")
    return value
