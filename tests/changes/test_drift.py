"""What differs between two looks, and what of it is the bot's own doing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes.backend import Capabilities, ChangeKind, Emulation, Scope, Support
from changes.drift import Difference, Drift, compare, once_for_all
from changes.life import State
from changes.request import ChangeRequest, touched, wanted
from changes.roster import Roster
from changes.till import Permission, Role, Status, Terminal, TerminalUser
from pos.embedded.backend import CAPABILITIES

FRONT, BAR = Terminal("front", "Front 前台"), Terminal("bar", "Bar")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
#: What the till was asked before this moment it shows.
SETTLED = NOW - timedelta(minutes=1)
LONG_AGO = NOW - timedelta(minutes=30)

CHEN = TerminalUser("c", FRONT.id, "01", "陈晓雨", Role.CASHIER, Status.ACTIVE, "1")
LIU = TerminalUser("l", FRONT.id, "91", "Grace Liu", Role.MANAGER, Status.ACTIVE, "1")

#: That does everything, each by itself.
CAN = replace(CAPABILITIES, operations=dict.fromkeys(ChangeKind, Support.NATIVE))

users = st.builds(
    TerminalUser,
    id=st.sampled_from("abcdef"),
    terminal_id=st.just(FRONT.id),
    number=st.sampled_from(["01", "02", "91"]),
    name=st.sampled_from(["Ana", "Ben", "陈晓雨"]),
    role=st.sampled_from(Role),
    status=st.sampled_from(Status),
    version=st.sampled_from("12"),
    permissions=st.frozensets(st.sampled_from([Permission.SALE_VOID, Permission.REFUND_ISSUE])),
)
rosters = st.dictionaries(st.sampled_from("abcdef"), users).map(
    lambda found: Roster(FRONT, tuple(replace(user, id=each) for each, user in found.items()), complete=True)
)


def roster(*found: TerminalUser, complete: bool = True) -> Roster:
    return Roster(FRONT, found, complete)


def through(
    user: TerminalUser, kind: ChangeKind, value: str | None = None, state: State = State.APPLIED, **more: Any
) -> ChangeRequest:
    """A change through the bot that ended long ago unless said otherwise."""
    given = {"id": "r", "shop_id": 1, "actor_id": 1, "actor_name": "Lin", "chat_id": 1, "terminal": FRONT}
    request = ChangeRequest(
        **given,  # type: ignore[arg-type]
        user=user,
        kind=kind,
        before=touched(kind, user),
        after=wanted(kind, value),
        state=state,
        created_at=LONG_AGO,
        expires_at=LONG_AGO,
        asked_at=LONG_AGO,
        finished_at=LONG_AGO,
    )
    return replace(request, **more)


def found(
    before: Roster, now: Roster, *requests: ChangeRequest, can: Capabilities = CAN
) -> list[tuple[Drift, str, str, str]]:
    compared = compare(before, now, requests, can, SETTLED)
    return [(each.what, each.user.number, each.before, each.after) for each in compared.differences]


def redone(before: Roster, differences: tuple[Difference, ...]) -> dict[str, tuple[str, ...]]:
    """Whoever does by hand what the differences say has the newer list, as a person reads it."""
    held = {user.id: user for user in before.users}
    for each in differences:
        user = each.user
        match each.what:
            case Drift.ADDED:
                held[user.id] = user
            case Drift.REMOVED:
                del held[user.id]
            case Drift.RENAMED:
                held[user.id] = replace(held[user.id], name=each.after)
            case Drift.NUMBER:
                held[user.id] = replace(held[user.id], number=each.after)
            case Drift.ROLE:
                held[user.id] = replace(held[user.id], role=Role(each.after))
            case Drift.FROZEN | Drift.UNFROZEN:
                held[user.id] = replace(held[user.id], status=Status(each.after))
            case Drift.PERMISSIONS:
                permissions = frozenset(Permission(one) for one in each.after.split())
                held[user.id] = replace(held[user.id], permissions=permissions)
    return read(held.values())


def read(users: Any) -> dict[str, tuple[str, ...]]:
    return {
        user.id: (user.number, user.name, user.role, user.status, " ".join(sorted(user.permissions or ())))
        for user in users
    }


@given(rosters, rosters)
def test_the_differences_make_the_newer_list_of_the_older(before: Roster, now: Roster) -> None:
    compared = compare(before, now, (), CAN, SETTLED)
    assert redone(before, compared.differences) == read(now.users)
    assert set(compared.keep.users) == set(now.users)


@given(rosters, rosters)
def test_nothing_is_told_twice(before: Roster, now: Roster) -> None:
    keep = compare(before, now, (), CAN, SETTLED).keep
    assert compare(keep, now, (), CAN, SETTLED).differences == ()


def test_each_is_told_as_what_it_is() -> None:
    now = replace(CHEN, name="Ana", role=Role.MANAGER, status=Status.FROZEN, version="2", signed_in=True)
    new = replace(CHEN, id="n", number="02", name="New")
    assert found(roster(CHEN, LIU), roster(now, new)) == [
        (Drift.RENAMED, "01", "陈晓雨", "Ana"),
        (Drift.ROLE, "01", "cashier", "manager"),
        (Drift.FROZEN, "01", "active", "frozen"),
        (Drift.REMOVED, "91", "manager", ""),
        (Drift.ADDED, "02", "", "cashier"),
    ]
    assert found(roster(now), roster(replace(now, status=Status.ACTIVE)))[0][0] is Drift.UNFROZEN


@pytest.mark.parametrize(
    ("kind", "value", "now"),
    [
        (ChangeKind.RENAME, "Ana", replace(CHEN, name="Ana")),
        (ChangeKind.ROLE, "manager", replace(CHEN, role=Role.MANAGER)),
        (ChangeKind.FREEZE, None, replace(CHEN, status=Status.FROZEN)),
        (ChangeKind.PIN, "x", replace(CHEN, version="2")),
        (ChangeKind.REMOVE, None, None),
    ],
)
def test_the_bots_own_change_is_no_drift(kind: ChangeKind, value: str | None, now: TerminalUser | None) -> None:
    after = roster(*([now] if now else []))
    assert found(roster(CHEN), after, through(CHEN, kind, value)) == []
    # Else every one of them would be told of.
    assert (found(roster(CHEN), after) != []) is (kind is not ChangeKind.PIN)


def test_what_was_added_through_the_bot_is_known_by_its_number() -> None:
    new = replace(CHEN, id="n", number="02", name="New")
    nobody = replace(new, id="")
    adding = through(nobody, ChangeKind.ADD, "02 cashier New")
    assert found(roster(), roster(new), adding) == []
    assert found(roster(), roster(replace(new, number="03")), adding)[0][0] is Drift.ADDED


def test_who_the_bot_froze_and_somebody_unfroze_is_told() -> None:
    """Though both looks saw the same."""
    freeze = through(CHEN, ChangeKind.FREEZE)
    assert found(roster(CHEN), roster(CHEN), freeze) == [(Drift.UNFROZEN, "01", "frozen", "active")]


def test_another_change_of_a_user_whom_the_bot_changed_too_is_told() -> None:
    now = replace(CHEN, name="Ana", role=Role.MANAGER)
    assert found(roster(CHEN), roster(now), through(CHEN, ChangeKind.RENAME, "Ana")) == [
        (Drift.ROLE, "01", "cashier", "manager")
    ]


@pytest.mark.parametrize("state", [State.CONFIRMED, State.APPLYING, State.UNKNOWN])
def test_of_whom_a_change_is_under_way_nothing_is_said_until_it_is_settled(state: State) -> None:
    now = replace(CHEN, name="Ana", role=Role.MANAGER)
    rename = through(CHEN, ChangeKind.RENAME, "Ana", state, finished_at=None)
    compared = compare(roster(CHEN), roster(now), (rename,), CAN, SETTLED)
    assert compared.differences == ()
    settled = replace(rename, state=State.APPLIED, finished_at=LONG_AGO)
    assert found(compared.keep, roster(now), settled) == [(Drift.ROLE, "01", "cashier", "manager")]


def test_a_change_that_ended_just_now_may_not_show_yet() -> None:
    rename = through(CHEN, ChangeKind.RENAME, "Ana", finished_at=NOW)
    compared = compare(roster(CHEN), roster(CHEN), (rename,), CAN, SETTLED)
    assert compared.differences == ()
    later = replace(rename, finished_at=LONG_AGO)
    assert found(compared.keep, roster(replace(CHEN, name="Ana")), later) == []


@pytest.mark.parametrize("state", [State.ABANDONED, State.FAILED])
def test_a_change_that_may_have_arrived_after_all_is_no_drift_either_way(state: State) -> None:
    rename = through(CHEN, ChangeKind.RENAME, "Ana", state)
    assert found(roster(CHEN), roster(CHEN), rename) == []
    assert found(roster(CHEN), roster(replace(CHEN, name="Ana")), rename) == []
    assert found(roster(CHEN), roster(replace(CHEN, name="Eve")), rename)[0][0] is Drift.RENAMED
    never_asked = replace(rename, asked_at=None)
    assert found(roster(CHEN), roster(replace(CHEN, name="Ana")), never_asked)[0][0] is Drift.RENAMED


def test_a_system_that_freezes_in_its_own_way_is_believed() -> None:
    operations = dict(CAN.operations) | {ChangeKind.FREEZE: Support.EMULATED}
    can = replace(CAN, operations=operations, emulations={ChangeKind.FREEZE: Emulation.REMOVED})
    assert found(roster(CHEN), roster(), through(CHEN, ChangeKind.FREEZE), can=can) == []


def test_a_role_brings_its_permissions() -> None:
    before = replace(CHEN, permissions=frozenset({Permission.SALE_TAKE}))
    now = replace(before, role=Role.MANAGER, permissions=frozenset({Permission.SALE_TAKE, Permission.USERS_MANAGE}))
    assert found(roster(before), roster(now), through(before, ChangeKind.ROLE, "manager")) == []


def test_of_a_list_that_was_cut_nobody_beyond_it_came_or_went() -> None:
    assert found(roster(CHEN, LIU), roster(CHEN, complete=False)) == []
    assert found(roster(CHEN, complete=False), roster(CHEN, LIU)) == []


def test_where_users_are_the_shops_each_difference_is_told_once_and_changes_anywhere_count() -> None:
    can = replace(CAN, scope=Scope.SHOP)
    renamed = replace(CHEN, name="Ana")
    at_both = [
        each
        for terminal in (FRONT, BAR)
        for each in compare(
            Roster(terminal, (CHEN,), complete=True), Roster(terminal, (renamed,), complete=True), (), can, SETTLED
        ).differences
    ]
    assert len(once_for_all(at_both, can)) == 1
    assert len(once_for_all(at_both, CAN)) == 2
    elsewhere = through(CHEN, ChangeKind.RENAME, "Ana", terminal=BAR)
    assert found(roster(CHEN), roster(renamed), elsewhere, can=can) == []
    assert found(roster(CHEN), roster(renamed), elsewhere) != []
