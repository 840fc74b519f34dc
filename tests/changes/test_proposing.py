"""Proposing: what is refused and what is warned of before a code is asked for."""

from dataclasses import replace

import pytest

from changes.backend import Capabilities, ChangeKind, Refusal, Support
from changes.errors import (
    NameEmpty,
    NameInvisible,
    NameTooLong,
    NotAllowed,
    NotEnrolled,
    NothingToDo,
    NotOffered,
    PinLength,
    PinNotDigits,
    PinTrivial,
    Refused,
    RequestOver,
    TillRefused,
    TillUnreachable,
    UserBusy,
)
from changes.life import State
from changes.pins import is_trivial
from changes.proposals import Caution, Discard, SeeProposal
from changes.request import LIFETIME, Draft
from changes.till import Role
from pos.embedded.backend import CAPABILITIES, EmbeddedBackend
from pos.embedded.till import FaultKind, FaultMethod, NewUser
from tests.changes.bench import Bench, in_group
from tests.pos.bench import FIRST_PIN

FREEZE, PIN, RENAME, ROLE, UNFREEZE = (
    ChangeKind.FREEZE,
    ChangeKind.PIN,
    ChangeKind.RENAME,
    ChangeKind.ROLE,
    ChangeKind.UNFREEZE,
)

REFUSED = [
    (RENAME, "", NameEmpty),
    (RENAME, "x" * 41, NameTooLong),
    (RENAME, "Ana\u202e", NameInvisible),
    (RENAME, "陈晓雨", NothingToDo),
    (PIN, "48031x", PinNotDigits),
    (PIN, "480", PinLength),
    (PIN, "1234", PinTrivial),
    (ROLE, "owner", NotOffered),
    (ROLE, None, NotOffered),
    (ROLE, "cashier", NothingToDo),
    (UNFREEZE, None, NothingToDo),
]


@pytest.mark.parametrize(("kind", "value", "refusal"), REFUSED)
async def test_a_value_that_cannot_be_is_refused(
    sqlite_bench: Bench, kind: ChangeKind, value: str | None, refusal: type[Refused]
) -> None:
    draft = Draft(sqlite_bench.shop.id, sqlite_bench.at.terminal.id, sqlite_bench.user.id, kind, value)
    with pytest.raises(refusal):
        await sqlite_bench.proposal(draft)


async def test_whoever_may_not_is_refused_before_the_till_is_asked(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    await bench.till.set_fault(FaultKind.DOWN, times=9, method=FaultMethod.ANY)
    _, stranger = await bench.claim(4_000_000_009)
    with pytest.raises(NotAllowed):
        await bench.proposal(bench.draft(), in_group(bench.owner))
    with pytest.raises(NotAllowed):
        await bench.proposal(bench.draft(), stranger)
    await bench.leave()
    with pytest.raises(NotAllowed):
        await bench.propose()
    assert (await bench.till.faults())[0].times == 9


async def test_without_an_authenticator_nothing_is_proposed(sqlite_bench: Bench) -> None:
    shop, other = await sqlite_bench.claim(4_000_000_009)
    with pytest.raises(NotEnrolled):
        await sqlite_bench.proposal(replace(sqlite_bench.draft(), shop_id=shop.id), other)


class _Limited(EmbeddedBackend):
    """Cannot freeze, and has two roles."""

    @property
    def capabilities(self) -> Capabilities:
        operations = {**CAPABILITIES.operations, FREEZE: Support.NONE}
        return replace(CAPABILITIES, operations=operations, roles=(Role.CASHIER, Role.MANAGER))


async def test_what_the_till_cannot_do_is_said_before_it_is_asked(sqlite_bench: Bench) -> None:
    backend = _Limited(sqlite_bench.at.path)
    sqlite_bench.tills.backend = backend
    try:
        with pytest.raises(NotOffered):
            await sqlite_bench.propose(FREEZE)
        with pytest.raises(NotOffered):
            await sqlite_bench.propose(ROLE, "supervisor")
        assert (await sqlite_bench.propose(ROLE, "manager")).after == {"role": "manager"}
    finally:
        await backend.close()


async def test_a_till_that_is_away_or_says_no_is_told_apart(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    await bench.till.set_fault(FaultKind.DOWN, method=FaultMethod.READ)
    with pytest.raises(TillUnreachable):
        await bench.propose()
    for draft, reason in (
        (replace(bench.draft(), user_id="nobody"), Refusal.USER_GONE),
        (replace(bench.draft(), terminal_id="nowhere"), Refusal.TERMINAL_GONE),
    ):
        with pytest.raises(TillRefused) as refused:
            await bench.proposal(draft)
        assert refused.value.reason is reason


async def test_a_proposal_says_what_would_change_and_keeps_it_ten_minutes(bench: Bench) -> None:
    request = await bench.propose(RENAME, " Ana  Silva ")
    assert (request.before, request.after) == ({"name": "陈晓雨"}, {"name": "Ana Silva"})
    assert request.state is State.PROPOSED
    assert await bench.kept(request) == request
    assert await SeeProposal(bench.store, bench.clock)(bench.owner, request.id) == request
    bench.clock.turn(seconds=LIFETIME.total_seconds())
    with pytest.raises(RequestOver):
        await SeeProposal(bench.store, bench.clock)(bench.owner, request.id)
    with pytest.raises(RequestOver):
        await bench.confirm(request)


async def test_a_new_proposal_ends_the_older_and_its_pin_goes(bench: Bench) -> None:
    older = await bench.propose(PIN)
    assert older.secret is not None
    newer = await bench.propose()
    ended = await bench.kept(older)
    assert (ended.state, ended.secret, ended.finished_at) == (State.CANCELLED, None, bench.clock.now())
    with pytest.raises(RequestOver):
        await bench.confirm(older)
    await bench.confirm(newer)
    assert (await bench.kept(newer)).state is State.CONFIRMED


async def test_an_expired_proposal_ends_as_expired_and_its_pin_goes(bench: Bench) -> None:
    older = await bench.propose(PIN)
    bench.clock.turn(seconds=LIFETIME.total_seconds())
    await bench.propose()
    ended = await bench.kept(older)
    assert (ended.state, ended.secret) == (State.EXPIRED, None)


async def test_discarding_ends_what_waits_and_nothing_that_was_confirmed(bench: Bench) -> None:
    confirmed = await bench.confirmed()
    proposed = await bench.proposal(replace(bench.draft(), user_id=bench.at.manager.id))
    await Discard(bench.store, bench.clock)(bench.owner)
    assert (await bench.kept(proposed.request)).state is State.CANCELLED
    assert (await bench.kept(confirmed)).state is State.CONFIRMED


async def test_a_user_whose_change_is_not_finished_is_busy(bench: Bench) -> None:
    request = await bench.confirmed()
    with pytest.raises(UserBusy):
        await bench.propose(PIN)
    await bench.work(request)
    assert (await bench.propose(PIN)).state is State.PROPOSED


async def test_a_made_pin_is_six_good_digits_and_a_typed_one_is_kept(sqlite_bench: Bench) -> None:
    made = await sqlite_bench.propose(PIN)
    assert made.secret is not None
    assert (len(made.secret), made.secret_made) == (6, True)
    assert not is_trivial(made.secret, sqlite_bench.user.number)
    typed = await sqlite_bench.propose(PIN, "83057")
    assert (typed.secret, typed.secret_made) == ("83057", False)
    for request in (made, typed):
        assert (request.before, request.after) == ({"pin": "old"}, {"pin": "new"})
        assert str(request.secret) not in repr(request)


async def cautions(bench: Bench, draft: Draft) -> set[Caution]:
    return set((await bench.proposal(draft)).cautions)


async def test_each_caution_is_given_where_it_holds(sqlite_bench: Bench) -> None:
    bench, till, terminal = sqlite_bench, sqlite_bench.till, sqlite_bench.at.terminal.id
    manager = replace(bench.draft(FREEZE), user_id=bench.at.manager.id)
    assert await cautions(bench, bench.draft()) == set()
    assert await cautions(bench, bench.draft(FREEZE)) == set()
    assert await cautions(bench, bench.draft(ROLE, "supervisor")) == {Caution.MORE_RIGHTS}
    assert await cautions(bench, bench.draft(RENAME, "gRACE lIU")) == {Caution.SAME_NAME}
    assert await cautions(bench, manager) == {Caution.LAST_SUPERVISOR}
    assert await cautions(bench, replace(manager, kind=ROLE, value="cashier")) == {Caution.LAST_SUPERVISOR}
    assert await cautions(bench, replace(manager, kind=ROLE, value="supervisor")) == {Caution.LAST_MANAGER}
    await till.add_user(terminal, NewUser("51", "周敏", Role.SUPERVISOR, FIRST_PIN))
    assert await cautions(bench, manager) == {Caution.LAST_MANAGER}
    await till.sign_in(terminal, bench.user.number, FIRST_PIN)
    assert await cautions(bench, bench.draft(FREEZE)) == {Caution.SIGNED_IN}
    request = await bench.propose(FREEZE, force=True)
    await bench.confirm(request)
    await bench.work(request)
    assert await cautions(bench, bench.draft(PIN)) == {Caution.STILL_FROZEN}
    assert await cautions(bench, bench.draft(UNFREEZE)) == set()
