"""A backend of one file: the till is a SQLite table of users. It renames, freezes and unfreezes, and says so."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from changes.backend import (
    AnswerLost,
    BackendError,
    BackendRefused,
    Capabilities,
    ChangeKind,
    Evidence,
    NotReached,
    Order,
    Refusal,
    SecretRules,
    Support,
)
from changes.till import Role, Status, Terminal, TerminalUser, UserPage, UserQuery
from pos import options as read
from pos.kind import Kind, Options
from pos.listing import page_of
from pos.options import BadOption

TERMINAL = Terminal("tin", "The tin box")

CAPABILITIES = Capabilities(
    operations={
        ChangeKind.RENAME: Support.NATIVE,
        ChangeKind.FREEZE: Support.NATIVE,
        ChangeKind.UNFREEZE: Support.NATIVE,
    },
    secret=SecretRules(shortest=0, longest=0, made=0),
    name_longest=40,
    roles=(Role.CASHIER,),
    idempotent=True,
    versioned=True,
    confirms_secret=False,
    evidence=Evidence.REAL_SERVER,
)

#: Seconds for a call.
_PATIENCE = 2.0

T = TypeVar("T")


class TinBackend:
    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def terminals(self) -> tuple[Terminal, ...]:
        return (TERMINAL,)

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        _check(terminal_id)
        return page_of(await self._call(_all, NotReached), query)

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        _check(terminal_id)
        return await self._call(lambda tin: _found(tin, user_id), NotReached)

    async def apply(self, order: Order, key: str) -> None:
        """A repeat finds the user as it wants them: `key` is not needed."""
        _check(order.terminal_id)
        await self._call(lambda tin: _apply(tin, order), AnswerLost)

    async def confirm(self, order: Order) -> bool:
        return _holds(await self.user(order.terminal_id, order.user_id), order)

    async def close(self) -> None:
        pass

    async def _call(self, work: Callable[[sqlite3.Connection], T], failed: type[BackendError]) -> T:
        """In a thread, for the file may make us wait."""
        return await asyncio.to_thread(self._work, work, failed)

    def _work(self, work: Callable[[sqlite3.Connection], T], failed: type[BackendError]) -> T:
        try:
            tin = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE)
        except sqlite3.Error as away:
            raise NotReached(str(away)) from away
        try:
            with closing(tin), tin:
                return work(tin)
        except sqlite3.Error as lost:
            raise failed(str(lost)) from lost


def _check(terminal_id: str) -> None:
    if terminal_id != TERMINAL.id:
        raise BackendRefused(Refusal.TERMINAL_GONE)


def _all(tin: sqlite3.Connection) -> list[TerminalUser]:
    return [_user(*row) for row in tin.execute("SELECT id, number, name, frozen, version FROM users")]


def _found(tin: sqlite3.Connection, user_id: str) -> TerminalUser:
    row = tin.execute("SELECT id, number, name, frozen, version FROM users WHERE id = ?", [user_id]).fetchone()
    if row is None:
        raise BackendRefused(Refusal.USER_GONE)
    return _user(*row)


def _user(user_id: str, number: str, name: str, frozen: int, version: int) -> TerminalUser:
    status = Status.FROZEN if frozen else Status.ACTIVE
    return TerminalUser(user_id, TERMINAL.id, number, name, Role.CASHIER, status, str(version))


def _wanted(order: Order) -> tuple[str, str | int]:
    """A column and its value."""
    match order:
        case Order(kind=ChangeKind.RENAME, name=str(name)):
            return "name", name
        case Order(kind=ChangeKind.FREEZE | ChangeKind.UNFREEZE as kind):
            return "frozen", int(kind is ChangeKind.FREEZE)
        case _:
            raise BackendRefused(Refusal.UNSUPPORTED, order.kind)


def _holds(user: TerminalUser, order: Order) -> bool:
    column, value = _wanted(order)
    return value == (user.name if column == "name" else int(user.status is Status.FROZEN))


def _apply(tin: sqlite3.Connection, order: Order) -> None:
    column, value = _wanted(order)
    # From here on nobody else writes: what is compared is what is changed.
    tin.execute("BEGIN IMMEDIATE")
    user = _found(tin, order.user_id)
    if _holds(user, order):
        return
    if user.version != order.expected_version:
        raise BackendRefused(Refusal.STALE_VERSION)
    tin.execute(f"UPDATE users SET {column} = ?, version = version + 1 WHERE id = ?", [value, user.id])  # noqa: S608


def _open(options: Options) -> TinBackend:
    """Options: `path`, the till's file."""
    read.check_known("tin", options, frozenset({"path"}))
    return TinBackend(read.path("tin", options, "path"))


async def _prepare(options: Options) -> None:
    backend = _open(options)
    try:
        await backend.users(TERMINAL.id, UserQuery())
    except BackendError as error:
        raise BadOption(f"tin: {options['path']} is no tin box: {error}") from error


KIND = Kind(_open, _prepare)
