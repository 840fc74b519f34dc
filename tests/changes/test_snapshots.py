"""Before each change all users of the terminal are kept, and no change waits for that or fails of it."""

import asyncio
from datetime import timedelta

import pytest

from bot.beside import Snapshots
from changes import snapshots
from changes.applying import Applying
from changes.backend import ChangeKind, NotReached
from changes.housekeeping import SNAPSHOTS_KEPT, Housekeeping
from changes.life import State
from changes.request import ChangeRequest
from changes.snapshot import Kept, Snapshot
from changes.snapshots import TakeSnapshot
from changes.till import Role, Status, TerminalUser, UserPage, UserQuery
from pos.embedded.till import FaultKind, FaultMethod, NewUser
from storage.tables import snapshots as rows
from tests.changes.backends import Before
from tests.changes.bench import Bench
from tests.changes.crowd import Crowd
from tests.pos.bench import FIRST_PIN


async def applied(bench: Bench, request: ChangeRequest) -> ChangeRequest:
    """To its end, by a worker that keeps snapshots."""
    beside = keeping(bench)
    ended = await bench.work(request)
    await done(beside)
    return ended


def keeping(bench: Bench) -> Snapshots:
    """From now on the worker keeps snapshots."""
    beside = Snapshots(TakeSnapshot(bench.store, bench.tills))
    bench._workers["worker"] = Applying(bench.store, bench.tills, bench.clock, bench.waker, "worker", beside)
    return beside


async def done(beside: Snapshots) -> None:
    await asyncio.gather(*beside._under_way)


async def kept(bench: Bench, request: ChangeRequest) -> Snapshot:
    async with bench.store.read() as tx:
        snapshot = await tx.snapshots.get(request.id)
    assert snapshot is not None
    return snapshot


async def test_everyone_is_kept_as_they_were_before(bench: Bench) -> None:
    before = (await bench.till.users(bench.at.terminal.id, UserQuery(limit=50))).users
    request = await applied(bench, await bench.confirmed(ChangeKind.RENAME, "Ana"))
    assert request.state is State.APPLIED
    snapshot = await kept(bench, request)
    assert (snapshot.kept, snapshot.user) == (Kept.TAKEN, bench.user)
    assert snapshot.roster is not None
    assert snapshot.roster.terminal == bench.at.terminal
    assert set(snapshot.roster.users) == set(before)
    async with bench.database.read() as connection:
        assert "Grace" not in str((await connection.execute(rows.select())).all())


async def test_of_one_who_is_added_they_are_not_in_it(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    new = TerminalUser("new:02", bench.at.terminal.id, "02", "Eve", Role.CASHIER, Status.ACTIVE)
    request = await bench.propose(ChangeKind.RENAME, "Ana")
    async with bench.store.write() as tx:
        await tx.snapshots.keep(request.id, new, bench.clock.now())
    await bench.till.add_user(bench.at.terminal.id, NewUser("02", "Eve", Role.CASHIER, FIRST_PIN))
    adding = ChangeRequest(
        **{name: getattr(request, name) for name in request.__slots__} | {"kind": ChangeKind.ADD, "user": new}
    )
    await TakeSnapshot(bench.store, bench.tills)(adding, new)
    snapshot = await kept(bench, request)
    assert snapshot.roster is not None
    assert [user.number for user in snapshot.roster.users] == ["01", "91"]


async def test_of_many_at_once_it_is_taken_once_and_shows_all_as_before(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    crowd = Crowd(bench)
    users = await crowd.add("Ana", "Bea", "Cay")
    together = await crowd.confirmed(users)
    beside = keeping(bench)
    assert set((await crowd.work(together)).values()) == {"applied applied"}
    await done(beside)
    found = [await kept(bench, request) for request in together.requests]
    assert sorted(snapshot.kept or "" for snapshot in found) == [Kept.SHARED, Kept.SHARED, Kept.TAKEN]
    (roster,) = [snapshot.roster for snapshot in found if snapshot.roster is not None]
    assert len(roster.users) == 5
    assert {user.status for user in roster.users} == {Status.ACTIVE}


async def test_a_till_that_does_not_tell_stops_no_change(bench: Bench) -> None:
    """It is asked for the change and answers that; the list it never tells."""
    request = await bench.confirmed(ChangeKind.RENAME, "Ana")
    bench.tills.backend = _Mute(bench.tills.backend)
    request = await applied(bench, request)
    assert request.state is State.APPLIED
    snapshot = await kept(bench, request)
    assert (snapshot.kept, snapshot.roster) == (Kept.MISSED, None)


class _Mute(Before):
    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        raise NotReached


async def test_a_change_does_not_wait_for_the_list(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    let_go = asyncio.Event()
    request = await bench.confirmed(ChangeKind.RENAME, "Ana")
    bench.tills.backend = _Slow(bench.tills.backend, let_go)
    beside = keeping(bench)
    assert (await bench.work(request)).state is State.APPLIED
    assert (await kept(bench, request)).kept is None
    let_go.set()
    await done(beside)
    snapshot = await kept(bench, request)
    assert snapshot.roster is not None
    # Read after the change, and still as before it.
    assert bench.user in snapshot.roster.users


class _Slow(Before):
    def __init__(self, till: object, let_go: asyncio.Event) -> None:
        super().__init__(till)  # type: ignore[arg-type]
        self._let_go = let_go

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        await self._let_go.wait()
        return await self.till.users(terminal_id, query)


async def test_of_very_many_the_first_are_kept(sqlite_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = sqlite_bench
    monkeypatch.setattr(snapshots, "MOST_PAGES", 1)
    await Crowd(bench).add(*(f"Clerk {number}" for number in range(60)))
    request = await applied(bench, await bench.confirmed(ChangeKind.RENAME, "Ana"))
    snapshot = await kept(bench, request)
    assert snapshot.kept is Kept.CUT
    assert snapshot.roster is not None
    assert len(snapshot.roster.users) == 50


async def test_a_till_that_was_away_first_is_read_when_it_is_asked_again(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    request = await bench.confirmed(ChangeKind.RENAME, "Ana")
    await bench.till.set_fault(FaultKind.DOWN, times=1, method=FaultMethod.APPLY)
    request = await applied(bench, request)
    assert request.state is State.APPLIED
    assert (await kept(bench, request)).kept is Kept.TAKEN


async def test_they_are_kept_so_long_and_no_longer(bench: Bench) -> None:
    request = await applied(bench, await bench.confirmed(ChangeKind.RENAME, "Ana"))
    house = Housekeeping(bench.store, bench.clock)
    bench.clock.turn(days=SNAPSHOTS_KEPT.days)
    await house.forget_snapshots()
    assert (await kept(bench, request)).kept is Kept.TAKEN
    bench.clock.turn(seconds=timedelta(minutes=2).total_seconds())
    await house.forget_snapshots()
    async with bench.store.read() as tx:
        assert await tx.snapshots.get(request.id) is None
