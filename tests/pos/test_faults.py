"""The till told to fail, from this process and from another: what the asker hears and what was applied."""

import asyncio

import pytest

from changes.backend import AnswerLost, BackendError, BackendRefused, NotReached, Refusal
from changes.till import UserQuery
from pos.embedded.backend import EmbeddedBackend
from pos.embedded.faults import Fault, FaultKind, FaultMethod
from tests.pos.bench import Shop, reached, run_child


@pytest.mark.parametrize(
    ("kind", "heard", "applied"),
    [
        (FaultKind.DOWN, NotReached, False),
        (FaultKind.REFUSED, BackendRefused, False),
        (FaultKind.LOST_BEFORE, AnswerLost, False),
        (FaultKind.LOST, AnswerLost, True),
    ],
)
async def test_a_fault_set_by_another_process_is_met_once(
    backend: EmbeddedBackend, shop: Shop, kind: FaultKind, heard: type[BackendError], applied: bool
) -> None:
    order = shop.rename()
    await run_child("fault", shop.path, kind, FaultMethod.APPLY)
    with pytest.raises(heard) as caught:
        await backend.apply(order, "key")
    assert type(caught.value) is heard
    assert await backend.confirm(order) is applied
    await backend.apply(order, "key")
    assert await backend.confirm(order) is True
    assert (await shop.now()).version == "2"
    assert await shop.till.faults() == ()


async def test_a_till_told_to_refuse_gives_no_reason(backend: EmbeddedBackend, shop: Shop) -> None:
    await shop.till.set_fault(FaultKind.REFUSED)
    with pytest.raises(BackendRefused) as caught:
        await backend.apply(shop.rename(), "key")
    assert caught.value.reason is Refusal.OTHER


async def test_a_slow_till_answers_late(backend: EmbeddedBackend, shop: Shop) -> None:
    await shop.till.set_fault(FaultKind.SLOW, seconds=0.2)
    clock = asyncio.get_running_loop().time
    began = clock()
    await backend.apply(shop.rename(), "key")
    assert clock() - began >= 0.2
    assert (await shop.now()).version == "2"


async def test_waiting_for_a_slow_till_ends(shop: Shop) -> None:
    await shop.till.set_fault(FaultKind.SLOW, seconds=3600, times=2, method=FaultMethod.ANY)
    order = shop.rename()
    async with reached(shop.path, patience=0.5) as backend:
        with pytest.raises(AnswerLost):
            await backend.apply(order, "key")
        with pytest.raises(NotReached):
            await backend.user(shop.terminal.id, shop.cashier.id)
        assert await backend.confirm(order) is True


async def test_a_wrong_readback_meets_a_confirm_alone(backend: EmbeddedBackend, shop: Shop) -> None:
    order = shop.rename()
    await shop.till.set_fault(FaultKind.WRONG_READBACK, method=FaultMethod.ANY)
    await backend.apply(order, "key")
    assert (await backend.user(shop.terminal.id, shop.cashier.id)).name == "Ana Silva"
    assert await backend.confirm(order) is False
    assert await backend.confirm(order) is True


@pytest.mark.parametrize("kind", [FaultKind.DOWN, FaultKind.LOST, FaultKind.LOST_BEFORE])
async def test_every_reading_call_meets_a_fault_of_reading(
    backend: EmbeddedBackend, shop: Shop, kind: FaultKind
) -> None:
    await shop.till.set_fault(kind, times=4, method=FaultMethod.READ)
    order = shop.rename()
    await backend.apply(order, "key")
    for call in (
        backend.terminals(),
        backend.users(shop.terminal.id, UserQuery()),
        backend.user(shop.terminal.id, shop.cashier.id),
        backend.confirm(order),
    ):
        with pytest.raises(NotReached):
            await call
    assert await backend.confirm(order) is True


async def test_faults_are_met_in_their_order_and_only_where_they_belong(backend: EmbeddedBackend, shop: Shop) -> None:
    await shop.till.set_fault(FaultKind.DOWN, times=2)
    await shop.till.set_fault(FaultKind.REFUSED, method=FaultMethod.ANY)
    for _ in range(2):
        with pytest.raises(NotReached):
            await backend.apply(shop.rename(), "key")
    with pytest.raises(BackendRefused):
        await backend.terminals()
    await backend.apply(shop.rename(), "key")
    assert (await shop.now()).name == "Ana Silva"


async def test_two_askers_do_not_meet_the_same_fault(shop: Shop) -> None:
    await shop.till.set_fault(FaultKind.DOWN, times=3, method=FaultMethod.READ)
    async with reached(shop.path) as one, reached(shop.path) as two:
        asked = (backend.terminals() for backend in (one, one, two, two))
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["NotReached"] * 3 + ["tuple"]


async def test_faults_are_listed_and_cleared(backend: EmbeddedBackend, shop: Shop) -> None:
    await shop.till.set_fault(FaultKind.SLOW, times=3, seconds=1.5, method=FaultMethod.ANY)
    await shop.till.set_fault(FaultKind.DOWN)
    assert await shop.till.faults() == (
        Fault(FaultKind.SLOW, 3, 1.5, FaultMethod.ANY),
        Fault(FaultKind.DOWN, 1, 0, FaultMethod.APPLY),
    )
    await shop.till.clear_faults()
    assert await shop.till.faults() == ()
    await backend.apply(shop.rename(), "key")


@pytest.mark.parametrize(("times", "seconds"), [(0, 0), (-1, 0), (1, -1), (1, float("nan")), (1, float("inf"))])
async def test_a_fault_that_makes_no_sense(shop: Shop, times: int, seconds: float) -> None:
    with pytest.raises(ValueError, match="a fault"):
        await shop.till.set_fault(FaultKind.SLOW, times, seconds)
    assert await shop.till.faults() == ()
