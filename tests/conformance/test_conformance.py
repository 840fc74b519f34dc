"""Every backend, on a real till or server: the promises of `changes.backend`."""

import asyncio
from dataclasses import replace

import pytest

from changes.backend import BackendRefused, ChangeKind, Order, Refusal, Support
from changes.signing_in import made_secret
from changes.till import Permission, Role, Status, TerminalUser, UserPage, UserQuery
from tests.conformance.subject import Subject

HARD_NAMES = ["陈晓雨", "Zoë 🍵", "مريم", 'O\'Neil "Bob" <b>', "a" * 40]


async def chen(subject: Subject) -> TerminalUser:
    """The cashier 01, beside a manager and a supervisor where the till knows these."""
    known = subject.backend.capabilities.roles
    user_id = await subject.add("01", "Chen", known[0])
    await subject.add("91", "Grace", known[-1])
    await subject.add("12", "Ana", Role.SUPERVISOR if Role.SUPERVISOR in known else known[0])
    return await subject.backend.user(subject.terminal_id, user_id)


def order(subject: Subject, user: TerminalUser, kind: ChangeKind, **given: str | Role) -> Order:
    order = Order(kind=kind, terminal_id=subject.terminal_id, user_id=user.id, expected_version=user.version)
    return replace(order, **given)  # type: ignore[arg-type]  # of its kind


async def now(subject: Subject, user: TerminalUser) -> TerminalUser:
    return await subject.backend.user(subject.terminal_id, user.id)


async def refused(subject: Subject, asked: Order, key: str = "refused") -> Refusal:
    with pytest.raises(BackendRefused) as no:
        await subject.backend.apply(asked, key)
    return no.value.reason


def offering(subject: Subject, *kinds: ChangeKind) -> None:
    for kind in kinds:
        if not subject.backend.capabilities.offers(kind):
            pytest.skip(f"this till does not offer {kind}")


def knowing_every_role(subject: Subject) -> None:
    if set(subject.backend.capabilities.roles) != set(Role):
        pytest.skip("this till knows fewer roles")


def telling(user: TerminalUser) -> None:
    if not user.version:
        pytest.skip("this till cannot tell that a user was changed")


# Looking ------------------------------------------------------------------------------------------------------------


async def test_the_terminals_are_the_same_each_time(subject: Subject) -> None:
    terminals = await subject.backend.terminals()
    assert [terminal.id for terminal in terminals] == [subject.terminal_id]
    assert await subject.backend.terminals() == terminals


async def test_a_terminal_without_users_has_an_empty_page(subject: Subject) -> None:
    page = await subject.backend.users(subject.terminal_id, UserQuery())
    assert (page.users, page.total) == ((), 0)


async def test_pages_are_in_order_complete_and_without_repeats(subject: Subject) -> None:
    numbers = [f"{number}" for number in (*range(1, 20), 100)]
    for number in reversed(numbers):
        await subject.add(number, f"Name {number}", Role.CASHIER)
    seen: list[str] = []
    for offset in range(0, 24, 8):
        page = await subject.backend.users(subject.terminal_id, UserQuery(offset=offset))
        assert page.total == 20
        seen += [user.number for user in page.users]
    assert seen == numbers


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (UserQuery(search="cHEN"), ["01"]),
        (UserQuery(search="ｃｈｅｎ"), ["01"]),
        (UserQuery(search="1"), ["01", "12", "91"]),
        (UserQuery(search="nobody"), []),
        (UserQuery(roles=frozenset({Role.MANAGER, Role.CASHIER})), ["01", "91"]),
        (UserQuery(status=Status.FROZEN), []),
        (UserQuery(status=Status.ACTIVE, search="ana"), ["12"]),
        (UserQuery(offset=3), []),
        (UserQuery(limit=2), ["01", "12"]),
    ],
)
async def test_a_query_finds_who_it_is_for(subject: Subject, query: UserQuery, numbers: list[str]) -> None:
    if query.roles:
        knowing_every_role(subject)
    await chen(subject)
    page = await subject.backend.users(subject.terminal_id, query)
    assert [user.number for user in page.users] == numbers


async def test_one_user_is_as_in_the_list(subject: Subject) -> None:
    user = await chen(subject)
    page = await subject.backend.users(subject.terminal_id, UserQuery(search="chen"))
    assert page.users == (user,)
    lowest = subject.backend.capabilities.roles[0]
    assert (user.number, user.name, user.role, user.status) == ("01", "Chen", lowest, Status.ACTIVE)


@pytest.mark.parametrize("name", HARD_NAMES)
async def test_a_name_comes_back_as_it_was(subject: Subject, name: str) -> None:
    user_id = await subject.add("01", name, Role.CASHIER)
    assert (await subject.backend.user(subject.terminal_id, user_id)).name == name


@pytest.mark.parametrize("user_id", ["nobody", "../Groups", "a/b?c#d", "员工", ""])
async def test_who_is_not_there_is_gone(subject: Subject, user_id: str) -> None:
    await chen(subject)
    with pytest.raises(BackendRefused) as no:
        await subject.backend.user(subject.terminal_id, user_id)
    assert no.value.reason is Refusal.USER_GONE


async def test_a_terminal_that_is_not_there_is_gone(subject: Subject) -> None:
    user = await chen(subject)
    for asked in (
        subject.backend.user("nowhere", user.id),
        subject.backend.users("nowhere", UserQuery()),
        subject.backend.confirm(replace(order(subject, user, ChangeKind.FREEZE), terminal_id="nowhere")),
    ):
        with pytest.raises(BackendRefused) as no:
            await asked
        assert no.value.reason is Refusal.TERMINAL_GONE


# Changing -----------------------------------------------------------------------------------------------------------

CHANGES: list[tuple[ChangeKind, dict[str, str | Role], dict[str, object]]] = [
    (ChangeKind.RENAME, {"name": "陈小雨"}, {"name": "陈小雨"}),
    (ChangeKind.ROLE, {"role": Role.MANAGER}, {"role": Role.MANAGER}),
    (ChangeKind.FREEZE, {}, {"status": Status.FROZEN}),
]


@pytest.mark.parametrize(("kind", "given", "after"), CHANGES)
async def test_a_change_is_applied_read_back_and_touches_nothing_else(
    subject: Subject, kind: ChangeKind, given: dict[str, str | Role], after: dict[str, object]
) -> None:
    offering(subject, kind)
    if kind is ChangeKind.ROLE:
        knowing_every_role(subject)
    user = await chen(subject)
    others = await subject.backend.users(subject.terminal_id, UserQuery(offset=1))
    asked = order(subject, user, kind, **given)
    assert await subject.backend.confirm(asked) is False
    await subject.backend.apply(asked, "once")
    assert await subject.backend.confirm(asked) is True
    changed = await now(subject, user)
    expected = replace(user, **after)  # type: ignore[arg-type]  # fields of a user
    # A new role may bring its permissions.
    brought = changed.permissions if kind is ChangeKind.ROLE else expected.permissions
    expected = replace(expected, version="", freeze="", permissions=brought)
    assert replace(changed, version="", freeze="") == expected
    assert changed.version != user.version or not user.version
    assert await subject.backend.users(subject.terminal_id, UserQuery(offset=1)) == others


async def test_a_frozen_user_is_unfrozen_again(subject: Subject) -> None:
    offering(subject, ChangeKind.FREEZE, ChangeKind.UNFREEZE)
    user = await chen(subject)
    await subject.backend.apply(order(subject, user, ChangeKind.FREEZE), "freeze")
    frozen = await now(subject, user)
    await subject.backend.apply(order(subject, frozen, ChangeKind.UNFREEZE), "unfreeze")
    assert (await now(subject, user)).status is Status.ACTIVE


@pytest.mark.parametrize("name", HARD_NAMES)
async def test_any_name_is_given(subject: Subject, name: str) -> None:
    offering(subject, ChangeKind.RENAME)
    user = await chen(subject)
    await subject.backend.apply(order(subject, user, ChangeKind.RENAME, name=name), "rename")
    assert (await now(subject, user)).name == name


async def test_a_repeat_with_the_same_key_changes_nothing(subject: Subject) -> None:
    offering(subject, ChangeKind.RENAME)
    if not subject.backend.capabilities.idempotent:
        pytest.skip("a repeat at this till is a call like the first")
    user = await chen(subject)
    asked = order(subject, user, ChangeKind.RENAME, name="Twice")
    await subject.backend.apply(asked, "same")
    first = await now(subject, user)
    await subject.backend.apply(asked, "same")
    assert await now(subject, user) == first


async def test_a_new_secret_is_taken_and_changes_nothing_else(subject: Subject) -> None:
    offering(subject, ChangeKind.PIN)
    user, capabilities = await chen(subject), subject.backend.capabilities
    rules = capabilities.secret
    asked = order(subject, user, ChangeKind.PIN)
    if rules.made:
        asked = replace(asked, secret=made_secret(rules, user.number))
    if capabilities.confirms_secret:
        assert await subject.backend.confirm(asked) is False
    await subject.backend.apply(asked, "secret")
    assert await subject.backend.confirm(asked) is (True if capabilities.confirms_secret else None)
    assert replace(await now(subject, user), version="") == replace(user, version="")


async def test_what_the_till_cannot_do_is_refused(subject: Subject) -> None:
    user = await chen(subject)
    offered = subject.backend.capabilities.offers
    for kind in ChangeKind:
        if not offered(kind):
            assert await refused(subject, order(subject, user, kind, secret="480316")) is Refusal.UNSUPPORTED
    assert await now(subject, user) == user


# Who is there -------------------------------------------------------------------------------------------------------


def addition(subject: Subject, number: str = "77", name: str = "Bea 贝") -> Order:
    """Of a cashier, with a secret where the till's are told to it."""
    rules = subject.backend.capabilities.secret
    secret = made_secret(rules, number) if rules.made else None
    whole = {"number": number, "name": name, "role": Role.CASHIER, "secret": secret}
    return Order(ChangeKind.ADD, subject.terminal_id, "", "", **whole)  # type: ignore[arg-type]  # of its kind


async def everyone(subject: Subject, search: str = "") -> UserPage:
    return await subject.backend.users(subject.terminal_id, UserQuery(search=search, limit=50))


async def test_who_is_added_is_read_back_and_nobody_else_is_touched(subject: Subject) -> None:
    offering(subject, ChangeKind.ADD)
    await chen(subject)
    before, asked = await everyone(subject), addition(subject)
    assert await subject.backend.confirm(asked) is False
    await subject.backend.apply(asked, "added")
    assert await subject.backend.confirm(asked) is True
    after = await everyone(subject)
    (added,) = [user for user in after.users if user.number == asked.number]
    assert (added.name, added.role, added.status) == (asked.name, Role.CASHIER, Status.ACTIVE)
    assert tuple(user for user in after.users if user != added) == before.users


async def test_a_repeat_adds_nobody_twice(subject: Subject) -> None:
    offering(subject, ChangeKind.ADD)
    await chen(subject)
    asked = addition(subject)
    await subject.backend.apply(asked, "same")
    if subject.backend.capabilities.idempotent:
        await subject.backend.apply(asked, "same")
    else:
        assert await refused(subject, asked, "same") is Refusal.DUPLICATE_NUMBER
    assert (await everyone(subject)).total == 4


async def test_a_taken_number_is_refused(subject: Subject) -> None:
    offering(subject, ChangeKind.ADD)
    user = await chen(subject)
    before = await everyone(subject)
    assert await refused(subject, addition(subject, user.number)) is Refusal.DUPLICATE_NUMBER
    assert await everyone(subject) == before


@pytest.mark.parametrize("name", HARD_NAMES)
async def test_anybody_is_added_by_any_name(subject: Subject, name: str) -> None:
    offering(subject, ChangeKind.ADD)
    await chen(subject)
    asked = addition(subject, name=name)
    await subject.backend.apply(asked, "added")
    assert [user.name for user in (await everyone(subject, str(asked.number))).users] == [name]


async def test_who_is_removed_is_gone_and_nobody_else(subject: Subject) -> None:
    offering(subject, ChangeKind.REMOVE)
    user = await chen(subject)
    before, asked = await everyone(subject), order(subject, user, ChangeKind.REMOVE)
    assert await subject.backend.confirm(asked) is False
    await subject.backend.apply(asked, "removed")
    assert await subject.backend.confirm(asked) is True
    if subject.backend.capabilities.operations[ChangeKind.REMOVE] is not Support.EMULATED:
        assert (await everyone(subject)).users == tuple(each for each in before.users if each != user)
        with pytest.raises(BackendRefused) as no:
            await subject.backend.user(subject.terminal_id, user.id)
        assert no.value.reason is Refusal.USER_GONE


async def test_a_number_may_be_used_again(subject: Subject) -> None:
    offering(subject, ChangeKind.ADD, ChangeKind.REMOVE)
    if subject.backend.capabilities.operations[ChangeKind.REMOVE] is Support.EMULATED:
        pytest.skip("who is removed here stays in the list")
    user = await chen(subject)
    await subject.backend.apply(order(subject, user, ChangeKind.REMOVE), "removed")
    asked = addition(subject, user.number)
    await subject.backend.apply(asked, "added")
    assert await subject.backend.confirm(asked) is True
    assert [each.name for each in (await everyone(subject, user.number)).users] == [asked.name]


async def test_who_was_changed_meanwhile_is_not_removed(subject: Subject) -> None:
    offering(subject, ChangeKind.REMOVE)
    if not subject.backend.capabilities.versioned:
        pytest.skip("this till cannot tell")
    user = await chen(subject)
    await subject.rename(user.id, "By another")
    assert await refused(subject, order(subject, user, ChangeKind.REMOVE)) is Refusal.STALE_VERSION
    assert (await now(subject, user)).name == "By another"


async def test_permissions_are_given_and_taken_exactly(subject: Subject) -> None:
    offering(subject, ChangeKind.PERMISSIONS)
    user, known = await chen(subject), sorted(subject.backend.capabilities.permissions)
    assert user.permissions is not None
    for number, wanted in enumerate((frozenset(known), frozenset(known[:1]), frozenset[Permission]())):
        asked = replace(order(subject, user, ChangeKind.PERMISSIONS), permissions=wanted)
        await subject.backend.apply(asked, f"permissions {number}")
        assert await subject.backend.confirm(asked) is True
        left = await now(subject, user)
        assert (left.permissions, left.name, left.role, left.status) == (wanted, user.name, user.role, user.status)
        user = left


# Beside others ------------------------------------------------------------------------------------------------------


async def test_what_another_wrote_meanwhile_is_not_overwritten(subject: Subject) -> None:
    offering(subject, ChangeKind.FREEZE)
    user = await chen(subject)
    telling(user)
    await subject.rename(user.id, "By another")
    assert await refused(subject, order(subject, user, ChangeKind.FREEZE)) is Refusal.STALE_VERSION
    left = await now(subject, user)
    assert (left.name, left.status) == ("By another", Status.ACTIVE)
    await subject.backend.apply(order(subject, left, ChangeKind.FREEZE), "again")
    both = await now(subject, user)
    assert (both.name, both.status) == ("By another", Status.FROZEN)


async def test_what_another_wrote_of_another_user_does_not_matter(subject: Subject) -> None:
    offering(subject, ChangeKind.RENAME)
    user = await chen(subject)
    other = await subject.add("02", "Other", Role.CASHIER)
    await subject.rename(other, "Renamed")
    await subject.backend.apply(order(subject, user, ChangeKind.RENAME, name="Mine"), "mine")
    assert (await now(subject, user)).name == "Mine"


async def test_of_many_at_once_with_one_version_one_is_applied(subject: Subject) -> None:
    offering(subject, ChangeKind.RENAME)
    if not subject.backend.capabilities.versioned:
        pytest.skip("this till cannot tell")
    user = await chen(subject)
    asked = [order(subject, user, ChangeKind.RENAME, name=f"Writer {number}") for number in range(8)]
    calls = (subject.backend.apply(each, f"key {number}") for number, each in enumerate(asked))
    ends = await asyncio.gather(*calls, return_exceptions=True)
    won = [each for each, end in zip(asked, ends, strict=True) if end is None]
    lost = [end for end in ends if end is not None]
    assert [each.name for each in won] == [(await now(subject, user)).name]
    assert {end.reason for end in lost if isinstance(end, BackendRefused)} == {Refusal.STALE_VERSION}
    assert len(lost) == 7


async def test_who_was_removed_meanwhile_is_gone(subject: Subject) -> None:
    user = await chen(subject)
    if not await subject.remove(user.id):
        pytest.skip("users of this system are never removed")
    offering(subject, ChangeKind.FREEZE)
    asked = order(subject, user, ChangeKind.FREEZE)
    assert await refused(subject, asked) is Refusal.USER_GONE
    with pytest.raises(BackendRefused) as no:
        await subject.backend.confirm(asked)
    assert no.value.reason is Refusal.USER_GONE
