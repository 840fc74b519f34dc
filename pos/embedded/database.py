"""The till's file: opening it, reading it, and writing it in whole transactions, from several processes at once.

Reads and writes have a connection each, so that no read sees half of a transaction and none waits for a write.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path

import aiosqlite

from pos.embedded import schema
from pos.embedded.errors import TillError, Unavailable, Uncertain

Value = str | int | float | None


class Connection:
    """Statements on one connection, values always given by name."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def rows(self, sql: str, **values: Value) -> list[sqlite3.Row]:
        with _failing_as(Unavailable):
            return list(await self._connection.execute_fetchall(sql, _storable(values)))

    async def run(self, sql: str, **values: Value) -> int:
        """Runs a statement and answers how many rows it touched."""
        with _failing_as(Unavailable):
            async with self._connection.execute(sql, _storable(values)) as cursor:
                return cursor.rowcount

    async def commit(self) -> None:
        with _failing_as(Uncertain):
            await self._connection.commit()

    async def rollback(self) -> None:
        with _failing_as(Unavailable):
            await self._connection.rollback()


class Database:
    """The file at `path`. A locked file is waited for `wait` seconds. Every method raises `Unavailable`."""

    def __init__(self, path: Path, *, create: bool, wait: float) -> None:
        self._path = path.absolute()
        self._create = create
        self._wait = wait
        self._turn = asyncio.Lock()
        self._open = AsyncExitStack()
        self._reader: Connection | None = None
        self._writer: Connection | None = None

    async def open(self) -> None:
        async with AsyncExitStack() as stack:
            if self._create:
                await asyncio.to_thread(_make_file, self._path)
            writer = await self._connect(stack)
            await self._furnish(writer)
            reader = await self._connect(stack)
            await reader.run("PRAGMA query_only = ON")
            self._reader, self._writer, self._open = reader, writer, stack.pop_all()

    async def close(self) -> None:
        self._reader = self._writer = None
        await self._open.aclose()

    async def rows(self, sql: str, **values: Value) -> list[sqlite3.Row]:
        """The answer of one SELECT, which sees one moment of the file."""
        return await _opened(self._reader).rows(sql, **values)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Everything inside is written, or nothing where an error (a refusal, a cancellation) leaves it.

        Raises `Unavailable` where nothing was written, `Uncertain` where the commit itself failed.
        """
        connection = _opened(self._writer)
        async with self._turn, _transaction(connection):
            yield connection

    async def _connect(self, stack: AsyncExitStack) -> Connection:
        # mode=rw: a file that is gone is an error, never a new and empty till.
        uri = f"{self._path.as_uri()}?mode=rw"
        with _failing_as(Unavailable):
            raw = await stack.enter_async_context(
                aiosqlite.connect(uri, uri=True, timeout=self._wait, isolation_level=None)
            )
        raw.row_factory = sqlite3.Row
        connection = Connection(raw)
        await connection.run("PRAGMA synchronous = FULL")
        await connection.run("PRAGMA foreign_keys = ON")
        return connection

    async def _furnish(self, writer: Connection) -> None:
        """Makes the tables of a new file and renews those of an older one; raises `Unavailable` for no till's file."""
        if self._create and await _is_blank(writer):
            await writer.run("PRAGMA journal_mode = WAL")
            async with _transaction(writer):
                # Another process may have been quicker.
                if await _is_blank(writer):
                    for table in schema.TABLES:
                        await writer.run(table)
                    await writer.run(f"PRAGMA user_version = {schema.VERSION}")
        if await _version(writer) in schema.UPGRADES:
            async with _transaction(writer):
                await _upgrade(writer)
        if await _version(writer) != schema.VERSION:
            raise Unavailable(f"{self._path.name} is not a till's file of version {schema.VERSION}")


@asynccontextmanager
async def _transaction(connection: Connection) -> AsyncIterator[None]:
    # The connection's thread runs statements in the order they were queued. So a caller who is cancelled while a
    # statement runs leaves a rollback right behind it, which does nothing where that statement was the commit.
    try:
        await connection.run("BEGIN IMMEDIATE")
        yield
        await connection.commit()
    except BaseException:
        # What ends the transaction is what the caller must hear. Should even the rollback fail, the next BEGIN fails
        # as well and tries it again.
        with suppress(Unavailable):
            await connection.rollback()
        raise


async def _version(connection: Connection) -> int:
    return int((await connection.rows("PRAGMA user_version"))[0][0])


async def _upgrade(writer: Connection) -> None:
    # Asked again inside the transaction: another process may have been quicker.
    while (version := await _version(writer)) in schema.UPGRADES:
        await writer.run(schema.UPGRADES[version])
        await writer.run(f"PRAGMA user_version = {version + 1}")


async def _is_blank(connection: Connection) -> bool:
    return await _version(connection) == 0 and not await connection.rows("SELECT 1 FROM sqlite_master LIMIT 1")


def _make_file(path: Path) -> None:
    """An empty file for its owner's eyes only: it will hold names and hashes."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise Unavailable(str(error)) from error


def _opened(connection: Connection | None) -> Connection:
    if connection is None:
        raise Unavailable("the till's file is not open")
    return connection


def _storable(values: dict[str, Value]) -> dict[str, Value]:
    """Half a surrogate pair cannot be stored as UTF-8; written out, it is simply a text that is nowhere found."""
    return {
        name: value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
        for name, value in values.items()
    }


@contextmanager
def _failing_as(failure: type[TillError]) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise failure(str(error)) from error
