"""The drift check on a real till: what is told, once, to whom, and what it says of a till that is away."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import pytest

from changes.audit import Entry, EntryKind
from changes.authority import ChatKind
from changes.backend import Backend, ChangeKind, NotReached
from changes.errors import NotAllowed
from changes.life import State
from changes.ports import NoticeKind, Store, Transaction
from changes.roster import PAGE, read_roster
from changes.till import Role, Status, UserPage, UserQuery
from changes.watching import DriftedUser, LookedElsewhere, Watch
from pos.embedded.till import Edit, FaultKind, FaultMethod, NewUser
from storage.tables import sightings
from tests.changes.backends import Before
from tests.changes.bench import Bench
from tests.pos.bench import FIRST_PIN

PARTNER = 4_000_000_777


@dataclass
class Round:
    bench: Bench
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = Watch(self.bench.store, self.bench.tills, self.bench.clock, self.bench.waker)

    async def look(self, *, hours: float = 1) -> None:
        self.bench.clock.turn(hours=hours)
        await self.watch.look(self.bench.shop.id)

    async def told(self, kind: EntryKind = EntryKind.TILL_DRIFTED) -> list[Entry]:
        assert await self.bench.chain_fault() is None
        return [entry for entry in await self.bench.entries() if entry.kind is kind]

    async def differences(self) -> list[tuple[str, str]]:
        """What the last entry says, of whom."""
        found = (await self.told())[-1].facts["differences"]
        return [(each["what"], each["user"]["number"]) for each in found]


@pytest.fixture
def round_(bench: Bench) -> Round:
    return Round(bench)


@pytest.fixture
def on_sqlite(sqlite_bench: Bench) -> Round:
    return Round(sqlite_bench)


async def test_what_was_changed_at_the_till_is_told_once_to_every_owner(round_: Round) -> None:
    bench = round_.bench
    await bench.join(PARTNER)
    await round_.look()
    assert await round_.told() == []
    first = bench.clock.now()
    await bench.by_hand(Edit(name="Ana", status=Status.FROZEN))
    await bench.till.add_user(bench.at.terminal.id, NewUser("02", "Eve", Role.MANAGER, FIRST_PIN))
    await bench.queued()
    await round_.look()

    (entry,) = await round_.told()
    assert sorted(await round_.differences()) == [("added", "02"), ("frozen", "01"), ("renamed", "01")]
    assert entry.facts["total"] == 3
    assert entry.facts["since"] == first.isoformat(timespec="seconds")
    notices = [queued.notice for queued in await bench.queued(NoticeKind.ENTRY)]
    assert {(notice.chat_id, notice.entry_number) for notice in notices} == {
        (bench.owner.person_id, entry.number),
        (PARTNER, entry.number),
    }
    await round_.look()
    assert len(await round_.told()) == 1


async def test_the_bots_own_changes_are_not_told(round_: Round) -> None:
    bench = round_.bench
    await round_.look()
    await bench.work(await bench.confirmed(ChangeKind.RENAME, "Ana"))
    await round_.look()
    await bench.work(await bench.confirmed(ChangeKind.FREEZE))
    await round_.look(hours=0)
    await round_.look()
    assert await round_.told() == []
    await bench.by_hand(Edit(status=Status.ACTIVE))
    await round_.look()
    assert await round_.differences() == [("unfrozen", "01")]


async def test_a_change_whose_answer_was_lost_is_not_told_while_it_is_being_checked(on_sqlite: Round) -> None:
    bench = on_sqlite.bench
    await on_sqlite.look()
    request = await bench.confirmed(ChangeKind.RENAME, "Ana")
    await bench.till.set_fault(FaultKind.LOST)
    await bench.till.set_fault(FaultKind.DOWN, times=2, method=FaultMethod.READ)
    await bench.step()
    await bench.till.clear_faults()
    assert (await bench.kept(request)).state is State.UNKNOWN
    assert (await bench.at.now()).name == "Ana"
    await on_sqlite.look()
    assert await on_sqlite.told() == []
    await bench.work(request)
    await on_sqlite.look()
    assert await on_sqlite.told() == []


async def test_a_shop_without_an_owner_is_not_looked_at(on_sqlite: Round) -> None:
    assert await on_sqlite.watch.shops() == (on_sqlite.bench.shop.id,)
    await on_sqlite.bench.leave()
    assert await on_sqlite.watch.shops() == ()


async def test_of_two_who_look_at_once_one_tells(round_: Round) -> None:
    bench = round_.bench
    await round_.look()
    await bench.by_hand(Edit(name="Ana"))
    late = Watch(_Beaten(bench.store, round_.look), bench.tills, bench.clock, bench.waker)
    with pytest.raises(LookedElsewhere):
        await late.look(bench.shop.id)
    assert len(await round_.told()) == 1


@dataclass
class _Beaten:
    """Between reading and writing another one looks."""

    store: Store
    look: Callable[[], Awaitable[None]]

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        return self.store.read()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        await self.look()
        async with self.store.write() as tx:
            yield tx


async def test_a_till_that_is_away_is_told_of_once_after_a_day(round_: Round) -> None:
    bench = round_.bench
    await round_.look()
    await bench.till.set_fault(FaultKind.DOWN, times=1000, method=FaultMethod.ANY)
    for _ in range(24):
        await round_.look()
        assert await round_.told(EntryKind.TILL_UNSEEN) == []
    since = bench.hence(-23)
    for _ in range(30):
        await round_.look()
    (entry,) = await round_.told(EntryKind.TILL_UNSEEN)
    assert entry.facts["since"] == since.isoformat(timespec="seconds")
    # What was changed meanwhile is told when it is back, and the next day away is a new one.
    await bench.till.clear_faults()
    await bench.by_hand(Edit(name="Ana"))
    await round_.look()
    assert await round_.differences() == [("renamed", "01")]
    await bench.till.set_fault(FaultKind.DOWN, times=1000, method=FaultMethod.ANY)
    for _ in range(26):
        await round_.look()
    assert len(await round_.told(EntryKind.TILL_UNSEEN)) == 2


async def test_an_off_night_is_no_news(on_sqlite: Round) -> None:
    bench = on_sqlite.bench
    for _ in range(3):
        await bench.till.set_fault(FaultKind.DOWN, times=1000, method=FaultMethod.ANY)
        for _ in range(12):
            await on_sqlite.look()
        await bench.till.clear_faults()
        await on_sqlite.look()
    assert await on_sqlite.told(EntryKind.TILL_UNSEEN) == []


async def test_very_many_differences_are_counted(on_sqlite: Round) -> None:
    bench = on_sqlite.bench
    await on_sqlite.look()
    for number in range(100, 160):
        await bench.till.add_user(
            bench.at.terminal.id, NewUser(str(number), f"Clerk {number}", Role.CASHIER, FIRST_PIN)
        )
    await on_sqlite.look()
    (entry,) = await on_sqlite.told()
    assert entry.facts["total"] == 60
    assert len(entry.facts["differences"]) == 50


async def test_what_was_seen_is_sealed(round_: Round) -> None:
    await round_.look()
    async with round_.bench.database.read() as connection:
        row = (await connection.execute(sightings.select())).one()
    assert "Grace" not in str(row)
    async with round_.bench.store.read() as tx:
        (kept,) = await tx.sightings.of_shop(round_.bench.shop.id)
    assert [user.name for user in kept.roster.users] == ["陈晓雨", "Grace Liu"]


async def test_what_no_key_opens_is_seen_as_for_the_first_time(on_sqlite: Round) -> None:
    bench = on_sqlite.bench
    await on_sqlite.look()
    async with bench.database.write() as connection:
        await connection.execute(sightings.update().values(sealed_roster="nonsense"))
    await bench.by_hand(Edit(name="Ana"))
    await on_sqlite.look()
    await on_sqlite.look()
    assert await on_sqlite.told() == []


async def test_a_list_that_changes_while_it_is_read_is_read_again(on_sqlite: Round) -> None:
    bench = on_sqlite.bench
    for number in range(100, 100 + PAGE):
        await bench.till.add_user(
            bench.at.terminal.id, NewUser(str(number), f"Clerk {number}", Role.CASHIER, FIRST_PIN)
        )
    restless = _Restless(bench.tills.backend, bench, times=1)
    read = await read_roster(restless, bench.at.terminal, 100)
    assert (len(read.users), read.complete) == (PAGE + 3, True)
    with pytest.raises(NotReached):
        await read_roster(_Restless(bench.tills.backend, bench, times=9), bench.at.terminal, 100)
    cut = await read_roster(bench.tills.backend, bench.at.terminal, 1)
    assert (len(cut.users), cut.complete) == (PAGE, False)


class _Restless(Before):
    """Somebody is added after the first page."""

    def __init__(self, till: Backend, bench: Bench, times: int) -> None:
        super().__init__(till)
        self._bench, self._times = bench, times

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        page = await self.till.users(terminal_id, query)
        if query.offset == 0 and self._times:
            self._times -= 1
            number = str(900 + page.total)
            await self._bench.till.add_user(terminal_id, NewUser(number, "Late", Role.CASHIER, FIRST_PIN))
        return page


async def test_whom_an_entry_tells_of_is_found_for_an_owner_alone(on_sqlite: Round) -> None:
    bench = on_sqlite.bench
    await on_sqlite.look()
    await bench.by_hand(Edit(name="Ana"))
    await on_sqlite.look()
    (entry,) = await on_sqlite.told()
    find = DriftedUser(bench.store)
    assert await find(bench.owner, bench.shop.id, entry.number, 0) == (bench.at.terminal, bench.user.id)
    for number, place in ((entry.number, 1), (entry.number, -1), (1, 0), (999, 0)):
        with pytest.raises(NotAllowed):
            await find(bench.owner, bench.shop.id, number, place)
    await bench.leave()
    with pytest.raises(NotAllowed):
        await find(bench.owner, bench.shop.id, entry.number, 0)
    assert bench.owner.chat is ChatKind.PRIVATE
