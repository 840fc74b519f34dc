"""All users of a terminal, whatever a backend's page holds."""

from collections.abc import AsyncIterator
from dataclasses import replace

from changes.backend import Backend
from changes.till import TerminalUser, UserQuery

#: Users of a terminal that are asked for at a time.
_PAGE = 50


async def every_user(till: Backend, terminal_id: str, query: UserQuery) -> AsyncIterator[TerminalUser]:
    """Every user of a terminal that `query` asks for, asked for page by page."""
    offset = 0
    while True:
        page = await till.users(terminal_id, replace(query, offset=offset, limit=_PAGE))
        for user in page.users:
            yield user
        offset += len(page.users)
        if not page.users or offset >= page.total:
            break


async def user_of_number(till: Backend, terminal_id: str, number: str) -> TerminalUser | None:
    """The terminal's user with exactly this operator number."""
    async for user in every_user(till, terminal_id, UserQuery(search=number)):
        if user.number == number:
            return user
    return None


async def is_namesake(till: Backend, terminal_id: str, name: str, but: str = "") -> bool:
    """Whether a user of the terminal has this name, without regard to case; `but` is the id of one left out."""
    async for user in every_user(till, terminal_id, UserQuery(search=name)):
        if user.name.casefold() == name.casefold() and user.id != but:
            return True
    return False
