"""Statements that go to a connection's thread once, and what must hold all the same."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage.engine import Database
from storage.sqlite_driver import connect


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'some.db'}")
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE numbers (n INTEGER)"))
        await connection.execute(text("INSERT INTO numbers VALUES (1), (2), (3)"))
    yield database
    await database.close()


def beside(database: Database, statement: str) -> None:
    """Done by another process, as it were."""
    other = sqlite3.connect(str(database.url.database), timeout=0, isolation_level=None)
    try:
        other.execute(statement)
    finally:
        other.close()


async def numbers(database: Database) -> list[int]:
    async with database.read() as connection:
        return list(await connection.scalars(text("SELECT n FROM numbers ORDER BY n")))


async def test_rows_come_one_by_one_some_or_all(database: Database) -> None:
    async with database.read() as connection:
        result = await connection.execute(text("SELECT n FROM numbers ORDER BY n"))
        assert result.fetchone() == (1,)
        assert result.fetchmany(5) == [(2,), (3,)]
        assert result.fetchall() == []
        stream = await connection.stream(text("SELECT n FROM numbers ORDER BY n"))
        assert [row.n async for row in stream] == [1, 2, 3]


async def test_a_read_sees_one_moment_from_its_first_statement_on(database: Database) -> None:
    async with database.read() as connection:
        assert len((await connection.execute(text("SELECT n FROM numbers"))).all()) == 3
        beside(database, "INSERT INTO numbers VALUES (4)")
        assert len((await connection.execute(text("SELECT n FROM numbers"))).all()) == 3
    assert await numbers(database) == [1, 2, 3, 4]


async def test_a_write_holds_the_lock_from_its_first_statement_on(database: Database) -> None:
    async with database.write() as connection:
        # A read that others could write between, did it not begin with the lock.
        await connection.execute(text("SELECT n FROM numbers"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            beside(database, "INSERT INTO numbers VALUES (4)")
    beside(database, "INSERT INTO numbers VALUES (4)")


async def test_what_fails_is_rolled_back(database: Database) -> None:
    async def write() -> None:
        async with database.write() as connection:
            await connection.execute(text("DELETE FROM numbers"))
            await connection.execute(text("DELETE FROM nothing"))

    with pytest.raises(OperationalError):
        await write()
    assert await numbers(database) == [1, 2, 3]
    beside(database, "INSERT INTO numbers VALUES (4)")


async def test_what_is_cancelled_before_the_thread_comes_to_it_is_rolled_back(database: Database) -> None:
    """It is done in the thread all the same, when nobody waits for it any more."""
    waits, go_on = asyncio.Event(), threading.Event()

    async def write() -> None:
        async with database.write() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            driver._tx.put_nowait((None, lambda: go_on.wait(10)))
            asyncio.get_running_loop().call_soon(waits.set)
            await connection.execute(text("INSERT INTO numbers VALUES (4)"))

    task = asyncio.create_task(write())
    await waits.wait()
    task.cancel()
    asyncio.get_running_loop().call_later(0.05, go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await numbers(database) == [1, 2, 3]
    beside(database, "INSERT INTO numbers VALUES (4)")


async def test_the_connection_itself_knows_what_it_still_has_in_its_thread(database: Database) -> None:
    """SQLAlchemy throws a connection away whose call was cancelled; the driver does not count on that."""
    connection = connect(str(database.url.database), isolation_level=None)
    await connection
    go_on = threading.Event()
    connection._tx.put_nowait((None, lambda: go_on.wait(10)))
    async with connection.cursor() as cursor:
        await cursor.execute("BEGIN IMMEDIATE")
        task = asyncio.ensure_future(cursor.execute("INSERT INTO numbers VALUES (4)"))
        await asyncio.sleep(0)
        task.cancel()
        asyncio.get_running_loop().call_later(0.05, go_on.set)
        with pytest.raises(asyncio.CancelledError):
            await task
        await connection.rollback()
        go_on.set()
    assert await connection.run(connection._conn.cursor(), "SELECT count(*) FROM numbers", ()) == [(3,)]
    assert not connection.in_transaction
    await connection.close()
