"""Enrolling an authenticator: a key waits a while, proves itself once, and is no way around a lock."""

import pytest

from changes.amendment import AmendmentKind
from changes.audit import EntryKind
from changes.backend import ChangeKind
from changes.codes import FREE_TRIES
from changes.enrolment import ENROLMENT_LIFETIME, BeginEnrolment, ConfirmEnrolment, ResetFactor, ShownKey
from changes.errors import CodeLocked, CodeWrong, EnrolmentOver, NotAllowed, NotEnrolled, RequestOver
from changes.life import State
from tests.changes.bench import Bench, in_group


@pytest.fixture
async def fresh(bench: Bench) -> Bench:
    """The owner has no authenticator."""
    await ResetFactor(bench.store, bench.clock)(bench.owner.person_id)
    return bench


async def begin(bench: Bench) -> ShownKey:
    return await BeginEnrolment(bench.store, bench.clock)(bench.owner)


async def confirm(bench: Bench, code: str) -> None:
    await ConfirmEnrolment(bench.store, bench.clock)(bench.owner, code)


async def is_enrolled(bench: Bench) -> bool:
    async with bench.store.read() as tx:
        return (await tx.people.identify(bench.owner.person_id)).enrolled


def wrong_for(bench: Bench, key: ShownKey) -> str:
    bench.seed = key.secret
    return bench.wrong_code()


async def test_the_first_right_code_makes_the_authenticator_count(fresh: Bench) -> None:
    key = await begin(fresh)
    assert key.secret in key.uri
    assert key.secret not in repr(key)
    assert not await is_enrolled(fresh)
    await confirm(fresh, fresh.code(key.secret))
    assert await is_enrolled(fresh)
    assert (await fresh.entries())[-1].kind is EntryKind.FACTOR_ENROLLED


async def test_the_first_code_is_spent_and_confirms_no_change(fresh: Bench) -> None:
    key = await begin(fresh)
    await confirm(fresh, fresh.code(key.secret))
    request = await fresh.propose()
    with pytest.raises(CodeWrong):
        await fresh.confirm(request, fresh.code(key.secret))


async def test_a_key_waits_a_quarter_of_an_hour(fresh: Bench) -> None:
    key = await begin(fresh)
    fresh.clock.turn(seconds=ENROLMENT_LIFETIME.total_seconds() - 0.001)
    await confirm(fresh, fresh.code(key.secret))
    assert await is_enrolled(fresh)


async def test_an_expired_key_is_over_and_a_new_one_can_be_shown(fresh: Bench) -> None:
    key = await begin(fresh)
    fresh.clock.turn(seconds=ENROLMENT_LIFETIME.total_seconds())
    with pytest.raises(EnrolmentOver):
        await confirm(fresh, fresh.code(key.secret))
    newer = await begin(fresh)
    assert newer.secret != key.secret
    with pytest.raises(CodeWrong):
        await confirm(fresh, fresh.code(key.secret))
    await confirm(fresh, fresh.code(newer.secret))
    assert await is_enrolled(fresh)


async def test_wrong_codes_lock_and_a_new_key_is_no_way_around(fresh: Bench) -> None:
    key = await begin(fresh)
    for left in range(FREE_TRIES - 1, 0, -1):
        with pytest.raises(CodeWrong) as wrong:
            await confirm(fresh, wrong_for(fresh, key))
        assert wrong.value.facts == {"tries": left}
    with pytest.raises(CodeLocked) as locked:
        await confirm(fresh, wrong_for(fresh, key))
    newer = await begin(fresh)
    with pytest.raises(CodeLocked) as still:
        await confirm(fresh, fresh.code(newer.secret))
    assert still.value.until == locked.value.until
    assert not await is_enrolled(fresh)
    fresh.clock.turn(seconds=60)
    with pytest.raises(CodeLocked) as longer:
        await confirm(fresh, wrong_for(fresh, newer))
    assert (longer.value.until - fresh.clock.now()).total_seconds() == 120
    fresh.clock.turn(seconds=120)
    await confirm(fresh, fresh.code(newer.secret))
    assert await is_enrolled(fresh)


async def test_a_confirmed_authenticator_is_never_replaced(bench: Bench) -> None:
    with pytest.raises(EnrolmentOver):
        await begin(bench)
    with pytest.raises(EnrolmentOver):
        await confirm(bench, bench.code())
    request = await bench.propose()
    await bench.confirm(request)
    assert (await bench.kept(request)).state is State.CONFIRMED


async def test_only_people_of_a_shop_enrol_and_only_in_private(fresh: Bench) -> None:
    with pytest.raises(NotAllowed):
        await BeginEnrolment(fresh.store, fresh.clock)(in_group(fresh.owner))
    await fresh.leave()
    with pytest.raises(NotAllowed):
        await begin(fresh)


async def test_a_reset_takes_the_authenticator_and_what_was_proposed_under_it(bench: Bench) -> None:
    request = await bench.propose()
    assert await ResetFactor(bench.store, bench.clock)(bench.owner.person_id)
    assert not await is_enrolled(bench)
    assert (await bench.kept(request)).state is State.CANCELLED
    assert (await bench.entries())[-1].kind is EntryKind.FACTOR_RESET
    with pytest.raises(NotEnrolled):
        await bench.propose()
    with pytest.raises(RequestOver):
        await bench.confirm(request)
    key = await begin(bench)
    await confirm(bench, bench.code(key.secret))
    assert await is_enrolled(bench)
    assert not await ResetFactor(bench.store, bench.clock)(123)


async def test_a_reset_takes_what_was_asked_of_a_waiting_change_under_it(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    request = await bench.confirmed(ChangeKind.FREEZE, due_at=bench.hence(5))
    amendment = await bench.amendment(request, AmendmentKind.CANCEL)
    await ResetFactor(bench.store, bench.clock)(bench.owner.person_id)
    key = await begin(bench)
    await confirm(bench, bench.code(key.secret))
    bench.clock.turn(seconds=30)
    with pytest.raises(RequestOver):
        await bench.confirm_amendment(amendment, bench.code(key.secret))
    assert (await bench.kept(request)).state is State.SCHEDULED
