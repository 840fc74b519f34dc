"""The audit's rows: they only grow, one after another, and what was done to them shows."""

import asyncio

import pytest
from sqlalchemy import delete, insert, update

from changes.audit import EntryKind, Fault, Head, Record
from storage.engine import Database, DatabaseError
from storage.tables import audit, shops
from tests.changes.bench import Bench
from tests.changes.harm import unguard_audit

ADDED = Record(EntryKind.SHOP_ADDED, {"name": "林记", "n": 1, "nothing": None})


async def run(database: Database, statement: object) -> None:
    async with database.write() as connection:
        await connection.execute(statement)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "statement",
    [
        update(audit).values(kind="claim.made"),
        update(audit).where(audit.c.number == 1).values(facts={}),
        delete(audit),
        delete(audit).where(audit.c.number == 3),
    ],
)
async def test_an_entry_can_be_neither_changed_nor_deleted(bench: Bench, statement: object) -> None:
    before = await bench.entries()
    with pytest.raises(DatabaseError, match="audit only grows"):
        await run(bench.database, statement)
    assert await bench.entries() == before


@pytest.mark.postgres
@pytest.mark.parametrize("database_kind", ["postgres"])
async def test_nor_can_the_whole_table_be_emptied(bench: Bench) -> None:
    with pytest.raises(DatabaseError, match="audit only grows"):
        async with bench.database.write() as connection:
            await connection.exec_driver_sql("TRUNCATE audit")


async def test_what_someone_with_access_does_shows(bench: Bench) -> None:
    entries = await bench.entries()
    await unguard_audit(bench.database)
    await run(bench.database, update(audit).where(audit.c.number == 2).values(facts={"actor": "nobody"}))
    assert await bench.chain_fault() == Fault(2, "changed")
    await run(bench.database, update(audit).where(audit.c.number == 2).values(facts=dict(entries[1].facts)))
    assert await bench.chain_fault() is None
    await run(bench.database, delete(audit).where(audit.c.number == len(entries)))
    assert await bench.chain_fault() == Fault(len(entries), "cut")


async def test_a_number_is_given_once(bench: Bench) -> None:
    first = (await bench.entries())[0]
    values = {"shop_id": bench.shop.id, "number": 1, "at": first.at, "kind": "shop.added", "facts": {}}
    with pytest.raises(DatabaseError):
        await run(bench.database, insert(audit).values(**values, previous=first.previous, hash=first.hash))


async def test_entries_added_at_once_stand_in_one_chain(bench: Bench) -> None:
    async def add() -> None:
        async with bench.store.write() as tx:
            await tx.audit.append(bench.shop.id, ADDED, bench.clock.now())

    before = len(await bench.entries())
    await asyncio.gather(*(add() for _ in range(40)))
    assert [entry.number for entry in await bench.entries()] == list(range(1, before + 41))
    assert await bench.chain_fault() is None


async def test_a_long_audit_is_walked_whole_and_read_from_its_end(bench: Bench) -> None:
    async with bench.store.write() as tx:
        for _ in range(1100):
            await tx.audit.append(bench.shop.id, ADDED, bench.clock.now())
    entries = await bench.entries()
    assert await bench.chain_fault() is None
    async with bench.store.read() as tx:
        total = await tx.audit.count(bench.shop.id)
        assert total == len(entries) == entries[-1].number
        assert await tx.audit.latest(bench.shop.id, 0, 3) == tuple(reversed(entries[-3:]))
        assert await tx.audit.latest(bench.shop.id, total - 1, 3) == (entries[0],)
        assert await tx.audit.head(bench.shop.id) == Head(total, entries[-1].hash)
        assert await tx.audit.get(bench.shop.id, total + 1) is None
    assert entries[-1].facts == ADDED.facts


async def test_each_shop_has_a_chain_of_its_own(bench: Bench) -> None:
    other, _ = await bench.claim(4_000_000_002, "Other Boss")
    async with bench.store.read() as tx:
        numbers = [entry.number async for entry in tx.audit.walk(other.id)]
        assert numbers == [1, 2]
        assert all(entry.shop_id == bench.shop.id for entry in await bench.entries())


async def test_a_head_set_back_with_the_tail_shows_only_against_a_witness(bench: Bench) -> None:
    """Why entries are posted: who rewrites everything in the database cannot rewrite what was posted."""
    entries = await bench.entries()
    await unguard_audit(bench.database)
    await run(bench.database, delete(audit).where(audit.c.number == entries[-1].number))
    back = {"head_number": entries[-2].number, "head_hash": entries[-2].hash}
    await run(bench.database, update(shops).where(shops.c.id == bench.shop.id).values(back))
    assert await bench.chain_fault() is None
