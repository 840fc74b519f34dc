"""The list of a shop's terminals and operators, in a SQLite file: what the owner told, and what was done since.

It is no terminal: what it holds was said by people. Each call opens the file anew and does one whole transaction.
"""

import asyncio
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from changes.backend import AnswerLost, BackendRefused, NotReached, Refusal
from changes.till import Role, Status, Terminal, TerminalUser

T = TypeVar("T")

#: Kept in the file's `user_version`.
_VERSION = 1

_TABLES = (
    "CREATE TABLE terminal (place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE)",
    """
    CREATE TABLE user (
        id TEXT PRIMARY KEY,
        terminal_id TEXT NOT NULL REFERENCES terminal (id),
        number TEXT NOT NULL,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        status TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1,
        freezes INTEGER NOT NULL DEFAULT 0,
        UNIQUE (terminal_id, number)
    )
    """,
    "CREATE TABLE applied (key TEXT PRIMARY KEY)",
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A user to be listed."""

    number: str
    name: str
    role: Role = Role.CASHIER


class Register:
    """The file at `path`. A locked file is waited for `wait` seconds.

    Raises `NotReached` where nothing was written, `AnswerLost` where the commit itself failed.
    """

    def __init__(self, path: Path, *, wait: float = 5) -> None:
        self._path, self._wait = path.absolute(), wait

    async def create(self, terminals: tuple[str, ...], users: dict[str, tuple[Listed, ...]]) -> None:
        """Make the file, and in a new one these terminals and their users; one that is there stays as it is."""

        def make() -> None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)

        try:
            await asyncio.to_thread(make)
        except OSError as error:
            raise NotReached(str(error)) from error
        await self._do(lambda rows: _fill(rows, terminals, users), furnishes=True)

    async def terminals(self) -> tuple[Terminal, ...]:
        def read(rows: sqlite3.Connection) -> tuple[Terminal, ...]:
            found = rows.execute("SELECT id, name FROM terminal ORDER BY place")
            return tuple(Terminal(row["id"], row["name"]) for row in found)

        return await self._do(read)

    async def users(self, terminal_id: str) -> tuple[TerminalUser, ...]:
        """All of a terminal. Raises `BackendRefused(TERMINAL_GONE)`."""

        def read(rows: sqlite3.Connection) -> tuple[TerminalUser, ...]:
            _check_terminal(rows, terminal_id)
            found = rows.execute("SELECT * FROM user WHERE terminal_id = ? ORDER BY number", (terminal_id,))
            return tuple(_user(row) for row in found)

        return await self._do(read)

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        """Raises `BackendRefused`: `TERMINAL_GONE` or `USER_GONE`."""
        return await self._do(lambda rows: _found(rows, terminal_id, user_id))

    async def add(self, terminal_id: str, listed: Listed, key: str) -> None:
        """Once per key. Raises `BackendRefused`: `TERMINAL_GONE` or `DUPLICATE_NUMBER`."""

        def write(rows: sqlite3.Connection) -> None:
            _check_terminal(rows, terminal_id)
            if not _is_new(rows, key):
                return
            taken = "SELECT 1 FROM user WHERE terminal_id = ? AND number = ?"
            if rows.execute(taken, (terminal_id, listed.number)).fetchone():
                raise BackendRefused(Refusal.DUPLICATE_NUMBER)
            _insert(rows, terminal_id, listed)

        await self._do(write)

    async def change(
        self,
        terminal_id: str,
        user_id: str,
        version: str,
        key: str,
        *,
        name: str | None = None,
        status: Status | None = None,
    ) -> None:
        """Once per key; what is None stays. Raises `BackendRefused`: also `STALE_VERSION`."""

        def write(rows: sqlite3.Connection) -> None:
            user = _found(rows, terminal_id, user_id)
            if not _is_new(rows, key):
                return
            _check_version(user, version)
            frozen_anew = status is Status.FROZEN and user.status is Status.ACTIVE
            new = (name or user.name, (status or user.status).value, int(frozen_anew), user_id)
            rows.execute(
                "UPDATE user SET name = ?, status = ?, freezes = freezes + ?, version = version + 1 WHERE id = ?", new
            )

        await self._do(write)

    async def remove(self, terminal_id: str, user_id: str, version: str, key: str) -> None:
        """Once per key. Raises `BackendRefused`: also `STALE_VERSION`."""

        def write(rows: sqlite3.Connection) -> None:
            if not _is_new(rows, key):
                return
            _check_version(_found(rows, terminal_id, user_id), version)
            rows.execute("DELETE FROM user WHERE id = ?", (user_id,))

        await self._do(write)

    async def _do(self, work: Callable[[sqlite3.Connection], T], *, furnishes: bool = False) -> T:
        return await asyncio.to_thread(self._transaction, work, furnishes)

    def _transaction(self, work: Callable[[sqlite3.Connection], T], furnishes: bool) -> T:
        with self._connected() as rows:
            try:
                rows.execute("BEGIN IMMEDIATE")
                if furnishes:
                    _furnish(rows)
                if rows.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                    raise NotReached(f"{self._path.name} is no register of version {_VERSION}")
                done = work(rows)
            except sqlite3.Error as error:
                raise NotReached(str(error)) from error
            try:
                rows.execute("COMMIT")
            except sqlite3.Error as error:
                raise AnswerLost(str(error)) from error
            return done

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """Closing rolls back what was not committed."""
        try:
            # mode=rw: a file that is gone is an error, never a new and empty list.
            uri = f"{self._path.as_uri()}?mode=rw"
            connection = sqlite3.connect(uri, uri=True, timeout=self._wait, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error as error:
            raise NotReached(str(error)) from error
        try:
            yield connection
        finally:
            connection.close()


def _furnish(rows: sqlite3.Connection) -> None:
    blank = rows.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    if blank:
        for table in _TABLES:
            rows.execute(table)
        rows.execute(f"PRAGMA user_version = {_VERSION}")


def _fill(rows: sqlite3.Connection, terminals: tuple[str, ...], users: dict[str, tuple[Listed, ...]]) -> None:
    if rows.execute("SELECT 1 FROM terminal LIMIT 1").fetchone():
        return
    for name in terminals:
        terminal_id = secrets.token_hex(8)
        rows.execute("INSERT INTO terminal (id, name) VALUES (?, ?)", (terminal_id, name))
        for listed in users.get(name, ()):
            _insert(rows, terminal_id, listed)


def _insert(rows: sqlite3.Connection, terminal_id: str, listed: Listed) -> None:
    user = (secrets.token_hex(8), terminal_id, listed.number, listed.name, listed.role.value, Status.ACTIVE.value)
    rows.execute("INSERT INTO user (id, terminal_id, number, name, role, status) VALUES (?, ?, ?, ?, ?, ?)", user)


def _check_terminal(rows: sqlite3.Connection, terminal_id: str) -> None:
    if rows.execute("SELECT 1 FROM terminal WHERE id = ?", (terminal_id,)).fetchone() is None:
        raise BackendRefused(Refusal.TERMINAL_GONE)


def _found(rows: sqlite3.Connection, terminal_id: str, user_id: str) -> TerminalUser:
    _check_terminal(rows, terminal_id)
    row = rows.execute("SELECT * FROM user WHERE terminal_id = ? AND id = ?", (terminal_id, user_id)).fetchone()
    if row is None:
        raise BackendRefused(Refusal.USER_GONE)
    return _user(row)


def _check_version(user: TerminalUser, version: str) -> None:
    if user.version != version:
        raise BackendRefused(Refusal.STALE_VERSION)


def _is_new(rows: sqlite3.Connection, key: str) -> bool:
    """Whether nothing was applied under the key; from now on something was."""
    return rows.execute("INSERT OR IGNORE INTO applied (key) VALUES (?)", (key,)).rowcount == 1


def _user(row: sqlite3.Row) -> TerminalUser:
    return TerminalUser(
        id=row["id"],
        terminal_id=row["terminal_id"],
        number=row["number"],
        name=row["name"],
        role=Role(row["role"]),
        status=Status(row["status"]),
        version=str(row["version"]),
        freeze=str(row["freezes"]) if row["freezes"] else "",
    )
