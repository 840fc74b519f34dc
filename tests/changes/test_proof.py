"""Once the till was asked only reading back is proof: what it refuses or shows afterwards is not taken for the end."""

from dataclasses import replace
from datetime import datetime

import pytest

from changes.backend import AnswerLost, BackendRefused, Capabilities, ChangeKind, NotReached, Order, Refusal
from changes.life import State
from changes.ports import NoticeKind
from changes.step import SETTLED_AFTER
from changes.till import TerminalUser
from pos.embedded.till import FaultKind, FaultMethod
from storage.repositories.snapshots import SqlSnapshots
from tests.changes.backends import Before, raising
from tests.changes.bench import Bench
from tests.changes.test_applying import ended


class Blind(Before):
    """A till whose secrets cannot be read back."""

    async def confirm(self, order: Order) -> bool | None:
        await super().confirm(order)
        return None


class Keyless(Before):
    """A till that knows no keys: a repeat would apply twice."""

    @property
    def capabilities(self) -> Capabilities:
        return replace(self.till.capabilities, idempotent=False)


def behind(bench: Bench, kind: type[Before]) -> Before:
    before = kind(bench.tills.backend)
    bench.tills.backend = before
    return before


async def lands_later(before: Before, order: Order, key: str) -> None:
    """The call that was on its way when its process died arrives now."""
    await before.till.apply(order, key)


async def asked_and_killed(bench: Bench, before: Before) -> Order:
    """The process dies in the call: the request says "asked", and the call is still on its way."""
    caught: list[Order] = []
    request = await bench.confirmed(ChangeKind.RENAME)

    async def die() -> None:
        caught.append((await bench.kept(request)).order())
        raise KeyboardInterrupt

    before.acts["apply"] = die
    with pytest.raises(KeyboardInterrupt):
        await bench.step()
    async with bench.store.write() as tx:
        await tx.requests.release_all(bench.clock.now())
    return caught[0]


async def test_a_repeat_that_did_not_arrive_says_nothing_of_the_first_call(bench: Bench) -> None:
    before = behind(bench, Before)
    order = await asked_and_killed(bench, before)
    before.acts["apply"] = raising(NotReached())
    kept = await bench.step()
    assert kept is not None
    assert (kept.state, kept.asked_at is None) == (State.UNKNOWN, False)
    await lands_later(before, order, kept.key)
    await bench.work(kept)
    await ended(bench, kept, State.APPLIED, "applied")


async def test_a_refused_repeat_is_no_proof_while_the_first_call_may_arrive(bench: Bench) -> None:
    before = behind(bench, Before)
    order = await asked_and_killed(bench, before)
    before.acts["apply"] = raising(BackendRefused(Refusal.OTHER))
    kept = await bench.step()
    assert kept is not None
    assert kept.state is State.UNKNOWN
    await lands_later(before, order, kept.key)
    await bench.work(kept)
    await ended(bench, kept, State.APPLIED, "applied")


async def test_without_keys_an_early_no_is_no_proof(bench: Bench) -> None:
    before = behind(bench, Keyless)
    before.acts["apply"] = raising(AnswerLost())
    request = await bench.confirmed()
    for _ in range(4):
        kept = await bench.step()
        assert kept is not None
        assert kept.state is State.UNKNOWN
        bench.clock.turn(seconds=10)
    assert before.keys == [request.key]
    await lands_later(before, request.order(), request.key)
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied")


async def test_without_keys_the_till_is_never_asked_twice(bench: Bench) -> None:
    before = behind(bench, Keyless)
    before.acts["apply"] = raising(AnswerLost())
    request = await bench.confirmed()
    await bench.work(request)
    await ended(bench, request, State.FAILED, "not-held")
    assert before.keys == [request.key]
    kept = await bench.kept(request)
    assert kept.finished_at is not None
    assert kept.asked_at is not None
    assert kept.finished_at - kept.asked_at >= SETTLED_AFTER


async def test_a_pin_that_cannot_be_read_back_is_asked_for_until_the_till_answers(bench: Bench) -> None:
    behind(bench, Blind)
    await bench.till.set_fault(FaultKind.LOST_BEFORE, times=12)
    request = await bench.confirmed(ChangeKind.PIN)
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied-unread")


async def test_a_yes_with_one_false_look_is_looked_at_again(bench: Bench) -> None:
    await bench.till.set_fault(FaultKind.WRONG_READBACK, method=FaultMethod.READ)
    request = await bench.confirmed()
    first = await bench.step()
    assert first is not None
    assert (first.state, first.result) == (State.UNKNOWN, "differs")
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied")


async def test_a_yes_that_never_shows_ends_as_differing_and_the_new_pin_is_not_thrown_away(bench: Bench) -> None:
    await bench.till.set_fault(FaultKind.WRONG_READBACK, times=1000, method=FaultMethod.READ)
    request = await bench.confirmed(ChangeKind.PIN)
    await bench.work(request)
    kept = await bench.kept(request)
    assert (kept.state, kept.result) == (State.FAILED, "differs")
    assert kept.secret is not None
    assert await bench.pin_opens(kept.secret)
    assert len(await bench.queued(NoticeKind.SECRET)) == 1


async def test_a_till_that_refuses_to_be_read_is_not_taken_to_hold_nothing(bench: Bench) -> None:
    before = behind(bench, Before)
    before.acts["confirm"] = raising(BackendRefused(Refusal.OTHER))
    request = await bench.confirmed()
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied-unread")


class Losing(Before):
    """Every call is lost, and each may arrive later."""

    async def apply(self, order: Order, key: str) -> None:
        self.keys.append(key)
        await self._act("apply")
        raise AnswerLost


async def test_a_repeat_may_arrive_as_late_as_the_first_call(sqlite_bench: Bench) -> None:
    bench, before = sqlite_bench, behind(sqlite_bench, Losing)
    request = await bench.confirmed()
    last_at = bench.clock.now()
    while (await bench.kept(request)).state is not State.FAILED:
        asked = len(before.keys)
        await bench.step()
        if len(before.keys) > asked:
            last_at = bench.clock.now()
        bench.turn_to(await bench.applying().next_due() or bench.clock.now())
    await ended(bench, request, State.FAILED, "not-held")
    assert len(before.keys) > 2
    assert bench.clock.now() - last_at >= SETTLED_AFTER


async def test_nothing_is_asked_long_after_it_was_noted(sqlite_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit of the note hangs: what is asked after it would be waited for too shortly."""
    bench, before = sqlite_bench, behind(sqlite_bench, Before)
    request = await bench.confirmed()
    keep = SqlSnapshots.keep

    async def slowly(self: SqlSnapshots, request_id: str, user: TerminalUser, at: datetime) -> None:
        await keep(self, request_id, user, at)
        bench.clock.turn(seconds=21)

    monkeypatch.setattr(SqlSnapshots, "keep", slowly)
    await bench.step()
    assert before.keys == []
    assert (await bench.kept(request)).state is State.UNKNOWN
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied")
