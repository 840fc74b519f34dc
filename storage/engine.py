"""The database: one engine, its SQLite settings, and transactions that read or write."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from asyncpg.exceptions import (
    InsufficientResourcesError,
    OperatorInterventionError,
    PostgresConnectionError,
    TransactionRollbackError,
)
from sqlalchemy import event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import sqlite_driver

#: The root of what the database can raise, for those who must not know SQLAlchemy.
DatabaseError = SQLAlchemyError

#: Milliseconds that PostgreSQL lets a transaction stand still, with its locks: a process that was stopped inside one,
#: or whose machine is gone, must not hold the others up. Nothing that takes time is done inside a transaction.
_STANDS_STILL = 15_000

#: SQLite's read transactions are of one moment by themselves.
_ONE_MOMENT = "REPEATABLE READ"

#: What PostgreSQL says when it goes away or starts, is full or stopped, or two are at the same rows: SQLAlchemy has no
#: classes for these.
_PASSING = (PostgresConnectionError, OperatorInterventionError, InsufficientResourcesError, TransactionRollbackError)


def may_pass(error: Exception) -> bool:
    """Whether the same may succeed in a moment: the database was busy, away, full or just restarted.

    Also where it took a transaction back because another was at the same rows.
    """
    if isinstance(error, DBAPIError):
        if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
            return True
        return error.orig is not None and isinstance(error.orig.__cause__, _PASSING)
    # The driver of PostgreSQL tells so of a server that does not listen.
    return isinstance(error, ConnectionError)


class Database:
    """An engine on SQLite (aiosqlite) or PostgreSQL (asyncpg).

    SQLite: WAL with synchronous=FULL (a commit is on the disk when it returns); a write transaction takes the write
    lock when it begins, and writers of this process queue in memory instead of at the file.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        # What a statement was given is shown in no error: it may be what people wrote, and errors are logged.
        # A server that was restarted has closed the connections that wait here: each is tried before it is used.
        on_server = {"server_settings": {"idle_in_transaction_session_timeout": str(_STANDS_STILL)}}
        on_file = {"async_creator_fn": sqlite_driver.connect}
        self.engine: AsyncEngine = create_async_engine(
            self.url,
            hide_parameters=True,
            pool_pre_ping=not self.is_sqlite,
            connect_args=on_file if self.is_sqlite else on_server,
        )
        self._writing: AbstractAsyncContextManager[Any] = asyncio.Lock() if self.is_sqlite else nullcontext()
        self._reader = self.engine.execution_options(isolation_level=_ONE_MOMENT) if not self.is_sqlite else self.engine
        self._writer = self.engine.execution_options(tillkeeper_writes=True)
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _set_up_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """All that is read in it is of one moment."""
        async with self._reader.begin() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Commits when left, rolls back when an exception leaves it."""
        async with self._writing, self._writer.begin() as connection:
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()


def _set_up_sqlite(dbapi_connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: `_begin_sqlite` does, with the lock that is meant.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("tillkeeper_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
