"""What the registry knows of each kind of point-of-sale system."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from changes.backend import Backend

Options = Mapping[str, str]


class Fault(StrEnum):
    """What may be wrong with a till, or with the account that the bot has there."""

    #: Something that a change needs is not there, or the account may not do it.
    MISSING = "missing"
    #: The account may do more than a change needs.
    TOO_MUCH = "too much"


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` is a sentence for the command line, with what to do about it; it holds no secret."""

    fault: Fault
    text: str


async def nothing_found(_options: Options) -> Sequence[Finding]:
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """How a backend of one kind is made, and how its till and account are tried.

    `open` and `prepare` raise `pos.options.BadOption`. `open` reaches no till yet. `prepare` is done when a shop is
    added or edited, may be repeated, and refuses what no change could be made with. `check` looks, changes nothing,
    and tells all it finds, or raises `changes.backend.BackendError` or `BadOption`.
    """

    open: Callable[[Options], Backend]
    prepare: Callable[[Options], Awaitable[None]]
    #: Options that nobody may read over a shoulder or in a list of processes: they are asked for.
    secrets: tuple[str, ...] = ()
    check: Callable[[Options], Awaitable[Sequence[Finding]]] = nothing_found
