"""All users of a terminal, read page by page and believed only where the pages fit together."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from changes.backend import Backend, NotReached
from changes.till import Terminal, TerminalUser, UserQuery

#: Users that are asked for at a time.
PAGE = 50

#: So often a list that changed while it was read is begun anew.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Roster:
    """The users of a terminal, each once."""

    terminal: Terminal
    users: tuple[TerminalUser, ...]
    #: False where the terminal has more users than were read.
    complete: bool


async def read_roster(till: Backend, terminal: Terminal, pages: int) -> Roster:
    """At most `pages` pages. Raises `BackendError`; `NotReached` where the list would not stand still."""
    for _ in range(_TRIES):
        roster = await _read(till, terminal, pages)
        if roster is not None:
            return roster
    raise NotReached(f"the users of terminal {terminal.id} changed each time while they were read")


async def _read(till: Backend, terminal: Terminal, pages: int) -> Roster | None:
    """None where somebody was added or removed meanwhile: then a user may have slipped from one page to another."""
    found: dict[str, TerminalUser] = {}
    read, total = 0, 0
    async for users, of_all in _pages(till, terminal, pages):
        if read and of_all != total:
            return None
        read, total = read + len(users), of_all
        found |= {user.id: user for user in users}
    complete = read >= total
    if len(found) != read:
        return None
    return Roster(terminal, tuple(found.values()), complete)


async def _pages(till: Backend, terminal: Terminal, pages: int) -> AsyncIterator[tuple[tuple[TerminalUser, ...], int]]:
    query = UserQuery(limit=PAGE)
    for _ in range(pages):
        page = await till.users(terminal.id, query)
        yield page.users, page.total
        query = replace(query, offset=query.offset + len(page.users))
        if not page.users or query.offset >= page.total:
            return
