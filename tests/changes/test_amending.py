"""Amending what waits: another time, now, not at all; each with a code that is its own, and never in between."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from changes.amending import SeeAmendment, SeeWaiting
from changes.amendment import AmendmentKind
from changes.audit import EntryKind
from changes.authority import Actor, ChatKind
from changes.backend import ChangeKind
from changes.codes import FREE_TRIES
from changes.errors import (
    CodeLocked,
    CodeWrong,
    NotAllowed,
    NotEnrolled,
    NotOffered,
    NotWaiting,
    Refused,
    RequestOver,
    WhenBeforeStart,
    WhenPast,
)
from changes.held import LeaseLost
from changes.life import State
from changes.ports import NoticeKind
from changes.proposals import Discard
from changes.request import LIFETIME, ChangeRequest
from changes.till import Status
from storage.engine import DatabaseError
from storage.tables import requests, shops
from tests.changes.backends import Before
from tests.changes.bench import Bench, in_group
from tests.changes.harm import refuse_audit_inserts
from tests.changes.test_applying import INTENT, OUTCOME, PARTNER
from tests.changes.test_secrets import sealed
from tests.changes.test_temporary import begun, blocked

CANCEL, MOVE, NOW, END = AmendmentKind.CANCEL, AmendmentKind.MOVE, AmendmentKind.NOW, AmendmentKind.END
MOVED, DROPPED = EntryKind.CHANGE_MOVED, EntryKind.CHANGE_DROPPED


async def waits(bench: Bench, kind: ChangeKind = ChangeKind.FREEZE, value: str | None = None) -> ChangeRequest:
    request = await bench.confirmed(kind, value, due_at=bench.hence(10))
    await bench.queued()
    return request


async def partner(bench: Bench) -> tuple[Actor, str]:
    """Another owner of the shop, and the key of their authenticator."""
    await bench.join(PARTNER)
    actor = Actor(PARTNER, "Partner", PARTNER, ChatKind.PRIVATE)
    return actor, await bench.enrol(actor)


async def code_is_unspent(bench: Bench, code: str) -> bool:
    """Whether the code still confirms something of this moment."""
    request = await bench.proposal(replace(bench.draft(), user_id=bench.at.manager.id))
    try:
        await bench.confirm(request.request, code)
    except CodeWrong:
        return False
    return True


async def test_the_end_of_a_freeze_is_moved_and_never_lapses(bench: Bench) -> None:
    _, end = await begun(bench, hours=10)
    bench.clock.turn(hours=9)
    later = bench.hence(24)
    moved = await bench.amend(end, MOVE, later)
    assert (moved.state, moved.due_at, moved.next_at) == (State.SCHEDULED, later, later)
    (told,) = await bench.queued(NoticeKind.ENTRY)
    entry = (await bench.entries_of(end))[-1]
    assert (entry.kind, entry.number, entry.facts["by"]["id"]) == (MOVED, told.notice.entry_number, "4000000001")
    bench.clock.turn(hours=23)
    assert await bench.step() is None
    assert (await bench.at.now()).status is Status.FROZEN
    bench.turn_to(later)
    assert (await bench.work(end)).state is State.APPLIED
    assert await bench.said_of(end) == [INTENT, MOVED, OUTCOME]
    assert (await bench.at.now()).status is Status.ACTIVE


async def test_moved_while_a_worker_has_it_in_its_hands_it_is_not_ended(bench: Bench) -> None:
    _, end = await begun(bench, hours=10)
    bench.clock.turn(hours=9, minutes=59)
    amendment = await bench.amendment(end, MOVE, bench.hence(24))
    bench.clock.turn(minutes=1)
    leased = await bench.applying().lease()
    assert leased is not None
    await bench.confirm_amendment(amendment, bench.code())
    bench.tills.backend = before = Before(bench.tills.backend)
    with pytest.raises(LeaseLost):
        await bench.applying().step(leased)
    assert before.calls == []
    kept = await bench.kept(end)
    assert (kept.state, kept.due_at, kept.lease_owner) == (State.SCHEDULED, amendment.moment, None)
    assert await bench.said_of(end) == [INTENT, MOVED]
    assert await bench.applying().next_due() == amendment.moment
    assert (await bench.work(end)).state is State.APPLIED


async def test_once_it_has_begun_it_is_too_late_and_no_code_is_spent(bench: Bench) -> None:
    _, end = await begun(bench, hours=10)
    bench.clock.turn(hours=9, minutes=59)
    amendment = await bench.amendment(end, MOVE, bench.hence(24))
    bench.clock.turn(minutes=1)
    code = bench.code()

    async def press() -> None:
        with pytest.raises(NotWaiting):
            await bench.confirm_amendment(amendment, code)

    bench.tills.backend = before = Before(bench.tills.backend, acts={"user": press})
    await bench.step()
    assert before.acts == {}
    assert (await bench.kept(end)).state is State.APPLIED
    assert await bench.said_of(end) == [INTENT, OUTCOME]
    assert await code_is_unspent(bench, code)


async def test_at_the_very_moment_either_it_is_moved_or_it_ends(bench: Bench) -> None:
    """However the two meet: one of them counts, and the other does not happen at all."""
    for _ in range(4):
        _, end = await begun(bench, hours=10)
        bench.clock.turn(hours=9, minutes=59)
        amendment = await bench.amendment(end, MOVE, bench.hence(24))
        bench.clock.turn(minutes=1)
        stepped, pressed = await asyncio.gather(
            bench.step(), bench.confirm_amendment(amendment, bench.code()), return_exceptions=True
        )
        assert pressed is None or isinstance(pressed, NotWaiting)
        assert not isinstance(stepped, Exception) or isinstance(stepped, LeaseLost)
        kept = await bench.kept(end)
        frozen = (await bench.at.now()).status is Status.FROZEN
        assert (kept.state, frozen) == ((State.SCHEDULED, True) if pressed is None else (State.APPLIED, False))
        assert (MOVED in await bench.said_of(end)) is (pressed is None)
        await bench.work(end)
        bench.clock.turn(minutes=1)
    assert await bench.chain_fault() is None


async def test_what_waits_is_done_now(bench: Bench) -> None:
    request = await waits(bench)
    amended = await bench.amend(request, NOW)
    assert amended.next_at == bench.clock.now()
    woken = bench.waker.woken
    assert woken > 0
    await bench.step()
    assert (await bench.kept(request)).state is State.APPLIED
    assert await bench.said_of(request) == [INTENT, MOVED, OUTCOME]


async def test_what_waits_is_dropped(bench: Bench) -> None:
    request = await waits(bench)
    dropped = await bench.amend(request, CANCEL)
    assert (dropped.state, dropped.result, dropped.finished_at) == (State.CANCELLED, "dropped", bench.clock.now())
    (told,) = await bench.queued(NoticeKind.ENTRY)
    entry = (await bench.entries_of(request))[-1]
    assert (entry.kind, entry.number) == (DROPPED, told.notice.entry_number)
    assert entry.facts["by"] == {"id": "4000000001", "name": "Boss Lin"}
    assert await bench.applying().next_due() is None
    bench.clock.turn(hours=11)
    assert await bench.step() is None
    assert await bench.chain_fault() is None


async def test_dropping_the_end_lets_the_freeze_last(sqlite_bench: Bench) -> None:
    _, end = await begun(sqlite_bench)
    await sqlite_bench.amend(end, CANCEL)
    sqlite_bench.clock.turn(days=10)
    assert await sqlite_bench.step() is None
    assert (await sqlite_bench.at.now()).status is Status.FROZEN


async def test_what_has_not_begun_is_to_end_at_another_time(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    request = await bench.confirmed(ChangeKind.FREEZE, due_at=bench.hence(1), until=bench.hence(2))
    later = bench.hence(5)
    assert (await bench.amend(request, END, later)).until == later
    assert (await bench.work(request)).state is State.APPLIED
    (end,) = await bench.waiting()
    assert end.due_at == later


@pytest.mark.parametrize("kind", [ChangeKind.RENAME, ChangeKind.PIN])
async def test_what_cannot_end_by_itself_gets_no_end(sqlite_bench: Bench, kind: ChangeKind) -> None:
    request = await waits(sqlite_bench, kind)
    with pytest.raises(NotOffered):
        await sqlite_bench.amendment(request, END, sqlite_bench.hence(20))


async def test_an_end_has_no_end(sqlite_bench: Bench) -> None:
    _, end = await begun(sqlite_bench)
    with pytest.raises(NotOffered):
        await sqlite_bench.amendment(end, END, sqlite_bench.hence(100))


@pytest.mark.parametrize(
    ("kind", "hours", "refusal"),
    [
        (MOVE, 0, WhenPast),
        (MOVE, -1, WhenPast),
        (MOVE, None, WhenPast),
        (END, 0, WhenPast),
        (END, None, WhenPast),
        (END, 5, WhenBeforeStart),
        (END, 10, WhenBeforeStart),
        (MOVE, 20, WhenBeforeStart),
        (MOVE, 30, WhenBeforeStart),
    ],
)
async def test_a_time_that_does_not_fit_is_refused(
    sqlite_bench: Bench, kind: AmendmentKind, hours: int | None, refusal: type[Refused]
) -> None:
    bench = sqlite_bench
    moment = None if hours is None else bench.hence(hours)
    request = await bench.confirmed(ChangeKind.FREEZE, due_at=bench.hence(10), until=bench.hence(20))
    with pytest.raises(refusal):
        await bench.amendment(request, kind, moment)


async def test_a_time_that_passed_before_the_code_came_is_refused_and_no_code_is_spent(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    amendment = await bench.amendment(await waits(bench), MOVE, bench.hence(seconds=20))
    code = bench.next_code()
    with pytest.raises(WhenPast):
        await bench.confirm_amendment(amendment, code)
    assert await code_is_unspent(bench, code)


async def test_what_does_not_wait_cannot_be_amended(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    for request in (await bench.propose(), await bench.confirmed()):
        with pytest.raises(NotWaiting):
            await bench.amendment(request, CANCEL)
        with pytest.raises(NotWaiting):
            await SeeWaiting(bench.store)(bench.owner, request.id)
    with pytest.raises(NotWaiting):
        await bench.amendment(replace(request, id="0" * 32), CANCEL)


async def test_wrong_codes_count_and_the_right_one_still_confirms(bench: Bench) -> None:
    request = await waits(bench)
    amendment = await bench.amendment(request, CANCEL)
    for left in range(FREE_TRIES - 1, 0, -1):
        with pytest.raises(CodeWrong) as wrong:
            await bench.confirm_amendment(amendment, bench.wrong_code())
        assert wrong.value.facts == {"tries": left}
    assert (await bench.kept(request)).state is State.SCHEDULED
    await bench.confirm_amendment(amendment)
    assert (await bench.kept(request)).state is State.CANCELLED


async def test_too_many_wrong_codes_lock_amendments_too(sqlite_bench: Bench) -> None:
    amendment = await sqlite_bench.amendment(await waits(sqlite_bench), CANCEL)
    for _ in range(FREE_TRIES):
        with pytest.raises((CodeWrong, CodeLocked)):
            await sqlite_bench.confirm_amendment(amendment, sqlite_bench.wrong_code())
    with pytest.raises(CodeLocked):
        await sqlite_bench.confirm_amendment(amendment)


async def test_a_code_that_confirmed_something_else_or_is_older_amends_nothing(bench: Bench) -> None:
    request = await bench.propose(ChangeKind.FREEZE, due_at=bench.hence(10))
    spent = bench.next_code()
    await bench.confirm(request, spent)
    amendment = await bench.amendment(request, CANCEL)
    with pytest.raises(CodeWrong):
        await bench.confirm_amendment(amendment, spent)
    unspent = bench.next_code()
    bench.clock.turn(seconds=30)
    younger = await bench.amendment(request, CANCEL)
    with pytest.raises(CodeWrong):
        await bench.confirm_amendment(younger, unspent)
    assert (await bench.kept(request)).state is State.SCHEDULED


async def test_of_many_presses_with_one_code_one_amends(bench: Bench) -> None:
    request = await waits(bench)
    amendment = await bench.amendment(request, CANCEL)
    code = bench.next_code()
    ends = await asyncio.gather(*(bench.confirm_amendment(amendment, code) for _ in range(20)), return_exceptions=True)
    assert ends.count(None) == 1
    assert {type(end) for end in ends if end is not None} == {RequestOver}
    assert await bench.said_of(request) == [INTENT, DROPPED]


async def test_whatever_is_asked_next_ends_what_was_asked_before(bench: Bench) -> None:
    request = await waits(bench)
    proposal = await bench.propose(value="陈雨")
    first = await bench.amendment(request, MOVE, bench.hence(20))
    second = await bench.amendment(request, CANCEL)
    newest = await bench.propose(value="Maria")
    code = bench.next_code()
    with pytest.raises(RequestOver):
        await bench.confirm(proposal, code)
    for amendment in (first, second):
        with pytest.raises(RequestOver):
            await bench.confirm_amendment(amendment, code)
        with pytest.raises(RequestOver):
            await SeeAmendment(bench.store, bench.clock)(bench.owner, amendment.id)
    await bench.confirm(newest, code)
    assert (await bench.kept(request)).due_at == request.due_at


async def test_an_amendment_that_was_discarded_or_waited_too_long_is_over(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    request = await waits(bench)
    discarded = await bench.amendment(request, CANCEL)
    assert (await Discard(bench.store, bench.clock)(bench.owner)).proposals == 1
    late = await bench.amendment(request, CANCEL)
    bench.clock.turn(seconds=LIFETIME.total_seconds())
    for amendment in (discarded, late):
        with pytest.raises(RequestOver):
            await bench.confirm_amendment(amendment)


async def test_another_owner_may_amend_it_and_is_named(bench: Bench) -> None:
    request = await waits(bench)
    actor, seed = await partner(bench)
    amendment = await bench.amendment(request, CANCEL, actor=actor)
    with pytest.raises(RequestOver):
        await bench.confirm_amendment(amendment)
    await bench.confirm_amendment(amendment, bench.code(seed), actor)
    entry = (await bench.entries_of(request))[-1]
    assert (entry.facts["by"]["id"], entry.facts["actor"]["id"]) == (str(PARTNER), "4000000001")


@pytest.mark.parametrize("database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_of_two_owners_who_amend_it_at_once_neither_undoes_what_the_other_did(bench: Bench) -> None:
    request = await waits(bench)
    actor, seed = await partner(bench)
    mine = await bench.amendment(request, AmendmentKind.END, bench.hence(40))
    theirs = await bench.amendment(request, MOVE, bench.hence(20), actor=actor)
    code = bench.next_code()
    async with bench.database.write() as connection:
        await connection.execute(select(shops).with_for_update())
        both = [asyncio.ensure_future(bench.confirm_amendment(mine, code))]
        while await blocked(bench) < 1:  # noqa: ASYNC110 the server rings for nobody
            await asyncio.sleep(0.01)
        both.append(asyncio.ensure_future(bench.confirm_amendment(theirs, bench.code(seed), actor)))
        while await blocked(bench) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await asyncio.gather(*both)
    kept = await bench.kept(request)
    assert (kept.due_at, kept.until) == (theirs.moment, mine.moment)


async def test_whoever_does_not_own_the_shop_amends_nothing(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    request = await waits(bench)
    _, other = await bench.claim(4_000_000_002, "Other Boss")
    await bench.enrol(other)
    for actor in (other, in_group(bench.owner), replace(bench.owner, person_id=1)):
        with pytest.raises(NotAllowed):
            await bench.amendment(request, CANCEL, actor=actor)
        with pytest.raises(NotAllowed):
            await SeeWaiting(bench.store)(actor, request.id)
    amendment = await bench.amendment(request, CANCEL)
    await bench.leave()
    with pytest.raises(NotAllowed):
        await bench.confirm_amendment(amendment)


async def test_without_an_authenticator_nothing_is_amended(sqlite_bench: Bench) -> None:
    request = await waits(sqlite_bench)
    async with sqlite_bench.store.write() as tx:
        await tx.factors.remove(sqlite_bench.owner.person_id)
    with pytest.raises(NotEnrolled):
        await sqlite_bench.amendment(request, CANCEL)


async def test_where_it_cannot_be_recorded_nothing_is_amended_and_no_code_spent(bench: Bench) -> None:
    request = await waits(bench)
    amendment = await bench.amendment(request, MOVE, bench.hence(20))
    code = bench.next_code()
    async with refuse_audit_inserts(bench.database):
        with pytest.raises(DatabaseError):
            await bench.confirm_amendment(amendment, code)
    assert await bench.kept(request) == request
    await bench.confirm_amendment(amendment, code)
    assert (await bench.kept(request)).due_at == amendment.moment


@pytest.mark.parametrize("readable", [True, False])
async def test_a_pin_that_was_dropped_is_forgotten(bench: Bench, readable: bool) -> None:
    """Also one that no key opens any more."""
    request = await waits(bench, ChangeKind.PIN)
    if not readable:
        async with bench.database.write() as connection:
            lost = update(requests).where(requests.c.id == request.id)
            await connection.execute(lost.values(sealed_secret="sealed with a key that is gone"))
        moved = await bench.amend(request, MOVE, bench.hence(20))
        assert moved.secret_unreadable
    await bench.amend(request, CANCEL)
    assert await sealed(bench, request) is None


async def test_the_message_that_shows_how_it_goes_may_be_another_meanwhile(sqlite_bench: Bench) -> None:
    """The outgoing queue sends another where the first is gone; who read the change before must not undo that."""
    bench = sqlite_bench
    request = await waits(bench)
    async with bench.store.write() as tx:
        await tx.requests.set_progress_message(request.id, 8)
        assert await tx.requests.move_waiting(replace(request, due_at=bench.hence(20)))
    assert (await bench.kept(request)).progress_message_id == 8
