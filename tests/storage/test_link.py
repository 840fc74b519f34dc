"""A process's own connection to PostgreSQL: one leads, all hear of work, and what is lost is noticed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from changes.ports import Notice, NoticeKind
from storage import link as module
from storage.engine import Database
from storage.link import Link, LinkLost, open_link
from storage.store import SqlStore
from storage.vault import Vault
from tests.clock import HandClock
from tests.databases import Databases

pytestmark = pytest.mark.postgres

PATIENCE = 5


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    async with databases.fresh("postgres") as url:
        made = Database(url)
        yield made
        await made.close()


@dataclass
class Ear:
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self) -> None:
        self.heard.set()

    async def hears(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.heard.wait()


def entry(number: int) -> Notice:
    return Notice(NoticeKind.ENTRY, 4_000_000_001, shop_id=1, entry_number=number)


@asynccontextmanager
async def leading(link: Link) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(link.lead())
    yield task
    task.cancel()
    with suppress(asyncio.CancelledError, LinkLost):
        await task


async def end_links(database: Database) -> None:
    """As an administrator ends them, or a server that restarts."""
    query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'tillkeeper link'"
    async with database.read() as connection:
        assert await connection.scalar(text(query + " AND datname = current_database()")) == 1


async def test_a_commit_is_heard_and_what_is_rolled_back_is_not(
    database: Database, vault: Vault, clock: HandClock
) -> None:
    store, ear = SqlStore(database, vault), Ear()
    async with open_link(database, ear):
        with suppress(ZeroDivisionError):
            async with store.write() as tx:
                await tx.outbox.put(entry(1), clock.now())
                raise ZeroDivisionError
        async with store.write() as tx:
            await tx.outbox.put(entry(2), clock.now())
            # Long enough for a notification that did not wait for the commit.
            async with database.read() as other:
                await other.execute(text("SELECT pg_sleep(0.05)"))
            assert not ear.heard.is_set()
        await ear.hears()


async def test_one_leads_and_another_follows_when_it_is_gone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BETWEEN_SIGNS", 0.02)
    async with open_link(database, Ear()) as second:
        async with open_link(database, Ear()) as first:
            async with asyncio.timeout(PATIENCE):
                await first.lead()
            async with leading(second) as waits:
                done, _ = await asyncio.wait([waits], timeout=0.2)
                assert not done
                assert (first.leads, second.leads) == (True, False)
        async with asyncio.timeout(PATIENCE):
            await second.lead()
        assert second.leads


async def test_a_connection_that_the_server_ends_is_noticed_at_once(database: Database) -> None:
    async with open_link(database, Ear()) as link, asyncio.timeout(PATIENCE):
        await link.lead()
        keeping = asyncio.create_task(link.keep())
        await end_links(database)
        with pytest.raises(LinkLost):
            await keeping
        assert not link.leads


async def test_a_process_that_stands_still_loses_the_lead(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it asks the server any more, and its connection stays open."""
    monkeypatch.setattr(module, "_SERVER_WAITS", 300)
    async with open_link(database, Ear()) as still:
        monkeypatch.undo()
        await still.lead()
        async with open_link(database, Ear()) as other, asyncio.timeout(PATIENCE):
            await other.lead()
        assert not still.leads


async def test_a_link_kept_alive_outlives_the_patience_of_the_server(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SERVER_WAITS", 300)
    monkeypatch.setattr(module, "_BETWEEN_SIGNS", 0.05)
    async with open_link(database, Ear()) as link:
        await link.lead()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.8):
                await link.keep()
        assert link.leads


async def test_where_there_is_no_server_it_says_so() -> None:
    with pytest.raises(LinkLost):
        async with open_link(Database("postgresql+asyncpg://nobody@127.0.0.1:1/none"), Ear()):
            pass
