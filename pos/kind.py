"""What the registry knows of each kind of point-of-sale system."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from changes.backend import Backend

Options = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a backend of one kind is made, and what is done once when a shop is added with it.

    Both raise `pos.options.BadOption`; `open` reaches no till yet, `prepare` may be repeated.
    """

    open: Callable[[Options], Backend]
    prepare: Callable[[Options], Awaitable[None]]
    #: Options that nobody may read over a shoulder or in a list of processes: they are asked for.
    secrets: tuple[str, ...] = ()
