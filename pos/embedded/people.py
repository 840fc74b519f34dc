"""How the till's terminals and users are read from its file."""

import json
import sqlite3
from dataclasses import dataclass, field

from changes.till import Permission, Role, Status, Terminal, TerminalUser, UserPage, UserQuery
from pos.embedded import rules
from pos.embedded.database import Connection, Database
from pos.embedded.errors import Reason, Refused

#: The file as it is committed, or as an open transaction sees it.
Source = Database | Connection

_LARGEST = 2**63 - 1

# The rows of the page beside the total, which is there even where the page is empty.
_PAGE = """
    WITH hit AS (
        SELECT user.*, session.user_id IS NOT NULL AS signed_in
        FROM user LEFT JOIN session ON session.user_id = user.id
        WHERE user.terminal_id = :terminal_id
          AND (instr(folded, :search) OR instr(number, :search))
          AND (:roles = '[]' OR role IN (SELECT value FROM json_each(:roles)))
          AND (:status IS NULL OR status = :status)
    )
    SELECT count.total, page.*
    FROM (SELECT count(*) AS total FROM hit) AS count
    LEFT JOIN (SELECT * FROM hit ORDER BY length(number), number LIMIT :limit OFFSET :offset) AS page
    ORDER BY length(page.number), page.number
"""

_USER = """
    SELECT user.*, session.user_id IS NOT NULL AS signed_in
    FROM user LEFT JOIN session ON session.user_id = user.id
    WHERE user.terminal_id = :terminal_id AND
"""
_USER_BY_ID = _USER + "user.id = :wanted"
_USER_BY_NUMBER = _USER + "user.number = :wanted"
_USER_SIGNED_IN = _USER + "session.user_id = user.id"


@dataclass(frozen=True, slots=True)
class Known:
    """A user as the file holds them."""

    user: TerminalUser
    pin_hash: str = field(repr=False)


async def terminals(source: Source) -> tuple[Terminal, ...]:
    """All terminals, in the order they were added."""
    return tuple(Terminal(row["id"], row["name"]) for row in await source.rows("SELECT * FROM terminal ORDER BY place"))


async def page(source: Source, terminal_id: str, query: UserQuery) -> UserPage:
    """The users that `query` asks for, by operator number (shorter numbers first)."""
    rows = await source.rows(
        _PAGE,
        terminal_id=terminal_id,
        search=rules.folded(query.search),
        roles=json.dumps(sorted(query.roles)),
        status=query.status,
        limit=max(0, min(query.limit, _LARGEST)),
        offset=max(0, min(query.offset, _LARGEST)),
    )
    if rows[0]["total"] == 0:
        await check_terminal(source, terminal_id)
    return UserPage(tuple(_user(row) for row in rows if row["id"] is not None), rows[0]["total"])


async def known(source: Source, terminal_id: str, user_id: str) -> Known:
    """Raises `Refused` with `TERMINAL_GONE` or `USER_GONE`."""
    found = await _one(source, _USER_BY_ID, terminal_id, user_id)
    if found is None:
        await check_terminal(source, terminal_id)
        raise Refused(Reason.USER_GONE)
    return found


async def by_number(source: Source, terminal_id: str, number: str) -> Known | None:
    """Raises `Refused(TERMINAL_GONE)`."""
    found = await _one(source, _USER_BY_NUMBER, terminal_id, number)
    if found is None:
        await check_terminal(source, terminal_id)
    return found


async def count(source: Source, terminal_id: str) -> int:
    """How many users the terminal has."""
    rows = await source.rows("SELECT count(*) FROM user WHERE terminal_id = :terminal_id", terminal_id=terminal_id)
    return int(rows[0][0])


async def signed_in(source: Source, terminal_id: str) -> TerminalUser | None:
    """Raises `Refused(TERMINAL_GONE)`."""
    found = await _one(source, _USER_SIGNED_IN, terminal_id, "")
    if found is None:
        await check_terminal(source, terminal_id)
        return None
    return found.user


async def check_terminal(source: Source, terminal_id: str) -> None:
    """Raises `Refused(TERMINAL_GONE)` where there is no such terminal."""
    if not await source.rows("SELECT 1 FROM terminal WHERE id = :terminal_id", terminal_id=terminal_id):
        raise Refused(Reason.TERMINAL_GONE)


async def _one(source: Source, sql: str, terminal_id: str, wanted: str) -> Known | None:
    rows = await source.rows(sql, terminal_id=terminal_id, wanted=wanted)
    return Known(_user(rows[0]), rows[0]["pin"]) if rows else None


def _user(row: sqlite3.Row) -> TerminalUser:
    role, given = Role(row["role"]), row["permissions"]
    own = None if given is None else frozenset(Permission(each) for each in given.split())
    return TerminalUser(
        id=row["id"],
        terminal_id=row["terminal_id"],
        number=row["number"],
        name=row["name"],
        role=role,
        status=Status(row["status"]),
        version=str(row["version"]),
        signed_in=bool(row["signed_in"]),
        freeze=str(row["freezes"]),
        permissions=rules.PERMISSIONS[role] if own is None else own,
    )
