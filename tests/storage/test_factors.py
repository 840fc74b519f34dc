"""Authenticators as rows: a step is spent by compare-and-set, whoever asks and however many at once."""

import asyncio
from datetime import timedelta

from changes.codes import Factor
from tests.changes.bench import Bench

STEP = 60_000_000


async def factor(bench: Bench) -> Factor:
    async with bench.store.write() as tx:
        found = await tx.factors.get(bench.owner.person_id)
    assert found is not None
    return found


async def spend(bench: Bench, timecode: int) -> bool:
    async with bench.store.write() as tx:
        return await tx.factors.spend(bench.owner.person_id, timecode)


async def test_a_step_is_spent_once_and_with_it_all_before_it(bench: Bench) -> None:
    assert await spend(bench, STEP)
    assert [await spend(bench, timecode) for timecode in (STEP, STEP - 1, 0)] == [False] * 3
    assert (await factor(bench)).last_timecode == STEP
    assert await spend(bench, STEP + 1)


async def test_of_many_who_spend_a_step_at_once_one_does(bench: Bench) -> None:
    assert (await asyncio.gather(*(spend(bench, STEP) for _ in range(30)))).count(True) == 1


async def test_spending_ends_the_count_of_failures_and_the_lock(bench: Bench) -> None:
    until = bench.clock.now() + timedelta(minutes=1)
    async with bench.store.write() as tx:
        await tx.factors.fail(bench.owner.person_id, 7, until)
    assert ((await factor(bench)).failures, (await factor(bench)).locked_until) == (7, until)
    assert await spend(bench, STEP)
    assert ((await factor(bench)).failures, (await factor(bench)).locked_until) == (0, None)


async def test_a_confirmed_factor_is_neither_confirmed_again_nor_replaced(bench: Bench) -> None:
    before = await factor(bench)
    async with bench.store.write() as tx:
        assert not await tx.factors.confirm(bench.owner.person_id, STEP)
        assert not await tx.factors.show(Factor(bench.owner.person_id, "A" * 32, False, bench.clock.now()))
    assert await factor(bench) == before


async def test_an_unconfirmed_factor_spends_nothing_and_is_confirmed_once(bench: Bench) -> None:
    async with bench.store.write() as tx:
        assert await tx.factors.remove(bench.owner.person_id)
        assert await tx.factors.show(Factor(bench.owner.person_id, "A" * 32, False, bench.clock.now()))
        assert not await tx.factors.spend(bench.owner.person_id, STEP)
        assert await tx.factors.confirm(bench.owner.person_id, STEP)
        assert not await tx.factors.confirm(bench.owner.person_id, STEP + 1)
    assert not await spend(bench, STEP)
    assert await spend(bench, STEP + 1)
