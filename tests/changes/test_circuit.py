"""The circuit: a till that does not answer is left alone, and whatever it then says closes the circuit."""

from dataclasses import replace
from datetime import timedelta

import pytest

from changes.backend import NotReached
from changes.circuit import FIRST_OPEN, LONGEST_OPEN, OPENS_AFTER, Circuit
from changes.life import State
from changes.proposing import Propose
from changes.request import TRIED_FOR, ChangeRequest
from pos.embedded.till import FaultKind, FaultMethod
from tests.changes.backends import Before
from tests.changes.bench import Bench
from tests.clock import HandClock


@pytest.fixture
def circuit(clock: HandClock) -> Circuit:
    """Open since this moment."""
    made = Circuit(clock)
    for _ in range(OPENS_AFTER):
        assert made.waits_until() is None
        made.failed()
    return made


def test_failures_in_a_row_open_it(circuit: Circuit, clock: HandClock) -> None:
    assert circuit.waits_until() == clock.now() + FIRST_OPEN


def test_an_answer_between_failures_keeps_it_closed(clock: HandClock) -> None:
    circuit = Circuit(clock)
    for _ in range(3):
        for _ in range(OPENS_AFTER - 1):
            circuit.failed()
        circuit.answered()
    assert circuit.waits_until() is None


def test_a_till_that_asks_for_it_is_left_alone_at_once_but_never_for_long(clock: HandClock) -> None:
    circuit = Circuit(clock)
    circuit.failed(30)
    assert circuit.waits_until() == clock.now() + timedelta(seconds=30)
    clock.turn(seconds=30)
    assert circuit.waits_until() is None
    circuit.failed(999_999_999)
    assert circuit.waits_until() == clock.now() + LONGEST_OPEN
    circuit.answered()
    assert circuit.waits_until() is None


def test_half_open_lets_exactly_one_through(circuit: Circuit, clock: HandClock) -> None:
    clock.turn(seconds=FIRST_OPEN.total_seconds())
    assert [circuit.waits_until() for _ in range(3)] == [None, *[clock.now() + FIRST_OPEN] * 2]


def test_it_stays_open_longer_each_time_up_to_a_bound_and_closes_at_once(circuit: Circuit, clock: HandClock) -> None:
    waits = []
    for _ in range(6):
        until = circuit.waits_until()
        assert until is not None
        waits.append(until - clock.now())
        clock.turn(seconds=waits[-1].total_seconds())
        assert circuit.waits_until() is None
        circuit.failed()
    assert waits == [timedelta(seconds=seconds) for seconds in (10, 20, 40, 60, 60, 60)]
    circuit.answered()
    assert circuit.waits_until() is None
    circuit.failed()
    assert circuit.waits_until() is None


def test_a_clock_that_is_set_back_does_not_keep_it_open_for_as_long_as_that(circuit: Circuit, clock: HandClock) -> None:
    clock.turn(hours=-5)
    until = circuit.waits_until()
    assert until is not None
    assert until - clock.now() <= LONGEST_OPEN
    clock.turn(seconds=(until - clock.now()).total_seconds())
    assert circuit.waits_until() is None


async def of_other_user(bench: Bench, number: int) -> ChangeRequest:
    """A confirmed change of a user of the same till whom nobody else changes, and whom the till does not know."""
    user = replace(bench.user, id=f"nobody-{number}")
    propose = Propose(bench.store, bench.tills, bench.clock)
    now = bench.clock.now()
    request = replace(
        propose.request(bench.owner, bench.draft(), bench.at.terminal, user, "Ana Silva"),
        state=State.CONFIRMED,
        confirmed_at=now,
        next_at=now,
        expires_at=now + TRIED_FOR,
    )
    async with bench.store.write() as tx:
        await tx.requests.add(request)
    return request


async def opened(bench: Bench) -> Before:
    """The circuit of the bench's till is open; what counts the calls from then on."""
    await bench.till.set_fault(FaultKind.DOWN, times=1000, method=FaultMethod.ANY)
    for number in range(OPENS_AFTER):
        await of_other_user(bench, number)
        assert await bench.step() is not None
    bench.tills.backend = before = Before(bench.tills.backend)
    return before


async def test_while_it_is_open_others_of_the_shop_wait_without_asking_and_no_attempt_is_counted(
    sqlite_bench: Bench,
) -> None:
    bench = sqlite_bench
    before = await opened(bench)
    request = await of_other_user(bench, 99)
    kept = await bench.step()
    assert kept is not None
    assert (kept.id, kept.state, kept.result, kept.attempts) == (request.id, State.APPLYING, "not-reached", 0)
    assert kept.lease_owner is None
    assert kept.next_at == bench.clock.now() + FIRST_OPEN
    assert before.calls == []


async def test_a_change_of_a_till_that_asks_for_time_waits_for_so_long_and_is_then_applied(sqlite_bench: Bench) -> None:
    async def not_now() -> None:
        raise NotReached("429", after=45)

    bench = sqlite_bench
    request = await bench.confirmed()
    bench.tills.backend = before = Before(bench.tills.backend, acts={"apply": not_now})
    await bench.step()
    asked = list(before.calls)
    bench.clock.turn(seconds=44)
    await bench.step()
    assert before.calls == asked
    assert (await bench.work(request)).state is State.APPLIED


async def test_another_shop_is_not_held_up(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    await opened(bench)
    await bench.till.clear_faults()
    other, _ = await bench.claim(4_000_000_002, "Other Boss")
    mine = await of_other_user(bench, 98)
    async with bench.store.write() as tx:
        await tx.requests.add(replace(mine, id="a" * 32, shop_id=other.id, actor_id=4_000_000_002, user=bench.user))
    assert (await bench.step()) is not None
    assert (await bench.step()) is not None
    assert (await bench.kept(mine)).result == "not-reached"
    assert (await bench.kept(replace(mine, id="a" * 32))).state is State.APPLIED


async def test_one_tries_and_a_refusal_closes_it_for_all(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    before = await opened(bench)
    waiting = [await of_other_user(bench, number) for number in range(20, 25)]
    for _ in waiting:
        await bench.step()
    bench.clock.turn(seconds=FIRST_OPEN.total_seconds())
    assert before.calls == []
    await bench.step()
    assert before.calls == ["user"]
    for _ in range(3):
        await bench.step()
    assert before.calls == ["user"]
    await bench.till.clear_faults()
    for request in waiting:
        kept = await bench.work(request)
        assert (kept.state, kept.result) == (State.FAILED, "refused-user-gone")


async def test_a_change_ends_although_the_circuit_stays_open(bench: Bench) -> None:
    """And it was tried as often as it says."""
    request = await bench.confirmed()
    await bench.till.set_fault(FaultKind.DOWN, times=1000, method=FaultMethod.ANY)
    bench.tills.backend = before = Before(bench.tills.backend)
    kept = await bench.work(request)
    assert (kept.state, kept.result) == (State.FAILED, "not-reached")
    assert kept.finished_at is not None
    assert kept.confirmed_at is not None
    assert TRIED_FOR <= kept.finished_at - kept.confirmed_at <= TRIED_FOR + LONGEST_OPEN
    # The last look may find its time over and the circuit open.
    assert OPENS_AFTER < len(before.calls) <= kept.attempts <= len(before.calls) + 1
