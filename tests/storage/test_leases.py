"""Leases: no change is worked on twice at once, and of one user only one."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from changes.life import State
from changes.ports import NoticeKind
from changes.request import ChangeRequest
from storage.tables import requests
from tests.changes.bench import Bench

FOR = timedelta(seconds=90)


async def confirmed(bench: Bench, *user_ids: str) -> list[ChangeRequest]:
    """Confirmed changes, one of each of these users, as rows."""
    first = await bench.propose()
    made = []
    async with bench.store.write() as tx:
        for number, user_id in enumerate(user_ids):
            request = replace(
                first,
                id=f"{number:032x}",
                user=replace(first.user, id=user_id),
                state=State.CONFIRMED,
                created_at=first.created_at + timedelta(seconds=number),
                next_at=bench.clock.now(),
            )
            await tx.requests.add(request)
            made.append(request)
    return made


async def lease(bench: Bench, owner: str = "worker") -> ChangeRequest | None:
    async with bench.store.write() as tx:
        return await tx.requests.lease(owner, bench.clock.now(), bench.clock.now() + FOR)


async def test_workers_that_look_at_once_take_each_change_once(bench: Bench) -> None:
    made = await confirmed(bench, *(f"user-{n}" for n in range(10)))
    for _ in range(3):
        taken = await asyncio.gather(*(lease(bench, f"worker-{n}") for n in range(15)))
        ids = [each.id for each in taken if each is not None]
        assert len(ids) == len(set(ids))
        if len(ids) == 0:
            break
    async with bench.store.read() as tx:
        kept = [await tx.requests.get(each.id) for each in made]
    assert all(each is not None and each.attempts == 1 and each.lease_owner for each in kept)


async def test_of_one_user_one_change_is_under_way_and_the_older_goes_first(bench: Bench) -> None:
    older, newer = await confirmed(bench, "same", "same")
    first = await lease(bench, "first")
    assert first is not None
    assert first.id == older.id
    assert await lease(bench, "second") is None
    async with bench.store.write() as tx:
        assert await tx.requests.move(replace(first, state=State.APPLYING), State.CONFIRMED, "first")
    assert await lease(bench, "second") is None
    async with bench.store.write() as tx:
        ended = replace(first, state=State.FAILED, next_at=None, lease_owner=None)
        assert await tx.requests.move(ended, State.APPLYING, "first")
    second = await lease(bench, "second")
    assert second is not None
    assert second.id == newer.id


@pytest.mark.parametrize("state", [State.CONFIRMED, State.APPLYING, State.UNKNOWN])
async def test_two_open_changes_of_one_user_never_wait_for_each_other(bench: Bench, state: State) -> None:
    older, newer = await confirmed(bench, "same", "same")
    async with bench.store.write() as tx:
        for each in (older, newer):
            await tx.requests.move(replace(each, state=state), State.CONFIRMED, None)
    leased = await lease(bench)
    assert leased is not None
    assert leased.id == older.id


async def test_what_is_not_due_or_not_open_is_not_taken(bench: Bench) -> None:
    request, *others = await confirmed(bench, *(f"user-{n}" for n in range(5)))
    later = bench.clock.now() + timedelta(seconds=5)
    async with bench.store.write() as tx:
        await tx.requests.move(replace(request, next_at=later), State.CONFIRMED, None)
        for other, state in zip(others, (State.APPLIED, State.FAILED, State.CANCELLED, State.EXPIRED), strict=True):
            await tx.requests.move(replace(other, state=state), State.CONFIRMED, None)
        assert await tx.requests.next_due() == later
    assert await lease(bench) is None
    bench.clock.turn(seconds=5)
    assert await lease(bench) is not None


async def test_a_move_counts_only_while_its_lease_and_state_stand(bench: Bench) -> None:
    (request,) = await confirmed(bench, "user")
    leased = await lease(bench, "first")
    assert leased is not None
    applying = replace(leased, state=State.APPLYING)
    async with bench.store.write() as tx:
        assert not await tx.requests.move(applying, State.CONFIRMED, "second")
        assert not await tx.requests.move(applying, State.CONFIRMED, None)
        assert not await tx.requests.move(applying, State.UNKNOWN, "first")
        assert await tx.requests.move(applying, State.CONFIRMED, "first")
        assert not await tx.requests.move(applying, State.CONFIRMED, "first")
    assert (await bench.kept(request)).state is State.APPLYING


async def test_the_next_look_is_when_something_is_due_or_a_lease_ends(bench: Bench) -> None:
    await confirmed(bench, "user")
    async with bench.store.read() as tx:
        assert await tx.requests.next_due() == bench.clock.now()
    await lease(bench)
    async with bench.store.read() as tx:
        assert await tx.requests.next_due() == bench.clock.now() + FOR
    async with bench.store.write() as tx:
        await tx.requests.release_all(bench.clock.now())
        assert await tx.requests.next_due() == bench.clock.now()


async def test_a_request_comes_back_as_it_was_kept(bench: Bench) -> None:
    (request,) = await confirmed(bench, "user-陈")
    assert await bench.kept(request) == request
    assert await bench.queued(NoticeKind.PROGRESS) == []


async def test_a_worker_does_not_take_from_itself_what_it_works_on(bench: Bench) -> None:
    """A clock that leaps ends leases that are still served."""
    (request,) = await confirmed(bench, "user")
    applying = bench.applying("worker")
    assert await applying.lease() is not None
    bench.clock.turn(minutes=10)
    assert await applying.lease({request.id}) is None
    taken_over = await bench.applying("other").lease()
    assert taken_over is not None
    assert taken_over.id == request.id


@pytest.mark.parametrize("damage", [{"kind": "odd"}, {"user": {}}, {"user": {"role": "odd"}}])
async def test_a_change_that_cannot_be_read_holds_up_no_other(bench: Bench, damage: dict[str, object]) -> None:
    odd, good = await confirmed(bench, "one", "other")
    async with bench.database.write() as connection:
        await connection.execute(update(requests).where(requests.c.id == odd.id).values(damage))
    assert await lease(bench) is None
    taken = await lease(bench)
    assert taken is not None
    assert taken.id == good.id
    bench.clock.turn(seconds=FOR.total_seconds())
    assert await bench.applying().next_due() == bench.clock.now()
