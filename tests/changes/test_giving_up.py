"""Giving up: the owner waits no longer. What the till may hold is looked at once more, and nothing is taken back."""

from dataclasses import replace

import pytest

from changes.backend import AnswerLost, ChangeKind, NotReached
from changes.errors import NotAllowed, RequestOver
from changes.life import State
from changes.ports import NoticeKind
from changes.request import ChangeRequest
from changes.step import SETTLED_AFTER
from pos.embedded.till import FaultKind, FaultMethod
from tests.changes.backends import Before, raising
from tests.changes.bench import Bench, in_group
from tests.changes.test_applying import INTENT, OUTCOME, PARTNER, UNKNOWN, ended, times_applied
from tests.changes.test_doubt import in_doubt


@pytest.fixture
def before(bench: Bench) -> Before:
    """What stands before the bench's till."""
    bench.tills.backend = made = Before(bench.tills.backend)
    return made


async def goes_away(bench: Bench) -> None:
    await bench.till.set_fault(FaultKind.DOWN, times=1000, method=FaultMethod.ANY)


async def test_before_the_till_was_asked_nothing_has_happened(bench: Bench, before: Before) -> None:
    request = await bench.confirmed()
    await bench.give_up(request)
    before.calls.clear()
    await bench.step()
    await ended(bench, request, State.FAILED, "given-up")
    assert before.calls == []
    assert await bench.said_of(request) == [INTENT, OUTCOME]


async def test_a_till_that_was_never_reached_is_not_waited_for_any_longer(bench: Bench, before: Before) -> None:
    request = await bench.confirmed()
    await goes_away(bench)
    await bench.step()
    await bench.give_up(request)
    assert await bench.applying().next_due() == bench.clock.now()
    tried = list(before.calls)
    await bench.step()
    await ended(bench, request, State.FAILED, "given-up")
    assert before.calls == tried
    assert await times_applied(bench) == 0


async def test_with_a_dead_till_it_ends_as_unknown_and_the_user_is_free(bench: Bench, before: Before) -> None:
    request = await in_doubt(bench, before)
    await goes_away(bench)
    woken = bench.waker.woken
    await bench.give_up(request)
    assert bench.waker.woken == woken + 1
    await bench.step()
    await ended(bench, request, State.ABANDONED, "given-up")
    assert await bench.said_of(request) == [INTENT, UNKNOWN, OUTCOME]
    assert before.keys == [request.key]
    await bench.till.clear_faults()
    next_one = await bench.work(await bench.confirmed(ChangeKind.ROLE, "supervisor"))
    assert next_one.state is State.APPLIED


async def test_a_made_pin_that_the_till_may_hold_is_shown(bench: Bench, before: Before) -> None:
    before.acts = {"applied": raising(AnswerLost()), "confirm": raising(NotReached())}
    request = await bench.confirmed(ChangeKind.PIN)
    await bench.step()
    await goes_away(bench)
    await bench.give_up(request)
    await bench.step()
    kept = await bench.kept(request)
    assert (kept.state, kept.secret) == (State.ABANDONED, request.secret)
    assert [queued.notice.request_id for queued in await bench.queued(NoticeKind.SECRET)] == [request.id]


async def test_a_made_pin_that_the_till_took_and_does_not_show_is_shown(bench: Bench) -> None:
    await bench.till.set_fault(FaultKind.WRONG_READBACK, times=1000, method=FaultMethod.READ)
    request = await bench.confirmed(ChangeKind.PIN)
    await bench.step()
    bench.clock.turn(seconds=SETTLED_AFTER.total_seconds())
    await bench.give_up(request)
    await bench.step()
    kept = await bench.kept(request)
    assert (kept.state, kept.result, kept.secret) == (State.FAILED, "differs", request.secret)
    assert await bench.pin_opens(str(kept.secret))
    assert len(await bench.queued(NoticeKind.SECRET)) == 1


async def test_also_a_till_that_fails_as_none_should_is_given_up(sqlite_bench: Bench) -> None:
    before = sqlite_bench.tills.backend = Before(sqlite_bench.tills.backend)
    request = await in_doubt(sqlite_bench, before)
    await sqlite_bench.give_up(request)
    before.acts["confirm"] = raising(KeyError("version"))
    await sqlite_bench.step()
    await ended(sqlite_bench, request, State.ABANDONED, "given-up")


async def test_a_till_that_is_back_says_the_truth(bench: Bench, before: Before) -> None:
    request = await in_doubt(bench, before)
    await bench.give_up(request)
    await bench.step()
    await ended(bench, request, State.APPLIED, "applied")
    assert await times_applied(bench) == 1
    assert before.keys == [request.key]


@pytest.mark.parametrize("settled", [False, True])
async def test_what_the_till_does_not_show_has_failed_only_once_no_call_can_arrive(
    bench: Bench, before: Before, settled: bool
) -> None:
    before.acts = {"apply": raising(AnswerLost()), "confirm": raising(NotReached())}
    request = await bench.confirmed()
    await bench.step()
    bench.clock.turn(seconds=SETTLED_AFTER.total_seconds() - (not settled))
    await bench.give_up(request)
    await bench.step()
    if settled:
        await ended(bench, request, State.FAILED, "not-held")
    else:
        await ended(bench, request, State.ABANDONED, "given-up")
    assert before.keys == [request.key]


async def test_a_freeze_for_a_while_that_the_till_shows_still_ends(bench: Bench, before: Before) -> None:
    before.acts = {"applied": raising(AnswerLost()), "confirm": raising(NotReached())}
    request = await bench.confirmed(ChangeKind.FREEZE, until=bench.hence(2))
    await bench.step()
    await bench.give_up(request)
    await bench.step()
    (end,) = await bench.waiting()
    assert end.ends == request.id
    assert (await bench.work(end)).state is State.APPLIED


async def given_up_during(bench: Bench, before: Before, call: str) -> ChangeRequest:
    """Given up while a worker is in this call of the till; the till says yes."""
    request = await bench.confirmed()

    async def press() -> None:
        await bench.give_up(request)

    before.acts[call] = press
    await bench.step()
    return await bench.kept(request)


@pytest.mark.parametrize("call", ["user", "apply", "applied", "confirm"])
async def test_an_answer_that_is_on_its_way_still_counts(bench: Bench, before: Before, call: str) -> None:
    request = await given_up_during(bench, before, call)
    await ended(bench, request, State.APPLIED, "applied")
    assert await times_applied(bench) == 1


async def test_pressed_in_a_look_that_fails_it_is_not_looked_at_again(bench: Bench, before: Before) -> None:
    async def press() -> None:
        await bench.give_up(request)
        raise NotReached

    before.versioned = False
    request = await bench.confirmed()
    before.acts["user"] = press
    await bench.step()
    waiting = await bench.kept(request)
    assert (waiting.state, waiting.next_at) == (State.APPLYING, bench.clock.now())
    await bench.step()
    await ended(bench, request, State.FAILED, "given-up")
    assert before.keys == []


async def test_pressed_in_a_call_whose_answer_is_lost_it_is_read_back_at_once(bench: Bench, before: Before) -> None:
    async def press() -> None:
        await bench.give_up(request)
        await goes_away(bench)
        raise AnswerLost

    request = await bench.confirmed()
    before.acts["applied"] = press
    await bench.step()
    waiting = await bench.kept(request)
    assert (waiting.state, waiting.next_at) == (State.UNKNOWN, bench.clock.now())
    await bench.step()
    await ended(bench, request, State.ABANDONED, "given-up")


async def test_also_while_the_circuit_is_open(bench: Bench, before: Before) -> None:
    request = await in_doubt(bench, before)
    await goes_away(bench)
    while len(before.calls) < 10:
        due_at = await bench.applying().next_due()
        assert due_at is not None
        bench.turn_to(due_at)
        await bench.step()
    await bench.give_up(request)
    await bench.step()
    await ended(bench, request, State.ABANDONED, "given-up")


async def test_pressed_twice_it_ends_once(bench: Bench, before: Before) -> None:
    request = await in_doubt(bench, before)
    await goes_away(bench)
    await bench.give_up(request)
    await bench.give_up(request)
    await bench.step()
    with pytest.raises(RequestOver):
        await bench.give_up(request)
    await ended(bench, request, State.ABANDONED, "given-up")


async def test_another_owner_may_give_it_up(sqlite_bench: Bench) -> None:
    request = await sqlite_bench.confirmed()
    await sqlite_bench.join(PARTNER)
    await sqlite_bench.give_up(request, replace(sqlite_bench.owner, person_id=PARTNER))
    await sqlite_bench.step()
    assert (await sqlite_bench.kept(request)).result == "given-up"


async def test_whoever_does_not_own_the_shop_gives_nothing_up(sqlite_bench: Bench) -> None:
    request = await sqlite_bench.confirmed()
    _, other = await sqlite_bench.claim(4_000_000_002, "Other Boss")
    for actor in (other, replace(other, person_id=1), in_group(sqlite_bench.owner)):
        with pytest.raises(NotAllowed):
            await sqlite_bench.give_up(request, actor)
    assert (await sqlite_bench.kept(request)).given_up_at is None


async def test_what_is_not_under_way_cannot_be_given_up(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    waiting = await bench.confirmed(ChangeKind.FREEZE, due_at=bench.hence(5))
    over = await bench.work(await bench.confirmed())
    proposed = await bench.propose(value="陈雨")
    for request in (waiting, over, proposed, replace(over, id="0" * 32)):
        with pytest.raises(RequestOver):
            await bench.give_up(request)
