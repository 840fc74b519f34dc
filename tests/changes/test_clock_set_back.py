"""A clock that was ahead is set right while the bot runs: nothing waits until it would have been so late again."""

import pytest

from changes.applying import LEASE
from changes.backend import AnswerLost, ChangeKind, NotReached
from changes.housekeeping import Housekeeping
from changes.life import State
from changes.ports import Notice, NoticeKind
from tests.changes.backends import Before, raising
from tests.changes.bench import Bench

#: Whatever was put off is looked at within this time, in seconds.
SOON = 120


async def set_back(bench: Bench) -> None:
    bench.clock.turn(hours=-5)
    await Housekeeping(bench.store, bench.clock).bring_back()


async def due_in(bench: Bench) -> float:
    """Seconds until the next look."""
    due_at = await bench.applying().next_due()
    assert due_at is not None
    return (due_at - bench.clock.now()).total_seconds()


async def test_a_change_in_doubt_is_read_back(bench: Bench) -> None:
    before = bench.tills.backend = Before(bench.tills.backend)
    before.acts = {"applied": raising(AnswerLost()), "confirm": raising(NotReached())}
    bench.clock.turn(hours=5)
    request = await bench.confirmed()
    await bench.step()
    await set_back(bench)
    assert await due_in(bench) <= SOON
    assert (await bench.work(request)).state is State.APPLIED


async def test_what_a_dead_worker_held_is_taken_over(bench: Bench) -> None:
    bench.clock.turn(hours=5)
    request = await bench.confirmed()
    async with bench.store.write() as tx:
        assert await tx.requests.lease("dead", bench.clock.now(), bench.clock.now() + LEASE) is not None
    await set_back(bench)
    bench.clock.turn(seconds=SOON)
    assert (await bench.work(request)).state is State.APPLIED


async def test_what_waits_its_turn_begins(bench: Bench) -> None:
    scheduled = await bench.confirmed(ChangeKind.FREEZE, due_at=bench.hence(5))
    bench.clock.turn(hours=5)
    busy = await bench.confirmed()
    before = bench.tills.backend = Before(bench.tills.backend)
    before.acts = {"applied": raising(AnswerLost()), "confirm": raising(NotReached())}
    while (await bench.kept(scheduled)).result != "turn":
        await bench.step()
    await set_back(bench)
    assert (await bench.work(busy)).state is State.APPLIED
    assert (await bench.work(scheduled)).state is State.APPLIED


async def test_what_waits_for_its_time_still_does(bench: Bench) -> None:
    request = await bench.confirmed(ChangeKind.FREEZE, due_at=bench.hence(5))
    await Housekeeping(bench.store, bench.clock).bring_back()
    assert await bench.kept(request) == request


@pytest.mark.parametrize("tried", [False, True])
async def test_messages_are_sent(bench: Bench, tried: bool) -> None:
    hours = 5
    if not tried:
        bench.clock.turn(hours=hours)
    async with bench.store.write() as tx:
        await tx.outbox.put(Notice(NoticeKind.ENTRY, 1, shop_id=1, entry_number=1), bench.clock.now())
    if tried:
        bench.clock.turn(hours=hours)
        async with bench.store.write() as tx:
            now = bench.clock.now()
            assert len(await tx.outbox.claim(now, now + LEASE, 5)) == 1
    await set_back(bench)
    async with bench.store.read() as tx:
        assert len(await tx.outbox.due(bench.clock.now(), 5)) == 1


async def test_a_message_that_telegram_put_off_stays_so(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    async with bench.store.write() as tx:
        await tx.outbox.put(Notice(NoticeKind.ENTRY, 1, shop_id=1, entry_number=1), bench.clock.now())
        (put,) = await tx.outbox.claim(bench.clock.now(), bench.hence(1), 5)
        await tx.outbox.postpone(put.id, bench.hence(1), "flood")
    await Housekeeping(bench.store, bench.clock).bring_back()
    async with bench.store.read() as tx:
        assert await tx.outbox.due(bench.clock.now(), 5) == ()
