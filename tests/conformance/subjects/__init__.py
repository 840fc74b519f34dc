"""The backends of this repository: a module each, named as its kind, with `opened` (`..subject.Open`).

`NEEDS` of a module are the markers of what it needs of the machine.
"""

import pkgutil
from importlib import import_module

from tests.conformance.subject import Open


def names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def needs(name: str) -> tuple[str, ...]:
    needed: tuple[str, ...] = getattr(import_module(f"{__name__}.{name}"), "NEEDS", ())
    return needed


def opener(name: str) -> Open:
    opened: Open = import_module(f"{__name__}.{name}").opened
    return opened
