"""Who goes: users who are removed, and who hand over to another."""

from dataclasses import replace
from typing import Any

import pytest

from changes.adding import Newcomer
from changes.audit import EntryKind
from changes.backend import AnswerLost, BackendRefused, ChangeKind, Refusal, Support
from changes.errors import (
    NothingToDo,
    NotOffered,
    NumberTaken,
    RequestOver,
    TillRefused,
    UserBusy,
    WhenPast,
)
from changes.handing_over import ProposeHandOver
from changes.life import State
from changes.many import Together
from changes.ports import NoticeKind
from changes.proposals import Caution
from changes.till import Role, Status
from changes.undoing import AddInstead
from pos.embedded.till import Edit, FaultKind, NewUser
from tests.changes.backends import Before, raising
from tests.changes.bench import Bench
from tests.changes.crowd import Crowd
from tests.changes.test_undoing import undoing
from tests.pos.bench import FIRST_PIN

REMOVE, FREEZE = ChangeKind.REMOVE, ChangeKind.FREEZE

BEA = Newcomer("07", "Bea", "cashier")


async def is_there(bench: Bench, number: str = "01") -> bool:
    return await bench.till.by_number(bench.at.terminal.id, number) is not None


# Removed ------------------------------------------------------------------------------------------------------------


async def test_who_is_removed_is_gone_and_recorded(bench: Bench) -> None:
    request = await bench.work(await bench.confirmed(REMOVE))
    assert (request.state, request.result) == (State.APPLIED, "applied")
    assert (request.before, request.after) == ({"known": "yes"}, {"known": "no"})
    assert not await is_there(bench)
    assert await bench.said_of(request) == [EntryKind.CHANGE_INTENT, EntryKind.CHANGE_OUTCOME]
    entry = (await bench.entries())[-1]
    assert await undoing(bench)(bench.owner, bench.shop.id, entry.number) == AddInstead(bench.at.terminal)


async def test_before_removing_the_owner_is_told_what_it_means(sqlite_bench: Bench) -> None:
    bench = sqlite_bench

    async def told(**changed: Any) -> set[Caution]:
        return set((await bench.proposal(bench.draft(REMOVE, **changed))).cautions)

    assert await told() == {Caution.FREEZE_INSTEAD}
    manager = bench.at.manager.id
    assert await told(user_id=manager) == {Caution.LAST_SUPERVISOR, Caution.FREEZE_INSTEAD}
    await bench.till.add_user(bench.at.terminal.id, NewUser("51", "周敏", Role.SUPERVISOR, FIRST_PIN))
    assert await told(user_id=manager) == {Caution.LAST_MANAGER, Caution.FREEZE_INSTEAD}
    await bench.till.sign_in(bench.at.terminal.id, "01", FIRST_PIN)
    assert await told() == {Caution.SIGNED_IN, Caution.FREEZE_INSTEAD}
    can = {**bench.tills.backend.capabilities.operations, FREEZE: Support.NONE}
    bench.tills.backend = Before(bench.tills.backend, other={"operations": can})
    assert await told() == {Caution.SIGNED_IN}


async def test_who_is_signed_in_is_removed_only_where_asked_to(bench: Bench) -> None:
    await bench.till.sign_in(bench.at.terminal.id, "01", FIRST_PIN)
    refused = await bench.work(await bench.confirmed(REMOVE))
    assert (refused.state, refused.result) == (State.FAILED, "refused-signed-in")
    forced = await bench.work(await bench.confirmed(REMOVE, force=True))
    assert forced.state is State.APPLIED
    assert (await bench.entries_of(forced))[-1].facts["forced"] is True
    assert not await is_there(bench)


async def test_a_lost_answer_is_read_back_and_a_number_given_anew_is_not_removed(bench: Bench) -> None:
    async def removed_and_given_anew() -> None:
        await bench.till.add_user(bench.at.terminal.id, NewUser("01", "Another", Role.CASHIER, FIRST_PIN))
        raise AnswerLost

    before = Before(bench.tills.backend, acts={"applied": removed_and_given_anew})
    bench.tills.backend = before
    assert (await bench.work(await bench.confirmed(REMOVE))).state is State.APPLIED
    assert len(before.keys) == 1
    assert await is_there(bench)


async def test_a_till_that_says_gone_when_it_is_read_back_has_removed(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    gone = raising(BackendRefused(Refusal.USER_GONE))
    bench.tills.backend = Before(bench.tills.backend, acts={"confirm": gone})
    request = await bench.confirmed(REMOVE)
    await bench.step()
    assert (await bench.kept(request)).result == "applied"


async def test_who_was_changed_meanwhile_is_not_removed(bench: Bench) -> None:
    request = await bench.confirmed(REMOVE)
    await bench.by_hand(Edit(name="By another"))
    ended = await bench.work(request)
    assert (ended.state, ended.result) == (State.FAILED, "refused-stale-version")
    assert await is_there(bench)


async def test_of_who_is_removed_nothing_ends_any_more(bench: Bench) -> None:
    await bench.work(await bench.confirmed(FREEZE, until=bench.hence(3)))
    (end,) = await bench.waiting()
    await bench.work(await bench.confirmed(REMOVE))
    assert await bench.waiting() == ()
    assert ((await bench.kept(end)).state, (await bench.kept(end)).result) == (State.CANCELLED, "replaced")


async def test_removing_can_wait_but_does_not_end(bench: Bench) -> None:
    with pytest.raises(NotOffered):
        await bench.propose(REMOVE, until=bench.hence(3))
    with pytest.raises(WhenPast):
        await bench.propose(REMOVE, due_at=bench.hence(-1))
    request = await bench.confirmed(REMOVE, due_at=bench.hence(1))
    assert request.state is State.SCHEDULED
    assert (await bench.work(request)).state is State.APPLIED
    assert not await is_there(bench)


@pytest.mark.parametrize(
    ("kind", "value"), [(REMOVE, None), (FREEZE, None), (ChangeKind.ROLE, "manager"), (ChangeKind.PERMISSIONS, "")]
)
async def test_whom_the_till_protects_is_said_before_the_code(
    sqlite_bench: Bench, kind: ChangeKind, value: str | None
) -> None:
    bench = sqlite_bench
    bench.tills.backend = Before(bench.tills.backend, protects=frozenset({bench.user.id}))
    with pytest.raises(TillRefused) as refused:
        await bench.propose(kind, value)
    assert refused.value.reason is Refusal.PROTECTED
    assert (await bench.propose(ChangeKind.RENAME)).state is State.PROPOSED


# Handed over --------------------------------------------------------------------------------------------------------


async def handed_over(bench: Bench, newcomer: Newcomer = BEA) -> Together:
    propose = ProposeHandOver(bench.store, bench.tills, bench.clock)
    return await propose(bench.owner, bench.shop.id, bench.at.terminal.id, bench.user.id, newcomer)


async def test_the_old_user_is_frozen_and_the_new_one_added_by_one_code(bench: Bench) -> None:
    await bench.till.sign_in(bench.at.terminal.id, "01", FIRST_PIN)
    together = await handed_over(bench)
    goes, comes = together.requests
    assert (goes.kind, comes.kind, goes.batch) == (FREEZE, ChangeKind.ADD, comes.batch)
    await bench.confirm(comes)
    ends = await Crowd(bench).work(together)
    assert ends == {bench.user.name: "applied applied", "Bea": "applied applied"}
    old = await bench.at.now()
    new = await bench.till.by_number(bench.at.terminal.id, "07")
    assert new is not None
    assert (old.name, old.status, old.signed_in) == (bench.user.name, Status.FROZEN, False)
    assert (new.name, new.status) == ("Bea", Status.ACTIVE)
    assert new.id != old.id
    secret = (await bench.kept(comes)).secret
    assert secret is not None
    assert await bench.till.has_pin(new.terminal_id, new.id, secret)
    assert [queued.notice.request_id for queued in await bench.queued(NoticeKind.SECRET)] == [comes.id]


async def test_the_audit_links_the_two(bench: Bench) -> None:
    together = await handed_over(bench)
    await bench.confirm(together.requests[0])
    await Crowd(bench).work(together)
    assert await Crowd(bench).recorded(together) == {"applied": 2}
    summary = (await bench.entries())[-1].facts
    assert summary["action"] == "hand-over"
    assert (summary["from"]["number"], summary["to"]["number"]) == ("01", "07")
    comes = next(entry for entry in await bench.entries() if entry.facts.get("action") == "add")
    assert comes.facts["after"]["instead"] == f"01 {bench.user.name}"


async def test_what_stands_against_one_stands_against_both(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    with pytest.raises(NumberTaken):
        await handed_over(bench, replace(BEA, number="01"))
    earlier = await bench.confirmed(ChangeKind.RENAME)
    with pytest.raises(UserBusy):
        await handed_over(bench)
    await bench.work(earlier)
    await bench.work(await bench.confirmed(FREEZE))
    with pytest.raises(NothingToDo):
        await handed_over(bench)


@pytest.mark.parametrize("missing", [FREEZE, ChangeKind.ADD])
async def test_it_is_offered_only_where_both_are(sqlite_bench: Bench, missing: ChangeKind) -> None:
    bench = sqlite_bench
    can = {**bench.tills.backend.capabilities.operations, missing: Support.NONE}
    bench.tills.backend = Before(bench.tills.backend, other={"operations": can})
    with pytest.raises(NotOffered):
        await handed_over(bench)


async def test_what_the_owner_is_told_before_handing_over(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    assert (await handed_over(bench)).cautions == ()
    await bench.till.sign_in(bench.at.terminal.id, "01", FIRST_PIN)
    same = replace(BEA, name=bench.user.name)
    assert (await handed_over(bench, same)).cautions == (Caution.SESSION_ENDS, Caution.SAME_NAME)
    propose = ProposeHandOver(bench.store, bench.tills, bench.clock)
    of_manager = (bench.owner, bench.shop.id, bench.at.terminal.id, bench.at.manager.id)
    assert (await propose(*of_manager, BEA)).cautions == (Caution.LAST_SUPERVISOR,)
    assert (await propose(*of_manager, replace(BEA, role="supervisor"))).cautions == (Caution.LAST_MANAGER,)
    assert (await propose(*of_manager, replace(BEA, role="manager"))).cautions == ()


async def test_one_may_fail_and_the_other_goes_on(bench: Bench) -> None:
    together = await handed_over(bench)
    await bench.till.add_user(bench.at.terminal.id, NewUser("07", "By another", Role.CASHIER, FIRST_PIN))
    await bench.confirm(together.requests[0])
    ends = await Crowd(bench).work(together)
    assert ends == {bench.user.name: "applied applied", "Bea": "failed refused-duplicate-number"}
    assert await Crowd(bench).recorded(together) == {"applied": 1, "failed": 1}


async def test_a_killed_workers_hand_over_is_finished_once(bench: Bench) -> None:
    await bench.till.set_fault(FaultKind.LOST, times=2)
    together = await handed_over(bench)
    await bench.confirm(together.requests[0])
    ends = await Crowd(bench).work(together)
    assert set(ends.values()) == {"applied applied"}
    with pytest.raises(RequestOver):
        await bench.confirm(together.requests[1])
