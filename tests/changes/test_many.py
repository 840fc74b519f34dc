"""All at once: one code for many; each ends by itself, as it ends, and the last is followed by the summary."""

import asyncio
import sqlite3
from dataclasses import dataclass, field, replace

import pytest

from changes.applying import LEASE
from changes.audit import EntryKind
from changes.authority import Actor, ChatKind
from changes.backend import Capabilities, ChangeKind, Order
from changes.errors import (
    CodeWrong,
    NobodyChosen,
    NotAllowed,
    NothingToDo,
    NotOffered,
    RequestOver,
    TillRefused,
    TooMany,
)
from changes.life import State
from changes.many import MOST_TOGETHER, SeeTogether
from changes.ports import NoticeKind
from changes.proposals import Caution
from changes.proposing import Proposal
from changes.till import Status
from pos.embedded.till import FaultKind, FaultMethod
from tests.changes.backends import Before
from tests.changes.bench import Bench
from tests.changes.crowd import Crowd
from tests.changes.test_undoing import undoing
from tests.pos.bench import FIRST_PIN

DONE = "applied applied"


@pytest.fixture
def crowd(bench: Bench) -> Crowd:
    return Crowd(bench)


@pytest.fixture
def sqlite_crowd(sqlite_bench: Bench) -> Crowd:
    return Crowd(sqlite_bench)


# Who ---------------------------------------------------------------------------------------------------------------


async def test_a_person_is_found_on_every_terminal_however_many_have_such_a_name(sqlite_crowd: Crowd) -> None:
    bench, find = sqlite_crowd.bench, sqlite_crowd.find
    bar = await bench.till.add_terminal("Bar")
    (ana,) = await sqlite_crowd.add("Ana")
    await sqlite_crowd.add(*(f"Ana {n}" for n in range(60)), "ANA", terminal_id=bar.id, first=1000)
    found = await find.namesakes(bench.owner, bench.shop.id, ana.terminal_id, ana.id)
    assert [(target.terminal.name, target.user.name) for target in found.targets] == [
        ("Front 前台", "Ana"),
        ("Bar", "ANA"),
    ]
    assert found.kinds == {ChangeKind.FREEZE, ChangeKind.UNFREEZE}


async def test_more_than_can_be_looked_over_are_refused(sqlite_crowd: Crowd) -> None:
    bench = sqlite_crowd.bench
    users = await sqlite_crowd.add(*(f"Clerk {n}" for n in range(MOST_TOGETHER - 2)), first=1000)
    assert len(await sqlite_crowd.everyone()) == MOST_TOGETHER
    users += await sqlite_crowd.add("One more", "And one more")
    with pytest.raises(TooMany):
        await sqlite_crowd.everyone()
    with pytest.raises(TooMany):
        await sqlite_crowd.propose([bench.user, *users])


async def test_what_cannot_be_is_refused_before_a_code_is_asked_for(sqlite_crowd: Crowd) -> None:
    bench, propose = sqlite_crowd.bench, sqlite_crowd.propose
    with pytest.raises(NobodyChosen):
        await propose([])
    with pytest.raises(NothingToDo):
        await propose([bench.user], ChangeKind.UNFREEZE)
    for kind in set(ChangeKind) - {ChangeKind.FREEZE, ChangeKind.UNFREEZE}:
        with pytest.raises(NotOffered):
            await propose([bench.user], kind)
    with pytest.raises(TillRefused):
        await propose([bench.user, replace(bench.user, id="gone")])
    stranger = Actor(77, "Eve", 77, ChatKind.PRIVATE)
    with pytest.raises(NotAllowed):
        await propose([bench.user], actor=stranger)
    with pytest.raises(NotAllowed):
        await sqlite_crowd.find.everyone(stranger, bench.shop.id, bench.at.terminal.id)
    with pytest.raises(NotAllowed):
        await sqlite_crowd.find.namesakes(stranger, bench.shop.id, bench.at.terminal.id, bench.user.id)


class CannotFreeze(Before):
    @property
    def capabilities(self) -> Capabilities:
        return replace(self.till.capabilities, operations={})


async def test_a_till_that_cannot_do_it_says_so_at_the_first_look(sqlite_crowd: Crowd) -> None:
    sqlite_crowd.bench.tills.backend = CannotFreeze(sqlite_crowd.bench.tills.backend)
    with pytest.raises(NotOffered):
        await sqlite_crowd.everyone()


async def test_who_is_so_already_is_left_out_and_nobody_stands_twice(sqlite_crowd: Crowd) -> None:
    bench = sqlite_crowd.bench
    await bench.work(await bench.confirmed(ChangeKind.FREEZE))
    together = await sqlite_crowd.propose([bench.user, bench.at.manager, bench.at.manager])
    assert [request.user.name for request in together.requests] == ["Grace Liu"]
    assert together.cautions == (Caution.LAST_SUPERVISOR,)


async def test_who_is_signed_in_is_warned_of(sqlite_crowd: Crowd) -> None:
    bench = sqlite_crowd.bench
    await bench.till.sign_in(bench.at.terminal.id, bench.user.number, FIRST_PIN)
    assert (await sqlite_crowd.propose([bench.user, bench.at.manager])).cautions == (
        Caution.SIGNED_IN,
        Caution.LAST_SUPERVISOR,
    )


# The code ----------------------------------------------------------------------------------------------------------


async def test_a_wrong_code_confirms_nobody_and_one_code_all(crowd: Crowd) -> None:
    bench = crowd.bench
    together = await crowd.propose([bench.user, bench.at.manager])
    first = together.requests[0]
    with pytest.raises(CodeWrong):
        await bench.confirm(first, bench.wrong_code())
    assert set((await crowd.ends(together)).values()) == {"proposed"}
    code = bench.next_code()
    await bench.confirm(first, code)
    assert set((await crowd.ends(together)).values()) == {"confirmed"}
    assert [entry.kind for entry in await crowd.entries(together)] == [EntryKind.CHANGE_INTENT] * 2
    for request in together.requests:
        with pytest.raises(RequestOver):
            await bench.confirm(request, code)
    notices = await bench.queued(NoticeKind.PROGRESS)
    assert [queued.notice.request_id for queued in notices] == [first.id]


async def test_a_newer_proposal_ends_all_of_the_older(crowd: Crowd) -> None:
    bench = crowd.bench
    older = await crowd.propose([bench.user, bench.at.manager])
    await bench.propose()
    assert set((await crowd.ends(older)).values()) == {"cancelled"}
    with pytest.raises(RequestOver):
        await bench.confirm(older.requests[0])
    with pytest.raises(RequestOver):
        await SeeTogether(bench.store, bench.clock)(bench.owner, older.requests[0].id)


async def test_two_owners_who_confirm_the_same_many_at_once_do_not_hold_each_other_up(crowd: Crowd) -> None:
    bench = crowd.bench
    users = await crowd.add(*(f"Clerk {n}" for n in range(12)))
    _, partner = await bench.claim(4_000_000_002, "Partner")
    seed = await bench.enrol(partner)
    await bench.join(partner.person_id)
    mine, theirs = await crowd.propose(users), await crowd.propose(users, actor=partner)
    code = bench.next_code()
    await asyncio.gather(
        bench.confirm(mine.requests[0], code),
        bench.confirm(theirs.requests[0], bench.code(seed), partner),
    )
    states = [set((await crowd.ends(together)).values()) for together in (mine, theirs)]
    assert sorted(states, key=str) == [{"confirmed"}, {"scheduled"}]


# What becomes of each ----------------------------------------------------------------------------------------------


async def test_each_ends_as_it_ends_and_the_rest_is_done(crowd: Crowd) -> None:
    """One is signed in, one is gone, one has another change under way, one was renamed at the till."""
    bench = crowd.bench
    ana, ben, cho, dee = await crowd.add("Ana", "Ben", "Cho", "Dee")
    await bench.till.sign_in(bench.at.terminal.id, ana.number, FIRST_PIN)
    busy = (await bench.proposal(replace(bench.draft(value="Cho Lee"), user_id=cho.id))).request
    await bench.confirm(busy)
    bench.clock.turn(seconds=1)
    together = await crowd.confirmed([ana, ben, cho, dee, bench.user])
    assert await crowd.ends(together) == {
        "Ana": "confirmed",
        "Ben": "confirmed",
        "Cho": "scheduled",
        "Dee": "confirmed",
        bench.user.name: "confirmed",
    }
    with sqlite3.connect(bench.at.path) as file:
        file.execute("DELETE FROM user WHERE id = ?", [ben.id])
    file.close()
    ends = await crowd.work(together)
    assert (await bench.kept(busy)).state is State.APPLIED
    assert ends == {
        "Ana": "failed refused-signed-in",
        "Ben": "failed refused-user-gone",
        "Cho": DONE,
        "Dee": DONE,
        bench.user.name: DONE,
    }
    assert await crowd.recorded(together) == {"applied": 3, "failed": 2}
    status = {target.user.name: target.user.status for target in await crowd.everyone()}
    frozen = {name for name, each in status.items() if each is Status.FROZEN}
    assert frozen == {"Cho Lee", "Dee", bench.user.name}
    entries = [queued.notice.entry_number for queued in await bench.queued(NoticeKind.ENTRY)]
    told = [entry.number for entry in await crowd.entries(together) if entry.kind is not EntryKind.CHANGE_INTENT]
    assert [number for number in entries if number in told] == told


async def test_whom_the_till_was_not_reached_for_is_asked_for_again(crowd: Crowd) -> None:
    bench = crowd.bench
    together = await crowd.confirmed([bench.user, bench.at.manager])
    await bench.till.set_fault(FaultKind.DOWN, times=3, method=FaultMethod.APPLY)
    assert set((await crowd.work(together)).values()) == {DONE}
    assert sum(each.attempts for each in (await crowd.kept(together)).values()) == 5
    assert await crowd.recorded(together) == {"applied": 2}


async def test_where_one_worker_dies_in_the_middle_another_carries_on(crowd: Crowd) -> None:
    bench = crowd.bench
    users = await crowd.add("Ana", "Ben", "Cho")
    before = bench.tills.backend = Before(bench.tills.backend)
    together = await crowd.confirmed(users)
    await bench.step("first")

    async def die() -> None:
        raise KeyboardInterrupt

    before.acts["applied"] = die
    with pytest.raises(KeyboardInterrupt):
        await bench.step("first")
    async with bench.store.write() as tx:
        await tx.requests.release_all(bench.clock.now())
    assert set((await crowd.work(together, "second")).values()) == {DONE}
    assert await crowd.recorded(together) == {"applied": 3}
    assert len(before.keys) == len(set(before.keys)) == 3, "read back, and not asked for again"


@dataclass
class Meeting(Before):
    """Whoever is read back waits for the others, so that all end at the same moment."""

    meet: asyncio.Barrier = field(default_factory=lambda: asyncio.Barrier(2))

    async def confirm(self, order: Order) -> bool | None:
        held = await super().confirm(order)
        async with asyncio.timeout(10):
            await self.meet.wait()
        return held


async def test_the_last_two_that_end_at_the_same_moment_have_one_summary(crowd: Crowd) -> None:
    bench = crowd.bench
    bench.tills.backend = Meeting(bench.tills.backend)
    together = await crowd.confirmed([bench.user, bench.at.manager])
    await asyncio.gather(bench.step("one"), bench.step("other"))
    assert set((await crowd.ends(together)).values()) == {DONE}
    assert await crowd.recorded(together) == {"applied": 2}


async def test_where_the_last_is_dropped_by_its_owner_the_summary_follows(crowd: Crowd) -> None:
    bench = crowd.bench
    await bench.confirmed(ChangeKind.ROLE, "supervisor")
    together = await crowd.confirmed([bench.user, bench.at.manager])
    kept = await crowd.kept(together)
    async with bench.store.write() as tx:
        # A worker that holds the first change of the user stands still meanwhile.
        await tx.requests.lease("still", bench.clock.now(), bench.clock.now() + LEASE)
    while (await bench.kept(kept["Grace Liu"])).state is not State.APPLIED:
        assert await bench.step() is not None
    assert EntryKind.BATCH_OUTCOME not in [entry.kind for entry in await crowd.entries(together)]
    await crowd.drop(kept[bench.user.name])
    last = (await crowd.entries(together))[-1]
    assert (last.kind, last.facts["states"]) == (EntryKind.BATCH_OUTCOME, {"applied": 1, "cancelled": 1})


async def test_one_of_many_is_undone_alone(crowd: Crowd) -> None:
    bench = crowd.bench
    together = await crowd.confirmed([bench.user, bench.at.manager])
    await crowd.work(together)
    mine = next(request for request in together.requests if request.user.id == bench.user.id)
    (outcome,) = [
        entry
        for entry in await crowd.entries(together)
        if entry.kind is EntryKind.CHANGE_OUTCOME and entry.facts["change"] == mine.id
    ]
    undo = await undoing(bench)(bench.owner, bench.shop.id, outcome.number)
    assert isinstance(undo, Proposal)
    await bench.confirm(undo.request)
    assert (await bench.work(undo.request)).state is State.APPLIED
    status = {target.user.name: target.user.status for target in await crowd.everyone()}
    assert status == {bench.user.name: Status.ACTIVE, "Grace Liu": Status.FROZEN}


async def test_all_of_them_share_one_progress_message(crowd: Crowd) -> None:
    """However far the queue is behind, one notice of it waits; it shows the newest of all."""
    bench = crowd.bench
    users = await crowd.add(*(f"Clerk {n}" for n in range(8)))
    together = await crowd.confirmed(users)
    await crowd.work(together)
    waiting = [queued.notice.request_id for queued in await bench.queued(NoticeKind.PROGRESS)]
    assert waiting == [together.requests[0].id]


async def test_whom_the_till_protects_is_left_out(sqlite_crowd: Crowd) -> None:
    bench = sqlite_crowd.bench
    bench.tills.backend = Before(bench.tills.backend, protects=frozenset({bench.at.manager.id}))
    together = await sqlite_crowd.propose([target.user for target in await sqlite_crowd.everyone()])
    assert [request.user.id for request in together.requests] == [bench.user.id]
    with pytest.raises(NothingToDo):
        await sqlite_crowd.propose([bench.at.manager])
