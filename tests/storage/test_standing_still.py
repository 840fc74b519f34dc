"""A process that stands still inside a transaction on PostgreSQL keeps its locks only for a while."""

import asyncio

import pytest
from sqlalchemy import text

from storage import engine
from storage.engine import Database, may_pass
from tests.databases import Databases

pytestmark = pytest.mark.postgres


async def test_what_it_holds_is_free_again_and_it_writes_nothing_any_more(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_STANDS_STILL", 300)
    async with databases.fresh("postgres") as url:
        stopped, other = Database(url), Database(url)
        rename = text("UPDATE people SET name = name || :more")
        async with other.write() as connection:
            await connection.execute(text("INSERT INTO people (id, name) VALUES (1, 'Lin')"))
        held, may_go_on = asyncio.Event(), asyncio.Event()

        async def stop() -> None:
            async with stopped.write() as connection:
                await connection.execute(rename, {"more": " (stopped)"})
                held.set()
                await may_go_on.wait()

        stops = asyncio.create_task(stop())
        async with asyncio.timeout(10):
            await held.wait()
            async with other.write() as connection:
                await connection.execute(rename, {"more": " (other)"})
            may_go_on.set()
            (woken,) = await asyncio.gather(stops, return_exceptions=True)
        assert isinstance(woken, Exception)
        assert may_pass(woken)
        async with other.read() as connection:
            assert await connection.scalar(text("SELECT name FROM people")) == "Lin (other)"
        await stopped.close()
        await other.close()
