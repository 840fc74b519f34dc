"""A page of users that a system lists whole or in an order of its own."""

import unicodedata
from collections.abc import Iterable

from changes.till import TerminalUser, UserPage, UserQuery


def page_of(users: Iterable[TerminalUser], query: UserQuery) -> UserPage:
    """The users that `query` asks for, by operator number (shorter numbers first)."""
    wanted = _folded(query.search)
    found = sorted(
        (
            user
            for user in users
            if (wanted in _folded(user.name) or wanted in _folded(user.number))
            and (not query.roles or user.role in query.roles)
            and query.status in (None, user.status)
        ),
        key=lambda user: (len(user.number), user.number, user.id),
    )
    begin = max(query.offset, 0)
    return UserPage(tuple(found[begin : begin + max(query.limit, 0)]), len(found))


def _folded(text: str) -> str:
    """As it is searched: without regard to case, width or way of composing (Unicode D146)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
