"""The outgoing queue: what is due, in which order, and what becomes of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from changes.ports import Notice, NoticeKind
from storage.store import SqlStore
from storage.tables import outbox
from tests.clock import HandClock

CHAT, OTHER = 4_000_000_001, 4_000_000_002


async def put(store: SqlStore, clock: HandClock, *notices: Notice) -> None:
    async with store.write() as tx:
        for notice in notices:
            await tx.outbox.put(notice, clock.now())


def delete(message_id: int, chat_id: int = CHAT, due_in: float | None = None, clock: HandClock | None = None) -> Notice:
    due_at = clock.now() + timedelta(seconds=due_in) if clock and due_in is not None else None
    return Notice(NoticeKind.DELETE, chat_id, message_id=message_id, due_at=due_at)


async def due(store: SqlStore, clock: HandClock, limit: int = 20) -> list[int | None]:
    """The message ids of what is due."""
    async with store.read() as tx:
        return [queued.notice.message_id for queued in await tx.outbox.due(clock.now(), limit)]


async def end_first(store: SqlStore, clock: HandClock) -> None:
    async with store.write() as tx:
        first, *_ = await tx.outbox.due(clock.now(), 1)
        await tx.outbox.sent(first.id, clock.now())


async def postpone_first(store: SqlStore, clock: HandClock, seconds: float) -> None:
    async with store.write() as tx:
        first, *_ = await tx.outbox.claim(clock.now(), clock.now() + timedelta(seconds=60), 1)
        await tx.outbox.postpone(first.id, clock.now() + timedelta(seconds=seconds), "flood")


def entry(number: int, chat_id: int = CHAT) -> Notice:
    return Notice(NoticeKind.ENTRY, chat_id, shop_id=1, entry_number=number)


async def due_entries(store: SqlStore, clock: HandClock, limit: int = 20) -> list[int | None]:
    async with store.read() as tx:
        return [queued.notice.entry_number for queued in await tx.outbox.due(clock.now(), limit)]


async def test_of_a_chat_only_the_first_goes_and_chats_go_beside_each_other(store: SqlStore, clock: HandClock) -> None:
    await put(store, clock, entry(1), entry(2), entry(3, OTHER), entry(4, OTHER))
    assert await due_entries(store, clock) == [1, 3]
    await end_first(store, clock)
    assert await due_entries(store, clock) == [2, 3]
    assert await due_entries(store, clock, limit=1) == [2]


async def test_what_waits_to_be_tried_again_is_not_overtaken(store: SqlStore, clock: HandClock) -> None:
    await put(store, clock, entry(1), entry(2), entry(3, OTHER))
    await postpone_first(store, clock, 5)
    assert await due_entries(store, clock) == [3]
    clock.turn(seconds=5)
    assert await due_entries(store, clock) == [1, 3]


async def test_deletions_go_beside_everything_else_of_their_chat(store: SqlStore, clock: HandClock) -> None:
    await put(store, clock, entry(1), delete(7), delete(8), entry(2))
    await postpone_first(store, clock, 5)
    assert await due(store, clock) == [7, 8]


async def test_a_chat_that_is_left_out_keeps_its_notices_and_not_its_deletions(
    store: SqlStore, clock: HandClock
) -> None:
    await put(store, clock, entry(1), entry(2, OTHER), delete(7), delete(8, due_in=60, clock=clock))
    until = clock.now() + timedelta(seconds=60)
    async with store.write() as tx:
        assert len(await tx.outbox.due(clock.now(), 5, {CHAT})) == 2
        claimed = await tx.outbox.claim(clock.now(), until, 5, {CHAT})
        assert [(queued.notice.entry_number, queued.notice.message_id) for queued in claimed] == [(2, None), (None, 7)]
        assert await tx.outbox.next_due({CHAT}) == until
        assert await tx.outbox.next_due() == clock.now()
        assert await tx.outbox.next_due({CHAT, OTHER}) == until, "the deletions"


async def test_what_is_urgent_goes_first_in_its_chat_and_over_all(store: SqlStore, clock: HandClock) -> None:
    alert, second = replace(entry(4), urgent=True), replace(entry(5), urgent=True)
    await put(store, clock, entry(1), entry(2), entry(3, OTHER), alert, second)
    assert await due_entries(store, clock) == [4, 3]
    assert await due_entries(store, clock, limit=1) == [4]
    for left in ([5, 3], [1, 3], [2, 3]):
        await end_first(store, clock)
        assert await due_entries(store, clock) == left


async def test_an_alert_does_not_wait_for_what_is_being_sent(store: SqlStore, clock: HandClock) -> None:
    await put(store, clock, entry(1), entry(2))
    async with store.write() as tx:
        await tx.outbox.claim(clock.now(), clock.now() + timedelta(seconds=60), 5)
    await put(store, clock, replace(entry(3), urgent=True))
    assert await due_entries(store, clock) == [3]


async def test_what_is_claimed_is_nobody_elses_until_the_claim_ends(store: SqlStore, clock: HandClock) -> None:
    await put(store, clock, *(entry(n, CHAT + n) for n in range(5)))
    now, until = clock.now(), clock.now() + timedelta(seconds=60)

    async def claim() -> list[int]:
        async with store.write() as tx:
            return [queued.id for queued in await tx.outbox.claim(now, until, 2)]

    claimed = [each for ids in await asyncio.gather(*(claim() for _ in range(6))) for each in ids]
    claimed += await claim() + await claim()
    assert len(claimed) == len(set(claimed)) == 5
    clock.turn(seconds=60)
    assert len(await due(store, clock)) == 5


async def test_what_ended_long_ago_is_forgotten(store: SqlStore, clock: HandClock) -> None:
    await put(store, clock, entry(1), entry(2))
    await end_first(store, clock)
    async with store.write() as tx:
        await tx.outbox.forget_ended(clock.now())
    assert await rows(store) == 2
    clock.turn(seconds=1)
    async with store.write() as tx:
        await tx.outbox.forget_ended(clock.now())
    assert await rows(store) == 1
    assert await due_entries(store, clock) == [2]


async def rows(store: SqlStore) -> int:
    async with store.read() as tx:
        return await tx._connection.scalar(select(func.count()).select_from(outbox)) or 0


async def test_what_is_meant_for_later_keeps_nobody_waiting(store: SqlStore, clock: HandClock) -> None:
    """A PIN's deletion in a minute does not hold up the entry that follows it."""
    await put(store, clock, delete(1, due_in=60, clock=clock), delete(2))
    assert await due(store, clock) == [2]
    await end_first(store, clock)
    assert await due(store, clock) == []
    clock.turn(seconds=60)
    assert await due(store, clock) == [1]


async def test_the_queue_knows_when_it_is_needed_next(store: SqlStore, clock: HandClock) -> None:
    async with store.read() as tx:
        assert await tx.outbox.next_due() is None
    await put(store, clock, delete(1, due_in=60, clock=clock), delete(2, OTHER, due_in=30, clock=clock))
    async with store.read() as tx:
        assert await tx.outbox.next_due() == clock.now() + timedelta(seconds=30)


@pytest.mark.parametrize("end", ["sent", "failed"])
async def test_what_has_ended_is_not_due_again(store: SqlStore, clock: HandClock, end: str) -> None:
    await put(store, clock, delete(1))
    async with store.write() as tx:
        (queued,) = await tx.outbox.due(clock.now(), 5)
        if end == "sent":
            await tx.outbox.sent(queued.id, clock.now())
        else:
            await tx.outbox.failed(queued.id, "Forbidden: bot was blocked by the user", clock.now())
    clock.turn(days=30)
    assert await due(store, clock) == []


async def test_a_notice_comes_back_as_it_was_put_and_counts_its_tries(store: SqlStore, clock: HandClock) -> None:
    notice = Notice(NoticeKind.SECRET, CHAT, shop_id=1, person_id=2, request_id="a" * 32, due_at=clock.now())
    await put(store, clock, notice)
    await postpone_first(store, clock, 1)
    await postpone_first_when_due(store, clock)
    async with store.write() as tx:
        clock.turn(seconds=2)
        (queued,) = await tx.outbox.due(clock.now(), 5)
        await tx.outbox.set_message(queued.id, 77)
        (again,) = await tx.outbox.due(clock.now(), 5)
    assert (queued.attempts, queued.notice.message_id, again.notice.message_id) == (2, None, 77)
    assert queued.notice.request_id == notice.request_id


async def postpone_first_when_due(store: SqlStore, clock: HandClock) -> None:
    clock.turn(seconds=1)
    await postpone_first(store, clock, 1)


async def test_nothing_is_queued_where_the_change_it_tells_of_was_not_kept(store: SqlStore, clock: HandClock) -> None:
    class Broken(Exception):
        pass

    async def half() -> None:
        async with store.write() as tx:
            await tx.outbox.put(delete(1), clock.now())
            raise Broken

    with pytest.raises(Broken):
        await half()
    assert await due(store, clock) == []


def progress(request_id: str = "a" * 32, chat_id: int = CHAT) -> Notice:
    return Notice(NoticeKind.PROGRESS, chat_id, shop_id=1, request_id=request_id)


async def claim(store: SqlStore, clock: HandClock) -> int:
    """How many notices could be claimed."""
    async with store.write() as tx:
        return len(await tx.outbox.claim(clock.now(), clock.now() + timedelta(seconds=60), 20))


async def test_a_progress_that_waits_untried_is_not_put_again(store: SqlStore, clock: HandClock) -> None:
    await put(store, clock, progress(), progress(), entry(1), progress())
    assert await rows(store) == 2
    await put(store, clock, progress("b" * 32), progress(chat_id=OTHER), entry(2), entry(2))
    assert await rows(store) == 6


@pytest.mark.parametrize("end", ["claimed", "sent"])
async def test_a_progress_that_may_have_been_rendered_is_put_again(store: SqlStore, clock: HandClock, end: str) -> None:
    """What is claimed, put off or sent may show what was before."""
    await put(store, clock, progress())
    if end == "sent":
        await end_first(store, clock)
    else:
        await claim(store, clock)
    await put(store, clock, progress(), progress())
    assert await rows(store) == 2


async def test_a_progress_that_stands_for_another_is_not_taken_before_that_is_committed(
    store: SqlStore, clock: HandClock
) -> None:
    """Or it would be rendered before what it is to show was there."""
    await put(store, clock, progress())
    async with store.write() as tx:
        await tx.outbox.put(progress(), clock.now())
        early = asyncio.create_task(claim(store, clock))
        # On SQLite it waits for this transaction; elsewhere it passes over what this one holds.
        await asyncio.wait([early], timeout=0.3)
        assert not early.done() or early.result() == 0
    assert await early + await claim(store, clock) == 1
    assert await rows(store) == 1


@pytest.mark.postgres
@pytest.mark.parametrize("database_kind", ["postgres"])
async def test_a_progress_that_is_being_taken_is_put_again_without_waiting(store: SqlStore, clock: HandClock) -> None:
    await put(store, clock, progress())
    async with store.write() as taking:
        await taking.outbox.claim(clock.now(), clock.now() + timedelta(seconds=60), 20)
        async with asyncio.timeout(5):
            await put(store, clock, progress())
    assert await rows(store) == 2


async def test_progress_put_for_later_makes_room_for_one_that_is_due_before(store: SqlStore, clock: HandClock) -> None:
    soon, later = (replace(progress(), due_at=clock.now() + timedelta(seconds=wait)) for wait in (1, 2))
    await put(store, clock, soon, later)
    assert await claim(store, clock) == 0
    await put(store, clock, entry(1), progress())
    assert await rows(store) == 2
    async with store.read() as tx:
        (first,) = await tx.outbox.due(clock.now(), 9)
    assert first.notice.kind is NoticeKind.ENTRY, "the later one stands where it was put"
