"""What may be gone in a moment: a database away while it is connected to, and another transaction at the same rows."""

import asyncio

import pytest
from sqlalchemy import text

from storage.engine import Database, may_pass


async def test_a_server_that_closes_the_connection_while_it_is_made(unused_tcp_port: int) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(8)
        writer.write(b"N")
        await reader.read(64)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", unused_tcp_port)
    database = Database(f"postgresql+asyncpg://nobody@127.0.0.1:{unused_tcp_port}/nothing")
    async with server:
        with pytest.raises(Exception) as away:  # noqa: PT011 whatever it is, it must be told apart
            async with database.read():
                pass
    await database.close()
    assert may_pass(away.value)


@pytest.mark.parametrize("database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_rows_that_another_transaction_changed_since_the_reading_began(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("INSERT INTO people (id, name) VALUES (1, 'Lin')"))
    async with database.read() as reading:
        await reading.execute(text("SELECT name FROM people"))
        async with database.write() as writing:
            await writing.execute(text("UPDATE people SET name = 'Lin Lin'"))
        with pytest.raises(Exception) as taken_back:  # noqa: PT011 whatever it is, it must be told apart
            await reading.execute(text("SELECT name FROM people FOR UPDATE"))
    assert may_pass(taken_back.value)


@pytest.mark.parametrize("database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_two_transactions_that_wait_for_each_other(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("INSERT INTO people (id, name) VALUES (1, 'Lin'), (2, 'Liu')"))
    holds = asyncio.Barrier(2)

    async def rename(*people: int) -> None:
        async with database.write() as connection:
            for person in people:
                await connection.execute(text("UPDATE people SET name = 'Lee' WHERE id = :id"), {"id": person})
                if person == people[0]:
                    await holds.wait()

    async with asyncio.timeout(10):
        ends = await asyncio.gather(rename(1, 2), rename(2, 1), return_exceptions=True)
    assert [may_pass(end) for end in ends if isinstance(end, Exception)] == [True]


@pytest.mark.parametrize("database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)])
@pytest.mark.parametrize(
    ("code", "passes"),
    [
        ("53100", True),  # disk full
        ("53300", True),  # too many connections
        ("57P01", True),  # shut down by an administrator
        ("57P03", True),  # starting up
        ("23505", False),  # a row that is there already
        ("42P01", False),  # no such table
    ],
)
async def test_what_the_server_says(database: Database, code: str, passes: bool) -> None:
    async with database.write() as connection:
        with pytest.raises(Exception) as said:  # noqa: PT011 whatever it is, it must be told apart
            await connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$"))
    assert may_pass(said.value) is passes
