"""Adding a user: what stands against it, and what becomes of it at the till."""

from dataclasses import replace
from typing import Any

import pytest

from changes.adding import FindPlace, Newcomer, ProposeAdd, checked_number
from changes.audit import EntryKind
from changes.authority import Actor, ChatKind
from changes.backend import AnswerLost, ChangeKind, NumberRules, Refusal, SecretKind, SecretRules, Support
from changes.errors import (
    ChangedSince,
    NameEmpty,
    NotAllowed,
    NotOffered,
    NumberForm,
    NumberNotDigits,
    NumberRefused,
    NumberReserved,
    NumberTaken,
    PasswordOwn,
    PinTrivial,
    Refused,
    TillRefused,
    UserBusy,
)
from changes.life import State
from changes.ports import NoticeKind
from changes.proposals import Caution
from changes.proposing import Proposal
from changes.request import ChangeRequest
from changes.till import Role, Status, TerminalUser
from changes.undoing import FreezeInstead
from pos.embedded import rules
from pos.embedded.till import FaultKind, NewUser
from tests.changes.backends import Before, raising
from tests.changes.bench import Bench
from tests.changes.test_undoing import undoing
from tests.pos.bench import FIRST_PIN

BEA = Newcomer("07", "Bea", "cashier")


async def proposal(bench: Bench, newcomer: Newcomer = BEA, actor: Actor | None = None) -> Proposal:
    propose = ProposeAdd(bench.store, bench.tills, bench.clock)
    return await propose(actor or bench.owner, bench.shop.id, bench.at.terminal.id, newcomer)


async def done(bench: Bench, newcomer: Newcomer = BEA) -> ChangeRequest:
    request = (await proposal(bench, newcomer)).request
    await bench.confirm(request)
    return await bench.work(request)


async def added(bench: Bench, number: str = "07") -> TerminalUser | None:
    return await bench.till.by_number(bench.at.terminal.id, number)


async def test_a_user_is_added_with_a_made_pin_that_is_shown_once(bench: Bench) -> None:
    request = await done(bench)
    assert (request.state, request.result) == (State.APPLIED, "applied")
    assert request.before == {}
    assert request.after == {"number": "07", "name": "Bea", "role": "cashier"}
    user = await added(bench)
    assert user is not None
    assert (user.name, user.role, user.status) == ("Bea", Role.CASHIER, Status.ACTIVE)
    assert request.secret is not None
    assert await bench.till.has_pin(user.terminal_id, user.id, request.secret)
    assert [queued.notice.request_id for queued in await bench.queued(NoticeKind.SECRET)] == [request.id]
    entries = await bench.entries_of(request)
    assert [entry.kind for entry in entries] == [EntryKind.CHANGE_INTENT, EntryKind.CHANGE_OUTCOME]
    assert entries[0].facts["user"] == {"id": "new:07", "number": "07", "name": "Bea"}
    assert await bench.chain_fault() is None


async def test_a_typed_pin_is_not_shown_again(bench: Bench) -> None:
    request = await done(bench, replace(BEA, secret="480316"))
    user = await added(bench)
    assert user is not None
    assert await bench.till.has_pin(user.terminal_id, user.id, "480316")
    assert request.secret is None
    assert await bench.queued(NoticeKind.SECRET) == []


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"number": "01"}, NumberTaken),
        ({"number": "7a"}, NumberNotDigits),
        ({"number": ""}, NumberNotDigits),
        ({"number": "123456789"}, NumberNotDigits),
        ({"name": "  "}, NameEmpty),
        ({"role": "owner"}, NotOffered),
        ({"secret": "1234"}, PinTrivial),
        ({"number": "4803", "secret": "4803"}, PinTrivial),
    ],
)
async def test_what_stands_against_it_is_said_before_the_code(
    sqlite_bench: Bench, given: dict[str, Any], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        await proposal(sqlite_bench, replace(BEA, **given))


async def test_a_full_terminal_and_a_namesake_are_told_before_the_code(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    assert (await proposal(bench, replace(BEA, name="gRACE lIU"))).cautions == (Caution.SAME_NAME,)
    assert (await proposal(bench)).cautions == ()
    for number in range(100, 100 + rules.USERS_MOST - 2):
        await bench.till.add_user(bench.at.terminal.id, NewUser(str(number), "Ana", Role.CASHIER, FIRST_PIN))
    find = FindPlace(bench.store, bench.tills)
    for asked in (proposal(bench), find(bench.owner, bench.shop.id, bench.at.terminal.id)):
        with pytest.raises(TillRefused) as full:
            await asked
        assert full.value.reason is Refusal.FULL


async def test_the_number_and_the_name_are_judged_as_they_are_typed(sqlite_bench: Bench) -> None:
    bench, find = sqlite_bench, FindPlace(sqlite_bench.store, sqlite_bench.tills)
    shop_id, terminal = bench.shop.id, bench.at.terminal
    assert (await find(bench.owner, shop_id, terminal.id)).terminal == terminal
    assert await find.number(bench.owner, shop_id, terminal.id, " 07 ") == "07"
    assert await find.name(bench.owner, shop_id, " Bea  贝 ") == "Bea 贝"
    with pytest.raises(NumberTaken):
        await find.number(bench.owner, shop_id, terminal.id, "91")
    with pytest.raises(NotAllowed):
        await find(Actor(77, "Eve", 77, ChatKind.PRIVATE), shop_id, terminal.id)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [("a b", NumberForm), ("a\u200b", NumberForm), ("", NumberForm), ("x" * 13, NumberForm), ("00", NumberReserved)],
)
def test_a_number_of_letters_has_bounds_too(typed: str, refusal: type[NumberRefused]) -> None:
    letters = NumberRules(1, 12, reserved=frozenset({"00"}))
    assert checked_number(" bea.k ", letters) == "bea.k"
    with pytest.raises(refusal):
        checked_number(typed, letters)


async def test_a_till_with_passwords_gets_one(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    passwords = SecretRules(8, 64, 12, SecretKind.PASSWORD)
    bench.tills.backend = Before(bench.tills.backend, other={"secret": passwords})
    made = (await proposal(bench)).request
    assert len(made.secret or "") == 12
    assert made.secret_made
    assert made.after["secret"] == "password"
    with pytest.raises(PasswordOwn):
        await proposal(bench, replace(BEA, name="Bea Kovacs", secret="beakovacs"))
    pin = await bench.propose(ChangeKind.PIN)
    assert pin.after == {"pin": "new", "secret": "password"}


async def test_a_till_that_is_told_no_secret_is_told_none(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    bench.tills.backend = Before(bench.tills.backend, other={"secret": SecretRules(4, 8, 0)})
    request = (await proposal(bench)).request
    assert (request.secret, request.secret_made, request.after["secret"]) == (None, False, "at-till")
    assert (request.order().secret, request.order().user_id) == (None, "")
    with pytest.raises(NotOffered):
        await proposal(bench, replace(BEA, secret="480316"))
    pin = await bench.propose(ChangeKind.PIN)
    assert (pin.secret, pin.secret_made, pin.order().secret) == (None, False, None)
    with pytest.raises(NotOffered):
        await bench.propose(ChangeKind.PIN, "480316")


async def test_where_it_is_not_offered_nothing_is_asked_for(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    can = {**bench.tills.backend.capabilities.operations, ChangeKind.ADD: Support.NONE}
    bench.tills.backend = Before(bench.tills.backend, other={"operations": can})
    with pytest.raises(NotOffered):
        await proposal(bench)
    with pytest.raises(NotOffered):
        await FindPlace(bench.store, bench.tills)(bench.owner, bench.shop.id, bench.at.terminal.id)


async def test_an_addition_is_no_draft_of_a_user_who_is_there(sqlite_bench: Bench) -> None:
    with pytest.raises(NotOffered):
        await sqlite_bench.propose(ChangeKind.ADD, "07 cashier Bea")


async def test_one_number_is_added_once_at_a_time(bench: Bench) -> None:
    first = (await proposal(bench)).request
    await bench.confirm(first)
    with pytest.raises(UserBusy):
        await proposal(bench)
    assert (await proposal(bench, replace(BEA, number="08"))).request.user.id == "new:08"
    assert (await bench.work(first)).state is State.APPLIED


async def test_a_number_taken_meanwhile_is_found_before_the_till_is_asked(bench: Bench) -> None:
    before = Before(bench.tills.backend)
    bench.tills.backend = before
    request = (await proposal(bench)).request
    await bench.till.add_user(bench.at.terminal.id, NewUser("07", "By another", Role.CASHIER, FIRST_PIN))
    await bench.confirm(request)
    ended = await bench.work(request)
    assert (ended.state, ended.result) == (State.FAILED, "refused-duplicate-number")
    assert before.keys == []
    assert ended.secret is None


async def test_a_lost_answer_is_read_back_by_the_number_and_nobody_is_added_twice(bench: Bench) -> None:
    before = Before(bench.tills.backend, acts={"applied": raising(AnswerLost())})
    bench.tills.backend = before
    request = await done(bench)
    assert (request.state, request.result) == (State.APPLIED, "applied")
    assert len(before.keys) == 1
    assert await added(bench) is not None


async def test_a_lost_question_is_asked_again_with_the_same_key(bench: Bench) -> None:
    await bench.till.set_fault(FaultKind.LOST_BEFORE)
    before = Before(bench.tills.backend)
    bench.tills.backend = before
    assert (await done(bench)).state is State.APPLIED
    assert len(before.keys) == 2
    assert len(set(before.keys)) == 1


async def test_an_addition_is_not_undone_but_the_user_can_be_frozen(bench: Bench) -> None:
    await done(bench)
    entry = (await bench.entries())[-1]
    user = await added(bench)
    assert user is not None
    instead = await undoing(bench)(bench.owner, bench.shop.id, entry.number)
    assert instead == FreezeInstead(bench.at.terminal, user.id)
    await bench.till.remove(user.terminal_id, user.id, version=user.version, key="by hand")
    with pytest.raises(ChangedSince):
        await undoing(bench)(bench.owner, bench.shop.id, entry.number)
    await bench.till.add_user(bench.at.terminal.id, NewUser("07", "Another", Role.CASHIER, FIRST_PIN))
    with pytest.raises(ChangedSince):
        await undoing(bench)(bench.owner, bench.shop.id, entry.number)
