"""Changes that a person does at the till: never applied without every step ticked and the check, never lost."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from changes.adding import Newcomer, ProposeAdd
from changes.audit import EntryKind
from changes.backend import BackendRefused, ChangeKind, NotReached, Refusal
from changes.case import CASE_LASTS, Answer, Case
from changes.casework import AnswerCase, TickStep
from changes.errors import CaseOver, GuidedNow, NotAllowed, NotOffered, StepsLeft, UserBusy
from changes.guided import NOT_DONE, UNFINISHED, UNRECORDED, UNSURE
from changes.housekeeping import Housekeeping
from changes.life import State
from changes.many import FindTargets, ProposeMany
from changes.ports import NoticeKind
from changes.proposals import Caution
from changes.request import TRIED_FOR, ChangeRequest
from changes.till import Status, UserQuery
from pos.guided.backend import GuidedBackend
from pos.guided.brand import brand
from pos.guided.register import Listed, Register
from tests.changes.backends import Before, raising
from tests.changes.bench import Bench, in_group
from tests.changes.test_applying import INTENT, OUTCOME, PARTNER, ended
from tests.pos.bench import Shop

ANSWERED = EntryKind.CHANGE_ANSWERED


async def at_guided(bench: Bench, folder: Path) -> Before:
    """The bench's shop has terminals that nobody reaches."""
    register = Register(folder / "register.db")
    await register.create(("Front 前台",), {"Front 前台": (Listed("01", "陈晓雨"), Listed("02", "Ana"))})
    (terminal,) = await register.terminals()
    cashier, other = await register.users(terminal.id)
    bench.at = Shop(bench.at.path, bench.at.till, terminal, cashier, other)
    bench.tills.backend = before = Before(GuidedBackend(brand("lakala"), register))
    return before


@pytest.fixture
async def before(bench: Bench, tmp_path: Path) -> Before:
    """What stands before the register."""
    return await at_guided(bench, tmp_path)


@pytest.fixture
async def sqlite_before(sqlite_bench: Bench, tmp_path: Path) -> Before:
    return await at_guided(sqlite_bench, tmp_path)


async def opened(bench: Bench, kind: ChangeKind = ChangeKind.FREEZE) -> ChangeRequest:
    """Confirmed, and its case open."""
    request = await bench.confirmed(kind)
    await bench.step()
    kept = await bench.kept(request)
    assert kept.state is State.GUIDED
    return kept


async def case_of(bench: Bench, request: ChangeRequest) -> Case:
    async with bench.store.read() as tx:
        case = await tx.cases.get(request.id)
    assert case is not None
    return case


async def tick(bench: Bench, request: ChangeRequest, step: int, ticked: bool = True) -> None:
    await TickStep(bench.store, bench.clock, bench.waker)(bench.owner, request.id, step, ticked)


async def tick_all(bench: Bench, request: ChangeRequest) -> None:
    for step in range(len((await case_of(bench, request)).guide.steps)):
        await tick(bench, request, step)


async def answer(bench: Bench, request: ChangeRequest, said: Answer = Answer.WORKED) -> None:
    await AnswerCase(bench.store, bench.clock, bench.waker)(bench.owner, request.id, said)


async def status(bench: Bench) -> Status:
    return (await bench.tills.backend.user(bench.at.terminal.id, bench.user.id)).status


async def test_a_person_does_it_and_it_is_noted(bench: Bench, before: Before) -> None:
    request = await opened(bench)
    assert (request.next_at, request.expires_at) == (bench.hence(24), bench.hence(24))
    assert request.lease_owner is None
    assert before.keys == []
    await tick_all(bench, request)
    woken = bench.waker.woken
    await answer(bench, request)
    assert bench.waker.woken == woken + 1
    assert await status(bench) is Status.ACTIVE, "nothing is noted before the worker does"
    await bench.step()
    await ended(bench, request, State.APPLIED, "applied-by-person")
    assert await status(bench) is Status.FROZEN
    assert before.keys == [request.key]
    assert await bench.said_of(request) == [INTENT, ANSWERED, OUTCOME]
    said = (await bench.entries_of(request))[1].facts
    assert (said["answer"], said["ticked"], said["steps"], said["brand"]) == ("worked", 6, 6, "lakala")
    assert said["by"]["id"] == str(bench.owner.person_id)


async def test_the_steps_are_the_brands_as_they_were_when_it_was_opened(
    sqlite_bench: Bench, sqlite_before: Before
) -> None:
    request = await opened(sqlite_bench)
    case = await case_of(sqlite_bench, request)
    assert case == Case(request.id, brand("lakala").guides[ChangeKind.FREEZE], sqlite_bench.clock.now())


async def test_without_every_step_it_did_not_work(sqlite_bench: Bench, sqlite_before: Before) -> None:
    request = await opened(sqlite_bench)
    for step in range(5):
        await tick(sqlite_bench, request, step)
        with pytest.raises(StepsLeft):
            await answer(sqlite_bench, request)
    await tick(sqlite_bench, request, 5)
    await tick(sqlite_bench, request, 2, ticked=False)
    with pytest.raises(StepsLeft):
        await answer(sqlite_bench, request)
    assert await sqlite_bench.step() is None, "nothing is due"
    assert sqlite_before.keys == []


async def test_twice_the_same_press_is_once(bench: Bench, before: Before) -> None:
    request = await opened(bench)
    await bench.queued()
    await tick(bench, request, 1)
    await tick(bench, request, 1)
    assert (await case_of(bench, request)).ticked == {1}
    assert len(await bench.queued(NoticeKind.PROGRESS)) == 1
    await tick(bench, request, 1, ticked=False)
    await tick(bench, request, 1, ticked=False)
    assert (await case_of(bench, request)).ticked == frozenset()


async def test_ticks_at_once_are_all_kept(bench: Bench, before: Before) -> None:
    request = await opened(bench)
    await asyncio.gather(*(tick(bench, request, step) for step in (0, 1, 2, 3, 4, 5, 0, 3)))
    assert (await case_of(bench, request)).complete


async def test_of_two_answers_at_once_one_counts(bench: Bench, before: Before) -> None:
    request = await opened(bench)
    await tick_all(bench, request)
    ends = await asyncio.gather(*(answer(bench, request, said) for said in Answer), return_exceptions=True)
    assert sum(end is None for end in ends) == 1
    assert (await bench.said_of(request)).count(ANSWERED) == 1


@pytest.mark.parametrize("step", [-1, 6, 10**6])
async def test_a_step_that_is_not_there_is_refused(sqlite_bench: Bench, sqlite_before: Before, step: int) -> None:
    request = await opened(sqlite_bench)
    with pytest.raises(CaseOver):
        await tick(sqlite_bench, request, step)


@pytest.mark.parametrize(
    ("said", "state", "result"),
    [(Answer.NOT_DONE, State.FAILED, NOT_DONE), (Answer.UNSURE, State.ABANDONED, UNSURE)],
)
@pytest.mark.parametrize("ticked", [False, True])
async def test_what_did_not_work_or_nobody_knows_is_not_noted(
    sqlite_bench: Bench, sqlite_before: Before, said: Answer, state: State, result: str, ticked: bool
) -> None:
    request = await opened(sqlite_bench)
    if ticked:
        await tick_all(sqlite_bench, request)
    await answer(sqlite_bench, request, said)
    await sqlite_bench.step()
    await ended(sqlite_bench, request, state, result)
    assert sqlite_before.keys == []
    assert await sqlite_bench.said_of(request) == [INTENT, ANSWERED, OUTCOME]
    assert await status(sqlite_bench) is Status.ACTIVE


async def test_what_nobody_tells_of_in_time_is_unknown(sqlite_bench: Bench, sqlite_before: Before) -> None:
    request = await opened(sqlite_bench)
    await tick_all(sqlite_bench, request)
    sqlite_bench.turn_to(sqlite_bench.clock.now() + CASE_LASTS)
    with pytest.raises(CaseOver):
        await answer(sqlite_bench, request)
    await sqlite_bench.step()
    await ended(sqlite_bench, request, State.ABANDONED, UNFINISHED)
    assert sqlite_before.keys == []
    assert await sqlite_bench.said_of(request) == [INTENT, OUTCOME]


async def test_what_is_over_stays_as_it_is(sqlite_bench: Bench, sqlite_before: Before) -> None:
    request = await opened(sqlite_bench)
    await answer(sqlite_bench, request, Answer.NOT_DONE)
    for press in (
        tick(sqlite_bench, request, 0),
        answer(sqlite_bench, request),
        answer(sqlite_bench, request, Answer.UNSURE),
    ):
        with pytest.raises(CaseOver):
            await press
    await sqlite_bench.step()
    with pytest.raises(CaseOver):
        await tick(sqlite_bench, request, 0)


async def test_only_who_may_ticks_and_answers(sqlite_bench: Bench, sqlite_before: Before) -> None:
    bench = sqlite_bench
    request = await opened(bench)
    work = TickStep(bench.store, bench.clock, bench.waker), AnswerCase(bench.store, bench.clock, bench.waker)
    for actor in (replace(bench.owner, person_id=99), in_group(bench.owner)):
        with pytest.raises(NotAllowed):
            await work[0](actor, request.id, 0, True)
        with pytest.raises(NotAllowed):
            await work[1](actor, request.id, Answer.UNSURE)
    with pytest.raises(CaseOver):
        await work[0](bench.owner, "0" * 32, 0, True)
    await bench.join(PARTNER)
    partner = replace(bench.owner, person_id=PARTNER)
    await work[0](partner, request.id, 0, True)
    await work[1](partner, request.id, Answer.NOT_DONE)
    assert (await bench.entries_of(request))[1].facts["by"]["id"] == str(PARTNER)


async def test_a_start_anew_and_the_house_keeper_leave_the_person_their_time(bench: Bench, before: Before) -> None:
    request = await opened(bench)
    await tick(bench, request, 0)
    until = bench.hence(24)
    async with bench.store.write() as tx:
        await tx.requests.release_all(bench.clock.now())
    await bench.step()
    await Housekeeping(bench.store, bench.clock).bring_back()
    kept = await bench.kept(request)
    assert (kept.state, kept.next_at, kept.lease_owner) == (State.GUIDED, until, None)
    assert (await case_of(bench, request)).ticked == {0}


async def test_who_died_with_it_in_hand_leaves_it_to_the_next(bench: Bench, before: Before) -> None:
    request = await opened(bench)
    await tick_all(bench, request)
    await answer(bench, request)
    assert await bench.applying("dies").lease() is not None
    bench.clock.turn(seconds=31)
    await bench.step()
    await ended(bench, request, State.APPLIED, "applied-by-person")


async def test_an_answer_while_a_worker_looks_is_not_lost(bench: Bench, before: Before) -> None:
    request = await opened(bench)
    await tick_all(bench, request)
    async with bench.store.write() as tx:
        await tx.requests.make_due(request.id, bench.clock.now())
    held = await bench.applying("slow").lease()
    assert held is not None
    await answer(bench, request)
    await bench.applying("slow").step(held)
    await ended(bench, request, State.APPLIED, "applied-by-person")


async def test_a_register_that_is_away_opens_the_case_later(sqlite_bench: Bench, sqlite_before: Before) -> None:
    sqlite_before.versioned = False
    request = await sqlite_bench.confirmed(ChangeKind.FREEZE)
    sqlite_before.acts["user"] = raising(NotReached())
    await sqlite_bench.step()
    assert (await sqlite_bench.kept(request)).state is State.APPLYING
    sqlite_bench.clock.turn(seconds=5)
    await sqlite_bench.step()
    assert (await sqlite_bench.kept(request)).state is State.GUIDED
    assert sqlite_before.keys == []


@pytest.mark.parametrize("error", [NotReached(), BackendRefused(Refusal.STALE_VERSION)])
async def test_what_was_done_and_cannot_be_noted_is_never_said_to_have_failed(
    sqlite_bench: Bench, sqlite_before: Before, error: Exception
) -> None:
    bench = sqlite_bench
    request = await opened(bench)
    await tick_all(bench, request)
    await answer(bench, request)
    for _ in range(100):
        sqlite_before.acts["apply"] = sqlite_before.acts["user"] = raising(error)
        due_at = await bench.applying().next_due()
        if due_at is None:
            break
        bench.turn_to(due_at)
        await bench.step()
    await ended(bench, request, State.ABANDONED, UNRECORDED)
    assert bench.clock.now() - request.created_at < TRIED_FOR + timedelta(minutes=5)


async def test_who_lost_the_shop_meanwhile_changes_nothing(sqlite_bench: Bench, sqlite_before: Before) -> None:
    bench = sqlite_bench
    request = await bench.confirmed(ChangeKind.FREEZE)
    await bench.join(PARTNER)
    await bench.leave()
    await bench.step()
    await ended(bench, request, State.FAILED, "not-allowed", told=PARTNER)
    async with bench.store.read() as tx:
        assert await tx.cases.get(request.id) is None


async def test_giving_up_is_not_to_know(sqlite_bench: Bench, sqlite_before: Before) -> None:
    request = await opened(sqlite_bench)
    await sqlite_bench.give_up(request)
    with pytest.raises(CaseOver):
        await tick(sqlite_bench, request, 0)
    await sqlite_bench.step()
    await ended(sqlite_bench, request, State.ABANDONED, UNSURE)


async def test_who_was_there_before_is_only_noted(bench: Bench, before: Before) -> None:
    propose = ProposeAdd(bench.store, bench.tills, bench.clock)
    newcomer = Newcomer("07", "Bea", "cashier")
    request = (await propose(bench.owner, bench.shop.id, bench.at.terminal.id, newcomer)).request
    await bench.confirm(request)
    await bench.step()
    await answer(bench, request, Answer.NOTED)
    await bench.step()
    await ended(bench, request, State.APPLIED, "applied-noted")
    assert (await before.users(bench.at.terminal.id, UserQuery(search="Bea"))).total == 1
    said = (await bench.entries_of(request))[1].facts
    assert (said["answer"], said["ticked"]) == ("noted", 0)


async def test_nothing_else_is_only_noted(sqlite_bench: Bench, sqlite_before: Before) -> None:
    for kind in (ChangeKind.FREEZE, ChangeKind.PIN, ChangeKind.REMOVE):
        request = await opened(sqlite_bench, kind)
        with pytest.raises(NotOffered):
            await answer(sqlite_bench, request, Answer.NOTED)
        await answer(sqlite_bench, request, Answer.NOT_DONE)
        await sqlite_bench.step()
    assert sqlite_before.keys == []


async def test_one_case_of_a_user_at_a_time(sqlite_bench: Bench, sqlite_before: Before) -> None:
    await opened(sqlite_bench)
    with pytest.raises(UserBusy):
        await sqlite_bench.propose(ChangeKind.RENAME)


async def test_a_person_cannot_be_asked_for_a_time(sqlite_bench: Bench, sqlite_before: Before) -> None:
    for draft in (sqlite_bench.draft(due_at=sqlite_bench.hence(2)), sqlite_bench.draft(until=sqlite_bench.hence(2))):
        with pytest.raises(GuidedNow):
            await sqlite_bench.proposal(replace(draft, kind=ChangeKind.FREEZE, value=None))


async def test_nor_for_many_at_once(sqlite_bench: Bench, sqlite_before: Before) -> None:
    bench = sqlite_bench
    with pytest.raises(NotOffered):
        await ProposeMany(bench.store, bench.tills, bench.clock)(bench.owner, [bench.draft(ChangeKind.FREEZE)])
    with pytest.raises(NotOffered):
        await FindTargets(bench.store, bench.tills).everyone(bench.owner, bench.shop.id, bench.at.terminal.id)


async def test_it_is_said_before_the_code(sqlite_bench: Bench, sqlite_before: Before) -> None:
    proposal = await sqlite_bench.proposal(sqlite_bench.draft(ChangeKind.FREEZE))
    assert Caution.GUIDED in proposal.cautions
    renaming = await sqlite_bench.proposal(sqlite_bench.draft(ChangeKind.RENAME))
    assert Caution.GUIDED not in renaming.cautions


async def test_a_name_is_noted_at_once(sqlite_bench: Bench, sqlite_before: Before) -> None:
    request = await sqlite_bench.work(await sqlite_bench.confirmed(ChangeKind.RENAME))
    assert (request.state, request.result) == (State.APPLIED, "applied")
    users = await sqlite_before.users(sqlite_bench.at.terminal.id, UserQuery(search="Ana Silva"))
    assert users.total == 1
