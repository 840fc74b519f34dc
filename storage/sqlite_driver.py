"""aiosqlite that goes to its thread only for what may wait: for the lock of writers, and for the disk at a commit.

aiosqlite takes every call of a connection to that connection's thread: of one SELECT the cursor, the execution, the
rows and the close. Each way there and back costs ten times what most of our statements take, and more where the loop is
busy. In WAL a reader waits for no lock, and neither does a writer that has its own; what they read is in memory, or a
moment away. So a statement inside a transaction runs in place, with all its rows. The first of a transaction that
writes takes the lock in the thread, and the commit is waited for there.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Any, TypeVar

import aiosqlite

T = TypeVar("T")

_BEGINS = frozenset({"BEGIN", "BEGIN IMMEDIATE"})


class QuickCursor(aiosqlite.Cursor):
    """Its rows come with the execution."""

    _conn: "QuickConnection"
    _rows: deque[Any]

    async def execute(self, sql: str, parameters: Any = None) -> "QuickCursor":
        self._rows = deque()
        if sql in _BEGINS:
            self._conn.begin_later(sql)
        else:
            self._rows.extend(await self._conn.run(self._cursor, sql, parameters or ()))
        return self

    async def fetchone(self) -> Any:
        return self._rows.popleft() if self._rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        return [self._rows.popleft() for _ in islice(range(len(self._rows)), size or self.arraysize)]

    async def fetchall(self) -> list[Any]:
        return [self._rows.popleft() for _ in range(len(self._rows))]

    async def close(self) -> None:
        if self._conn.at_rest:
            self._cursor.close()
        else:
            await super().close()


class QuickConnection(aiosqlite.Connection):
    """For SQLAlchemy, which uses one connection from one task at a time."""

    #: How the transaction begins that no statement has come for yet.
    _begin: str | None = None
    #: Whether the transaction that is open may have written.
    _writes = False
    #: No call is in the thread. False also after a call that was not waited for, until a later one has ended.
    at_rest = True

    async def _connect(self) -> "QuickConnection":
        try:
            await super()._connect()
        except sqlite3.Error:
            # aiosqlite has told its thread to end and does not wait. Where nothing comes after a database that cannot
            # be opened, the loop is closed first and the thread prints a trace.
            self._thread.join()
            raise
        return self

    def cursor(self) -> QuickCursor:  # type: ignore[override]  # SQLAlchemy enters it before anything else
        return QuickCursor(self, self._conn.cursor())

    def begin_later(self, how: str) -> None:
        self._begin, self._writes = how, how != "BEGIN"

    async def run(self, cursor: sqlite3.Cursor, sql: str, parameters: Any) -> list[Any]:
        """The rows of a statement, all of them."""
        begin, self._begin = self._begin, None

        def statement() -> list[Any]:
            if begin is not None:
                self._conn.execute(begin)
            cursor.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []

        if self.at_rest and (begin == "BEGIN" or (begin is None and self._conn.in_transaction)):
            return statement()
        # Outside a transaction a statement is one of its own.
        return await self._execute(statement)

    async def commit(self) -> None:
        await self._end(self._conn.commit)

    async def rollback(self) -> None:
        await self._end(self._conn.rollback)

    async def _end(self, end: Callable[[], None]) -> None:
        self._begin = None
        if not self.at_rest:
            await self._execute(end)
        elif self._conn.in_transaction:
            if self._writes:
                await self._execute(end)
            else:
                end()

    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        self.at_rest = False
        try:
            result: T = await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        except asyncio.CancelledError:
            # It goes on in the thread; what comes next has to wait there for its turn.
            raise
        except BaseException:
            self.at_rest = True
            raise
        self.at_rest = True
        return result


def connect(file: str, **how: Any) -> QuickConnection:
    """What SQLAlchemy's `async_creator_fn` is to be."""
    connection = QuickConnection(lambda: sqlite3.connect(file, **how | {"check_same_thread": False}), 64)
    # As SQLAlchemy does it: a process that ends does not wait for the thread.
    connection._thread.daemon = True
    return connection
