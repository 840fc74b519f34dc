"""Changes that end by themselves: the end is recorded with the start, and ends only what is still the same."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text

from changes.amendment import AmendmentKind
from changes.audit import EntryKind
from changes.backend import ChangeKind
from changes.errors import NotOffered, NotWaiting
from changes.life import State
from changes.ports import NoticeKind
from changes.request import ChangeRequest
from changes.till import Role, Status, TerminalUser
from pos.embedded.till import Edit, FaultKind
from storage.engine import DatabaseError
from storage.tables import shops
from tests.changes.backends import Before
from tests.changes.bench import Bench
from tests.changes.harm import refuse_audit_inserts
from tests.changes.test_applying import INTENT, OUTCOME, PARTNER, UNKNOWN
from tests.pos.bench import FIRST_PIN

DROPPED = EntryKind.CHANGE_DROPPED
FREEZE, UNFREEZE = ChangeKind.FREEZE, ChangeKind.UNFREEZE


async def begun(
    bench: Bench, kind: ChangeKind = FREEZE, value: str | None = None, hours: float = 72
) -> tuple[ChangeRequest, ChangeRequest]:
    """An applied change that ends by itself, and its end as it waits; what was told is taken out of the queue."""
    request = await bench.work(await bench.confirmed(kind, value, until=bench.hence(hours)))
    assert request.state is State.APPLIED
    (end,) = await bench.waiting()
    await bench.queued()
    return request, end


async def at_its_end(bench: Bench, end: ChangeRequest) -> ChangeRequest:
    assert end.due_at is not None
    bench.turn_to(end.due_at)
    await bench.step()
    return await bench.kept(end)


async def told(bench: Bench, request: ChangeRequest, kind: EntryKind) -> bool:
    """Whether the newest entry about the request is of this kind and the only one that was posted since."""
    newest = (await bench.entries_of(request))[-1]
    posted = [queued.notice.entry_number for queued in await bench.queued(NoticeKind.ENTRY)]
    return newest.kind is kind and posted == [newest.number]


async def test_an_applied_freeze_leaves_its_end_waiting_with_an_intent_of_its_own(bench: Bench) -> None:
    until = bench.hence(72)
    request, end = await begun(bench)
    assert (end.kind, end.ends, end.due_at, end.next_at, end.state) == (
        UNFREEZE,
        request.id,
        request.until,
        request.until,
        State.SCHEDULED,
    )
    assert request.until == until
    (entry,) = await bench.entries_of(end)
    assert (entry.kind, entry.facts["ends"]) == (INTENT, request.id)
    assert end.key != request.key


async def test_start_and_end_are_recorded_together_or_not_at_all(bench: Bench) -> None:
    request = await bench.confirmed(FREEZE, until=bench.hence(72))
    async with refuse_audit_inserts(bench.database):
        with pytest.raises(DatabaseError):
            await bench.step()
    assert (await bench.kept(request)).state is State.APPLYING
    assert await bench.waiting() == ()
    await bench.work(request)
    (end,) = await bench.waiting()
    assert end.ends == request.id


async def test_at_its_time_the_freeze_ends_and_that_is_told(bench: Bench) -> None:
    request, end = await begun(bench)
    bench.clock.turn(hours=71)
    assert await bench.step() is None
    assert (await at_its_end(bench, end)).state is State.APPLIED
    assert (await bench.at.now()).status is Status.ACTIVE
    assert await told(bench, end, OUTCOME)
    assert await bench.said_of(end) == [INTENT, OUTCOME]
    assert await bench.said_of(request) == [INTENT, OUTCOME]
    assert await bench.waiting() == ()


async def test_one_that_was_read_back_late_ends_too(bench: Bench) -> None:
    await bench.till.set_fault(FaultKind.LOST)
    request, end = await begun(bench)
    assert UNKNOWN in await bench.said_of(request)
    assert (await at_its_end(bench, end)).state is State.APPLIED


async def test_one_that_the_till_refused_has_no_end(sqlite_bench: Bench) -> None:
    await sqlite_bench.till.set_fault(FaultKind.REFUSED)
    request = await sqlite_bench.work(await sqlite_bench.confirmed(FREEZE, until=sqlite_bench.hence(1)))
    assert request.state is State.FAILED
    assert await sqlite_bench.waiting() == ()


async def test_a_freeze_that_somebody_else_made_since_is_not_ended(bench: Bench) -> None:
    _, end = await begun(bench)
    await bench.by_hand(Edit(status=Status.ACTIVE))
    await bench.by_hand(Edit(status=Status.FROZEN))
    bench.tills.backend = before = Before(bench.tills.backend)
    ended = await at_its_end(bench, end)
    assert (ended.state, ended.result) == (State.FAILED, "ended-otherwise")
    assert (await bench.at.now()).status is Status.FROZEN
    assert before.keys == []
    assert await told(bench, end, OUTCOME)


async def test_a_freeze_that_somebody_ended_before_is_said_to_be(sqlite_bench: Bench) -> None:
    _, end = await begun(sqlite_bench)
    await sqlite_bench.by_hand(Edit(status=Status.ACTIVE))
    ended = await at_its_end(sqlite_bench, end)
    assert (ended.state, ended.result) == (State.FAILED, "ended-otherwise")
    assert await told(sqlite_bench, end, OUTCOME)


async def test_who_was_renamed_meanwhile_is_unfrozen_all_the_same(bench: Bench) -> None:
    _, end = await begun(bench)
    await bench.by_hand(Edit(name="陈雨"))
    assert (await at_its_end(bench, end)).state is State.APPLIED
    user = await bench.at.now()
    assert (user.name, user.status) == ("陈雨", Status.ACTIVE)


class Nameless(Before):
    """A till that cannot tell one freeze from the next."""

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        return replace(await super().user(terminal_id, user_id), freeze="")


@pytest.mark.parametrize("touched", [False, True])
async def test_where_freezes_have_no_names_only_an_untouched_user_is_unfrozen(
    sqlite_bench: Bench, touched: bool
) -> None:
    bench = sqlite_bench
    bench.tills.backend = Nameless(bench.tills.backend)
    _, end = await begun(bench)
    if touched:
        await bench.by_hand(Edit(status=Status.ACTIVE))
        await bench.by_hand(Edit(status=Status.FROZEN))
    ended = await at_its_end(bench, end)
    assert (ended.state is State.APPLIED) is not touched


async def test_one_that_ends_before_by_a_change_of_its_own_drops_its_end(bench: Bench) -> None:
    _, end = await begun(bench)
    bench.clock.turn(hours=1)
    unfreeze = await bench.work(await bench.confirmed(UNFREEZE))
    assert unfreeze.state is State.APPLIED
    kept = await bench.kept(end)
    assert (kept.state, kept.result, kept.next_at) == (State.CANCELLED, "replaced", None)
    assert await bench.said_of(end) == [INTENT, DROPPED]
    posted = {queued.notice.entry_number for queued in await bench.queued(NoticeKind.ENTRY)}
    assert (await bench.entries_of(end))[-1].number in posted
    assert await bench.applying().next_due() is None
    bench.clock.turn(days=4)
    assert await bench.step() is None


async def test_a_change_that_fails_leaves_the_end_waiting(bench: Bench) -> None:
    _, end = await begun(bench)
    await bench.till.set_fault(FaultKind.REFUSED)
    assert (await bench.work(await bench.confirmed(UNFREEZE))).state is State.FAILED
    assert (await bench.kept(end)).state is State.SCHEDULED
    assert (await at_its_end(bench, end)).state is State.APPLIED


async def test_a_new_freeze_for_a_while_has_an_end_of_its_own_and_the_older_is_dropped(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    _, older = await begun(bench, hours=10)
    await bench.work(await bench.confirmed(UNFREEZE))
    _, newer = await begun(bench, hours=20)
    assert (await bench.kept(older)).result == "replaced"
    bench.clock.turn(hours=19)
    assert await bench.step() is None
    assert (await at_its_end(bench, newer)).state is State.APPLIED


async def test_an_end_of_another_kind_is_none_of_it(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    _, role_end = await begun(bench, ChangeKind.ROLE, "supervisor")
    assert (await bench.work(await bench.confirmed(FREEZE))).state is State.APPLIED
    assert (await bench.kept(role_end)).state is State.SCHEDULED
    assert (await at_its_end(bench, role_end)).state is State.APPLIED
    user = await bench.at.now()
    assert (user.role, user.status) == (Role.CASHIER, Status.FROZEN)


async def test_a_role_for_a_while_goes_back_to_the_role_before(bench: Bench) -> None:
    _, end = await begun(bench, ChangeKind.ROLE, "manager")
    assert (end.kind, end.before, end.after) == (ChangeKind.ROLE, {"role": "manager"}, {"role": "cashier"})
    assert (await at_its_end(bench, end)).state is State.APPLIED
    assert (await bench.at.now()).role is Role.CASHIER


async def test_a_role_that_was_changed_since_stays(sqlite_bench: Bench) -> None:
    _, end = await begun(sqlite_bench, ChangeKind.ROLE, "manager")
    await sqlite_bench.by_hand(Edit(role=Role.SUPERVISOR))
    ended = await at_its_end(sqlite_bench, end)
    assert (ended.state, ended.result) == (State.FAILED, "ended-otherwise")
    assert (await sqlite_bench.at.now()).role is Role.SUPERVISOR


async def test_who_was_let_in_for_a_while_is_signed_out_when_it_ends(bench: Bench) -> None:
    await bench.work(await bench.confirmed(FREEZE))
    _, end = await begun(bench, UNFREEZE, hours=2)
    await bench.till.sign_in(bench.at.terminal.id, bench.user.number, FIRST_PIN)
    assert await bench.till.signed_in(bench.at.terminal.id) is not None
    assert (await at_its_end(bench, end)).state is State.APPLIED
    assert (await bench.at.now()).status is Status.FROZEN
    assert await bench.till.signed_in(bench.at.terminal.id) is None
    assert (await bench.entries_of(end))[-1].facts["forced"]


async def test_who_may_end_it_is_judged_at_the_end(bench: Bench) -> None:
    _, end = await begun(bench)
    await bench.join(PARTNER)
    await bench.leave()
    ended = await at_its_end(bench, end)
    assert (ended.state, ended.result) == (State.FAILED, "not-allowed")
    assert [queued.notice.chat_id for queued in await bench.queued(NoticeKind.ENTRY)] == [PARTNER]
    assert (await bench.at.now()).status is Status.FROZEN


async def test_an_end_that_the_till_takes_twice_is_applied_once(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    _, end = await begun(bench)
    await bench.till.set_fault(FaultKind.LOST_BEFORE, times=2)
    frozen = await bench.at.now()
    assert end.due_at is not None
    bench.turn_to(end.due_at)
    assert (await bench.work(end)).state is State.APPLIED
    assert int((await bench.at.now()).version) == int(frozen.version) + 1


@pytest.mark.parametrize("fault", [FaultKind.DOWN, FaultKind.LOST_BEFORE])
async def test_what_was_to_be_over_when_the_till_is_back_does_not_begin(bench: Bench, fault: FaultKind) -> None:
    """A manager for five minutes is not one for a moment afterwards, or for good where the end then fails."""
    await bench.till.set_fault(fault)
    request = await bench.confirmed(ChangeKind.ROLE, "manager", until=bench.hence(seconds=300))
    await bench.step()
    bench.clock.turn(seconds=300)
    ended = await bench.work(request)
    assert (ended.state, ended.result) == (State.FAILED, "over" if fault is FaultKind.DOWN else "not-held")
    assert (await bench.at.now()).role is Role.CASHIER
    assert await bench.waiting() == ()


@pytest.mark.parametrize("kind", [ChangeKind.RENAME, ChangeKind.PIN])
async def test_what_has_no_opposite_cannot_be_for_a_while(sqlite_bench: Bench, kind: ChangeKind) -> None:
    with pytest.raises(NotOffered):
        await sqlite_bench.propose(kind, until=sqlite_bench.hence(5))


async def blocked(bench: Bench) -> int:
    """How many of the database's sessions wait for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with bench.database.read() as connection:
        return int((await connection.scalar(waiting)) or 0)


@pytest.mark.parametrize("database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_ending_it_before_and_amending_its_end_do_not_wait_for_each_other(bench: Bench) -> None:
    """One has the entry's place and wants the row, the other has the row and wants the place: that must not be."""
    _, end = await begun(bench)
    unfreeze = await bench.confirmed(UNFREEZE)
    amendment = await bench.amendment(end, AmendmentKind.MOVE, bench.hence(100))
    code = bench.next_code()
    async with bench.database.write() as connection:
        await connection.execute(select(shops).with_for_update())
        both: list[asyncio.Future[Any]] = [asyncio.ensure_future(bench.step())]
        for count in (1, 2):
            while await blocked(bench) < count:  # noqa: ASYNC110 the server rings for nobody
                await asyncio.sleep(0.01)
            if count == 1:
                both.append(asyncio.ensure_future(bench.confirm_amendment(amendment, code)))
    stepped, pressed = await asyncio.gather(*both, return_exceptions=True)
    assert not isinstance(stepped, Exception)
    assert (await bench.kept(unfreeze)).state is State.APPLIED
    assert isinstance(pressed, NotWaiting)
    assert (await bench.kept(end)).result == "replaced"
