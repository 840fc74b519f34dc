"""When a till's answer is lost: the truth is read back, never guessed, and nothing is applied twice."""

from datetime import timedelta

import pytest

from changes import step
from changes.applying import LEASE
from changes.backend import AnswerLost, NotReached
from changes.held import LeaseLost
from changes.life import State
from changes.ports import NoticeKind
from changes.request import ChangeRequest
from changes.step import MOST_ATTEMPTS
from pos.embedded.till import FaultKind, FaultMethod
from storage.engine import DatabaseError
from tests.changes.backends import Before, raising
from tests.changes.bench import Bench
from tests.changes.harm import refuse_audit_inserts
from tests.changes.test_applying import INTENT, OUTCOME, PARTNER, UNKNOWN, ended, times_applied


class Broken(Exception):
    """What nobody expected."""


class Killed(BaseException):
    """The process ends here: no handler of exceptions runs after it."""


@pytest.fixture
def before(bench: Bench) -> Before:
    """What stands before the bench's till."""
    bench.tills.backend = made = Before(bench.tills.backend)
    return made


async def test_an_answer_lost_after_applying_is_read_back_and_applied_once(bench: Bench, before: Before) -> None:
    await bench.till.set_fault(FaultKind.LOST)
    request = await bench.confirmed()
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied")
    assert await bench.said_of(request) == [INTENT, UNKNOWN, OUTCOME]
    assert await times_applied(bench) == 1
    assert before.keys == [request.key]


async def in_doubt(bench: Bench, before: Before) -> ChangeRequest:
    """A change that the till holds, whose answer was lost, and that could not be read back yet."""
    before.acts = {"applied": raising(AnswerLost()), "confirm": raising(NotReached())}
    request = await bench.confirmed()
    await bench.step()
    kept = await bench.kept(request)
    assert (kept.state, kept.result) == (State.UNKNOWN, "answer-lost")
    return kept


async def test_while_it_cannot_be_read_back_it_is_unknown_and_told_once(bench: Bench, before: Before) -> None:
    request = await in_doubt(bench, before)
    await bench.till.set_fault(FaultKind.DOWN, times=15, method=FaultMethod.READ)
    for _ in range(15):
        due_at = await bench.applying().next_due()
        assert due_at is not None
        assert due_at - bench.clock.now() <= timedelta(seconds=60)
        bench.turn_to(due_at)
        kept = await bench.step()
        assert kept is not None
        assert kept.state is State.UNKNOWN
    assert await bench.said_of(request) == [INTENT, UNKNOWN]
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied")
    assert before.keys == [request.key]
    assert await times_applied(bench) == 1


async def test_a_question_lost_before_the_till_is_asked_again_with_the_same_key(bench: Bench, before: Before) -> None:
    await bench.till.set_fault(FaultKind.LOST_BEFORE, times=2)
    request = await bench.confirmed()
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied")
    assert before.keys == [request.key] * 3
    assert await times_applied(bench) == 1
    assert await bench.said_of(request) == [INTENT, UNKNOWN, OUTCOME]


async def test_a_question_that_is_lost_for_ever_ends_as_not_held(bench: Bench, before: Before) -> None:
    await bench.till.set_fault(FaultKind.LOST_BEFORE, times=1000)
    request = await bench.confirmed()
    await bench.work(request)
    await ended(bench, request, State.FAILED, "not-held")
    assert set(before.keys) == {request.key}
    assert len(before.keys) == MOST_ATTEMPTS
    assert await times_applied(bench) == 0


async def test_once_asked_the_truth_counts_and_not_who_asked(bench: Bench, before: Before) -> None:
    request = await in_doubt(bench, before)
    await bench.join(PARTNER)
    await bench.leave()
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied", told=PARTNER)


async def test_for_whom_lost_their_authority_a_lost_question_is_not_asked_again(bench: Bench, before: Before) -> None:
    await bench.till.set_fault(FaultKind.LOST_BEFORE)
    request = await bench.confirmed()
    await bench.step()
    await bench.join(PARTNER)
    await bench.leave()
    await bench.work(request)
    await ended(bench, request, State.FAILED, "not-held", told=PARTNER)
    assert before.keys == [request.key]
    assert await times_applied(bench) == 0


async def test_what_the_till_shows_to_hold_is_not_asked_again(bench: Bench, before: Before) -> None:
    request = await in_doubt(bench, before)
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied")
    assert before.keys == [request.key]


async def test_a_till_slower_than_the_limit_is_in_doubt_and_read_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "CALL_LIMIT", 0.5)
    await bench.till.set_fault(FaultKind.SLOW, seconds=30)
    request = await bench.confirmed()
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied")
    assert await bench.said_of(request) == [INTENT, UNKNOWN, OUTCOME]
    assert await times_applied(bench) == 1


async def test_a_till_too_slow_to_be_looked_at_was_not_reached(
    bench: Bench, before: Before, monkeypatch: pytest.MonkeyPatch
) -> None:
    before.versioned = False
    request = await bench.confirmed()
    monkeypatch.setattr(step, "CALL_LIMIT", 0.5)
    await bench.till.set_fault(FaultKind.SLOW, seconds=30, method=FaultMethod.READ)
    waiting = await bench.step()
    assert waiting is not None
    assert (waiting.result, waiting.asked_at, before.keys) == ("not-reached", None, [])
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied")


async def test_who_lost_the_lease_writes_nothing(bench: Bench, before: Before) -> None:
    request = await bench.confirmed()
    first = await bench.applying("first").lease()
    assert first is not None
    taken: list[ChangeRequest] = []

    async def take_over() -> None:
        bench.clock.turn(seconds=LEASE.total_seconds())
        leased = await bench.applying("second").lease()
        assert leased is not None
        taken.append(await bench.kept(request))

    before.acts["applied"] = take_over
    with pytest.raises(LeaseLost):
        await bench.applying("first").step(first)
    assert await bench.kept(request) == taken[0]
    assert await bench.said_of(request) == [INTENT]
    assert taken[0].lease_owner == "second"
    await bench.applying("second").step(taken[0])
    await ended(bench, request, State.APPLIED, "applied")
    assert await times_applied(bench) == 1


async def test_a_lease_holds_as_long_as_it_lasts(bench: Bench) -> None:
    await bench.confirmed()
    assert await bench.applying("first").lease() is not None
    bench.clock.turn(seconds=LEASE.total_seconds() - 1)
    assert await bench.applying("second").lease() is None
    bench.clock.turn(seconds=1)
    assert await bench.applying("second").lease() is not None


@pytest.mark.parametrize("where", ["user", "apply", "applied", "confirm"])
async def test_an_unexpected_failure_puts_the_change_off_and_is_passed_on(
    bench: Bench, before: Before, where: str
) -> None:
    # Who is not looked at is asked at once.
    before.versioned = where != "user"
    request = await bench.confirmed()
    before.acts[where] = raising(Broken())
    with pytest.raises(Broken):
        await bench.step()
    kept = await bench.kept(request)
    assert kept.lease_owner is None
    assert kept.next_at is not None
    assert kept.next_at > bench.clock.now()
    assert kept.state is (State.APPLYING if where == "user" else State.UNKNOWN)
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied")
    assert await times_applied(bench) == 1


@pytest.mark.parametrize("where", ["user", "apply", "applied", "confirm"])
async def test_a_worker_killed_anywhere_leaves_a_change_that_the_next_one_ends(
    bench: Bench, before: Before, where: str
) -> None:
    # Who is not looked at is asked at once.
    before.versioned = where != "user"
    request = await bench.confirmed()
    before.acts[where] = raising(Killed())
    with pytest.raises(Killed):
        await bench.step("first")
    assert await bench.step("second") is None
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied")
    assert await times_applied(bench) == 1


async def test_while_the_outcome_cannot_be_written_there_is_no_end_and_no_entry(bench: Bench) -> None:
    request = await bench.confirmed()
    async with refuse_audit_inserts(bench.database):
        with pytest.raises(DatabaseError):
            await bench.step()
        assert (await bench.kept(request)).state is State.APPLYING
        assert await bench.queued(NoticeKind.ENTRY) == []
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied")
    assert await times_applied(bench) == 1
