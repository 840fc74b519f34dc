"""Applying: what becomes of a confirmed change, told by the till, the request, the audit and the queue alike."""

import sqlite3
from datetime import timedelta

import pytest

from changes.audit import EntryKind
from changes.backend import ChangeKind
from changes.life import State
from changes.ports import NoticeKind
from changes.request import TRIED_FOR, ChangeRequest
from changes.step import wait_before
from changes.till import Role, Status
from pos.embedded.till import Edit, FaultKind, FaultMethod
from tests.changes.backends import Before
from tests.changes.bench import Bench
from tests.pos.bench import FIRST_PIN

INTENT, UNKNOWN, OUTCOME = EntryKind.CHANGE_INTENT, EntryKind.CHANGE_UNKNOWN, EntryKind.CHANGE_OUTCOME

#: Another owner of the shop.
PARTNER = 4_000_000_077

KINDS = [
    (ChangeKind.RENAME, "Ana Silva"),
    (ChangeKind.ROLE, "supervisor"),
    (ChangeKind.FREEZE, None),
    (ChangeKind.PIN, None),
    (ChangeKind.PIN, "83057"),
]


async def times_applied(bench: Bench) -> int:
    """The embedded till counts a user's changes in the version."""
    return int((await bench.at.now()).version) - int(bench.user.version)


async def ended(bench: Bench, request: ChangeRequest, state: State, result: str, told: int | None = None) -> None:
    """The request is over as said, and the audit and the queue say the same, once; to its actor unless `told`."""
    kept = await bench.kept(request)
    assert (kept.state, kept.result) == (state, result)
    assert (kept.next_at, kept.lease_owner) == (None, None)
    assert kept.finished_at == bench.clock.now()
    outcomes = [entry for entry in await bench.entries() if entry.kind is OUTCOME]
    assert [(entry.facts["change"], entry.facts["state"], entry.facts["result"]) for entry in outcomes] == [
        (request.id, state.value, result)
    ]
    queued = await bench.queued(NoticeKind.ENTRY)
    assert [entry.notice.entry_number for entry in queued] == [outcomes[0].number]
    assert [entry.notice.chat_id for entry in queued] == [told or request.chat_id]
    assert await bench.applying().next_due() is None
    assert await bench.chain_fault() is None


@pytest.mark.parametrize(("kind", "value"), KINDS)
async def test_each_kind_of_change_is_applied_once_and_read_back(
    bench: Bench, kind: ChangeKind, value: str | None
) -> None:
    request = await bench.confirmed(kind, value)
    after = await bench.step()
    assert after is not None
    await ended(bench, request, State.APPLIED, "applied")
    assert await bench.said_of(request) == [INTENT, OUTCOME]
    assert await times_applied(bench) == 1
    user = await bench.at.now()
    wanted = {ChangeKind.RENAME: user.name, ChangeKind.ROLE: user.role.value, ChangeKind.FREEZE: user.status.value}
    assert wanted.get(kind, "new") == next(iter(request.after.values()))


async def test_a_frozen_user_can_work_again(sqlite_bench: Bench) -> None:
    for kind, status in ((ChangeKind.FREEZE, Status.FROZEN), (ChangeKind.UNFREEZE, Status.ACTIVE)):
        request = await sqlite_bench.confirmed(kind)
        assert (await sqlite_bench.work(request)).state is State.APPLIED
        assert (await sqlite_bench.at.now()).status is status


@pytest.mark.parametrize(("force", "state"), [(False, State.FAILED), (True, State.APPLIED)])
async def test_who_is_signed_in_is_frozen_only_by_force(sqlite_bench: Bench, force: bool, state: State) -> None:
    bench, terminal = sqlite_bench, sqlite_bench.at.terminal.id
    await bench.till.sign_in(terminal, bench.user.number, FIRST_PIN)
    request = await bench.confirmed(ChangeKind.FREEZE, force=force)
    await bench.work(request)
    await ended(bench, request, state, "applied" if force else "refused-signed-in")
    assert (await bench.till.signed_in(terminal) is None) is force


async def test_what_the_till_refuses_has_failed_and_is_not_asked_again(bench: Bench) -> None:
    await bench.till.set_fault(FaultKind.REFUSED)
    request = await bench.confirmed()
    await bench.work(request)
    await ended(bench, request, State.FAILED, "refused-other")
    assert await bench.said_of(request) == [INTENT, OUTCOME]
    assert await times_applied(bench) == 0


@pytest.mark.parametrize("method", [FaultMethod.APPLY, FaultMethod.ANY])
async def test_a_till_that_is_down_for_a_while_is_asked_again(bench: Bench, method: FaultMethod) -> None:
    request = await bench.confirmed()
    await bench.till.set_fault(FaultKind.DOWN, times=3, method=method)
    waiting = await bench.step()
    assert waiting is not None
    assert (waiting.state, waiting.result, waiting.asked_at) == (State.APPLYING, "not-reached", None)
    assert waiting.next_at is not None
    assert waiting.next_at > bench.clock.now()
    assert await bench.said_of(request) == [INTENT]
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied")
    assert (await bench.kept(request)).attempts == 4
    assert await times_applied(bench) == 1
    assert await bench.said_of(request) == [INTENT, OUTCOME]


@pytest.mark.parametrize("method", [FaultMethod.APPLY, FaultMethod.ANY])
async def test_a_till_that_stays_down_was_not_reached_and_nothing_was_applied(
    bench: Bench, method: FaultMethod
) -> None:
    request = await bench.confirmed()
    await bench.till.set_fault(FaultKind.DOWN, times=1000, method=method)
    began = bench.clock.now()
    await bench.work(request)
    await ended(bench, request, State.FAILED, "not-reached")
    assert TRIED_FOR <= bench.clock.now() - began < TRIED_FOR + timedelta(minutes=2)
    await bench.till.clear_faults()
    bench.clock.turn(days=1)
    assert await bench.step() is None
    assert await times_applied(bench) == 0
    assert await bench.said_of(request) == [INTENT, OUTCOME]


@pytest.mark.parametrize(("versioned", "calls"), [(True, ["apply"]), (False, ["user"])])
async def test_a_value_that_changed_meanwhile_is_not_overwritten(
    bench: Bench, versioned: bool, calls: list[str]
) -> None:
    """A till that knows versions refuses it itself; at another one is looked first."""
    request = await bench.confirmed()
    await bench.till.change(bench.at.terminal.id, bench.user.id, Edit(name="陈雨"), version=bench.user.version, key="x")
    bench.tills.backend = Before(bench.tills.backend, versioned=versioned)
    await bench.work(request)
    await ended(bench, request, State.FAILED, "refused-stale-version")
    assert bench.tills.backend.calls == calls
    assert (await bench.at.now()).name == "陈雨"


@pytest.mark.parametrize(("minutes", "calls"), [(9, ["apply", "confirm"]), (11, ["user", "apply", "confirm"])])
async def test_what_was_seen_for_the_proposal_counts_as_long_as_that_may_wait(
    sqlite_bench: Bench, minutes: int, calls: list[str]
) -> None:
    bench = sqlite_bench
    before = bench.tills.backend = Before(bench.tills.backend)
    request = await bench.confirmed()
    before.calls.clear()
    bench.clock.turn(minutes=minutes)
    await bench.work(request)
    assert before.calls == calls


async def test_a_till_that_was_away_is_looked_at_before_it_is_asked_again(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    before = bench.tills.backend = Before(bench.tills.backend)
    request = await bench.confirmed()
    before.calls.clear()
    await bench.till.set_fault(FaultKind.DOWN)
    await bench.work(request)
    assert before.calls == ["apply", "user", "apply", "confirm"]


async def test_a_user_who_changed_otherwise_is_refused_by_the_till_itself(bench: Bench) -> None:
    request = await bench.confirmed()
    edit = Edit(role=Role.SUPERVISOR)
    await bench.till.change(bench.at.terminal.id, bench.user.id, edit, version=bench.user.version, key="x")
    await bench.work(request)
    await ended(bench, request, State.FAILED, "refused-stale-version")
    assert (await bench.at.now()).name == bench.user.name


async def test_a_user_who_is_gone_is_said_to_be_gone(sqlite_bench: Bench) -> None:
    request = await sqlite_bench.confirmed()
    with sqlite3.connect(sqlite_bench.at.path) as file:
        file.execute("DELETE FROM user WHERE id = ?", [sqlite_bench.user.id])
    file.close()
    await sqlite_bench.work(request)
    await ended(sqlite_bench, request, State.FAILED, "refused-user-gone")


@pytest.mark.parametrize("after_a_try", [False, True])
async def test_whoever_lost_their_authority_gets_nothing_applied(bench: Bench, after_a_try: bool) -> None:
    """And hears nothing of the shop any more; who owns it does."""
    await bench.join(PARTNER)
    before = Before(bench.tills.backend)
    bench.tills.backend = before
    request = await bench.confirmed()
    if after_a_try:
        await bench.till.set_fault(FaultKind.DOWN, method=FaultMethod.ANY)
        await bench.step()
    await bench.leave()
    await bench.work(request)
    await ended(bench, request, State.FAILED, "not-allowed", told=PARTNER)
    # The try found nobody there.
    assert before.keys == [request.key] * after_a_try
    assert await times_applied(bench) == 0


async def test_nothing_is_asked_of_a_till_before_the_intent_is_in_the_audit(bench: Bench) -> None:
    request = await bench.propose()
    seen: list[tuple[list[EntryKind], State, bool]] = []

    async def look() -> None:
        kept = await bench.kept(request)
        seen.append((await bench.said_of(request), kept.state, kept.asked_at is not None))

    before = Before(bench.tills.backend, acts={"apply": look, "applied": look, "confirm": look})
    bench.tills.backend = before
    await bench.step()
    assert before.keys == []
    await bench.confirm(request)
    await bench.work(request)
    assert seen == [([INTENT], State.APPLYING, True)] * 3
    assert before.keys == [request.key]


async def told_kinds(bench: Bench) -> list[NoticeKind]:
    return [queued.notice.kind for queued in await bench.queued()]


async def test_the_progress_is_told_at_each_turn_and_at_the_end_after_the_entry(bench: Bench) -> None:
    await bench.till.set_fault(FaultKind.DOWN)
    await bench.confirmed(ChangeKind.PIN)
    told = [await told_kinds(bench)]
    while due_at := await bench.applying().next_due():
        bench.turn_to(due_at)
        await bench.step()
        told.append(await told_kinds(bench))
    progress, secret, entry = NoticeKind.PROGRESS, NoticeKind.SECRET, NoticeKind.ENTRY
    assert told == [*[[progress]] * (len(told) - 1), [secret, entry, progress]]
    assert len(told) >= 3
    assert bench.waker.woken >= 4


@pytest.mark.parametrize("attempt", range(1, 20))
def test_the_waits_double_and_are_bounded(attempt: int) -> None:
    longest = min(2.0**attempt, 60.0)
    waits = [wait_before(attempt).total_seconds() for _ in range(50)]
    assert all(longest / 2 <= wait <= longest for wait in waits)
    assert len(set(waits)) > 10
