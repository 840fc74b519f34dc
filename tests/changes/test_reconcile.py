"""After a start: whatever a killed process left open is looked at; within a minute its end or its doubt is known."""

from dataclasses import replace
from datetime import timedelta

import pytest

from changes.applying import LEASE
from changes.backend import ChangeKind
from changes.held import NOT_REACHED
from changes.life import FINAL, OPEN, State
from changes.request import TRIED_FOR, ChangeRequest
from pos.embedded.till import FaultKind, FaultMethod
from tests.changes.bench import MANY, Bench

#: Within so long of a start each is final or shown to be unknown.
SOON = timedelta(seconds=60)

#: What a process may leave: the state, whether the till was asked, and seconds until the row's next time of action.
LEFT = [
    (State.CONFIRMED, False, 0),
    (State.APPLYING, False, 0),
    (State.APPLYING, False, 45),
    (State.APPLYING, True, 0),
    (State.UNKNOWN, True, 0),
    (State.UNKNOWN, True, 45),
    (State.SCHEDULED, False, -5),
    (State.SCHEDULED, False, 3600),
]


async def left_behind(bench: Bench, state: State, *, asked: bool, wait: int, leased: bool) -> ChangeRequest:
    """A change as a process that was killed at this moment leaves it; the till was not reached."""
    request = await bench.propose(ChangeKind.FREEZE)
    now = bench.clock.now()
    at = now + timedelta(seconds=wait)
    left = replace(
        request,
        state=State.CONFIRMED,
        confirmed_at=now,
        expires_at=now + TRIED_FOR,
        next_at=at,
        asked_at=now if asked else None,
        due_at=at if state is State.SCHEDULED else None,
        attempts=1,
    )
    async with bench.store.write() as tx:
        assert await tx.requests.move(replace(left, next_at=now), State.PROPOSED, None)
        if leased:
            taken = await tx.requests.lease("killed", now, now + LEASE)
            assert taken is not None
        owner = "killed" if leased else None
        assert await tx.requests.move(replace(left, state=state, lease_owner=owner), State.CONFIRMED, owner)
    return await bench.kept(request)


async def starts_anew(bench: Bench) -> None:
    """As a process does: alone on SQLite, beside others on PostgreSQL, where a dead one's leases run out."""
    if bench.database.is_sqlite:
        async with bench.store.write() as tx:
            await tx.requests.release_all(bench.clock.now())


async def work_until(bench: Bench, end: timedelta) -> None:
    """Everything that comes due within `end` from now, by a worker of a new process."""
    last = bench.clock.now() + end
    for _ in range(MANY):
        due_at = await bench.applying("new").next_due()
        if due_at is None or due_at > last:
            return
        bench.turn_to(due_at)
        await bench.step("new")
    pytest.fail("there is no end of what is due")


@pytest.mark.parametrize(
    ("state", "asked", "wait", "leased"),
    # Nobody leases what is not due.
    [(*left, leased) for left in LEFT for leased in (False, True) if left[2] <= 0 or not leased],
)
async def test_whatever_was_left_is_final_or_unknown_within_a_minute(
    bench: Bench, state: State, asked: bool, wait: int, leased: bool
) -> None:
    request = await left_behind(bench, state, asked=asked, wait=wait, leased=leased)
    assert (request.state, request.lease_owner) == (state, "killed" if leased else None)
    await starts_anew(bench)
    await work_until(bench, SOON)
    kept = await bench.kept(request)
    if wait == 3600:
        assert kept == request
        assert (await bench.work(request)).state is State.APPLIED
        return
    assert kept.state in FINAL | {State.UNKNOWN}
    assert (await bench.work(request)).state is State.APPLIED


@pytest.mark.parametrize(("state", "asked", "wait"), [left for left in LEFT if left[2] < 60])
async def test_with_a_till_that_is_away_the_doubt_is_said_within_a_minute(
    bench: Bench, state: State, asked: bool, wait: int
) -> None:
    """What the till was asked for is unknown; what it was not asked for waits for it, and says so."""
    request = await left_behind(bench, state, asked=asked, wait=wait, leased=wait <= 0)
    await bench.till.set_fault(FaultKind.DOWN, times=1000, method=FaultMethod.ANY)
    await starts_anew(bench)
    await work_until(bench, SOON)
    kept = await bench.kept(request)
    assert kept.state in OPEN
    assert kept.state is (State.UNKNOWN if asked else State.APPLYING)
    assert asked or kept.result == NOT_REACHED
    assert kept.next_at is not None
    assert kept.next_at - bench.clock.now() <= SOON
