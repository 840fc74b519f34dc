"""What a restore would do: done, it leaves no difference but what it said it leaves."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from changes.backend import Capabilities, ChangeKind, Support
from changes.backup import Backup, as_content, from_content
from changes.restoring import Plan, Why, is_of, plan
from changes.roster import Roster
from changes.till import Permission, Role, Status, Terminal, TerminalUser
from pos.embedded.backend import CAPABILITIES

FRONT, BAR = Terminal("front", "Front 前台"), Terminal("bar", "Bar")
CAN = replace(CAPABILITIES, operations=dict.fromkeys(ChangeKind, Support.NATIVE), permissions=frozenset(Permission))
CHEN = TerminalUser("c", FRONT.id, "01", "陈晓雨", Role.CASHIER, Status.ACTIVE)
LIU = TerminalUser("l", FRONT.id, "91", "Grace Liu", Role.MANAGER, Status.ACTIVE)


def backup(*rosters: Roster, **more: Any) -> Backup:
    made = Backup(datetime(2026, 11, 1, tzinfo=UTC), "Tea", "Asia/Shanghai", "embedded", 60, rosters)
    return replace(made, **more)


def roster(*users: TerminalUser, terminal: Terminal = FRONT) -> Roster:
    return Roster(terminal, users, complete=True)


def planned(was: tuple[TerminalUser, ...], now: tuple[TerminalUser, ...], can: Capabilities = CAN) -> Plan:
    return plan(backup(roster(*was)), [roster(*now)], can)


def said(found: Plan) -> list[tuple[ChangeKind, str, str | None]]:
    return [(step.kind, step.user.number, step.value) for step in found.steps]


people = st.builds(
    TerminalUser,
    id=st.just(""),
    terminal_id=st.just(FRONT.id),
    number=st.just(""),
    name=st.sampled_from(["Ana", "Ben", "陈晓雨"]),
    role=st.sampled_from(Role),
    status=st.sampled_from(Status),
    permissions=st.frozensets(st.sampled_from([Permission.SALE_VOID, Permission.REFUND_ISSUE])),
)
#: An id goes with a number, as it does at a till that nobody renumbers.
lists = st.dictionaries(st.sampled_from(["01", "02", "03", "04"]), people).map(
    lambda found: tuple(replace(user, id=f"id-{number}", number=number) for number, user in found.items())
)


@given(lists, lists)
def test_done_it_leaves_what_it_said_and_nobody_is_removed(
    was: tuple[TerminalUser, ...], now: tuple[TerminalUser, ...]
) -> None:
    found = planned(was, now)
    held = done(found, now)
    left = {each.user.id for each in found.left if each.user}
    were = {user.id for user in was}
    expected = {user.id: user for user in was if user.id not in left}
    assert expected == {user_id: user for user_id, user in held.items() if user_id in were - left}
    assert {user.id for user in now} <= set(held)
    assert found.unknown == len({user.id for user in now} - were)
    # A second time only what a role may have brought along is left to do, a third time nothing.
    again = planned(was, tuple(held.values()))
    assert {step.kind for step in again.steps} <= {ChangeKind.PERMISSIONS}
    assert planned(was, tuple(done(again, tuple(held.values())).values())).steps == ()


def done(found: Plan, now: tuple[TerminalUser, ...]) -> dict[str, TerminalUser]:
    """What stands at the till after the steps."""
    held = {user.id: user for user in now}
    for step in found.steps:
        user = step.user
        match step.kind:
            case ChangeKind.ADD:
                held[user.id] = user
            case ChangeKind.RENAME:
                held[user.id] = replace(held[user.id], name=step.value or "")
            case ChangeKind.ROLE:
                held[user.id] = replace(held[user.id], role=Role(step.value or ""))
            case ChangeKind.PERMISSIONS:
                permissions = frozenset(Permission(each) for each in (step.value or "").split())
                held[user.id] = replace(held[user.id], permissions=permissions)
            case ChangeKind.FREEZE | ChangeKind.UNFREEZE:
                frozen = step.kind is ChangeKind.FREEZE
                held[user.id] = replace(held[user.id], status=Status.FROZEN if frozen else Status.ACTIVE)
            case kind:
                raise AssertionError(kind)
    return held


@given(lists)
def test_what_is_written_is_what_is_read(was: tuple[TerminalUser, ...]) -> None:
    made = backup(roster(*was), roster(CHEN, terminal=BAR))
    assert from_content(as_content(made)).rosters[0].users == was


def test_who_was_frozen_and_is_gone_is_not_let_in_again() -> None:
    found = planned((replace(CHEN, status=Status.FROZEN), LIU), (LIU,))
    assert (found.steps, [each.why for each in found.left]) == ((), [Why.WAS_FROZEN])


def test_nobody_is_renamed_into_somebody_else() -> None:
    bob = replace(CHEN, id="b", name="Bob")
    found = planned((CHEN,), (bob,))
    assert (found.steps, [each.why for each in found.left]) == ((), [Why.SOMEBODY_ELSE])
    assert found.unknown == 1
    renumbered = replace(CHEN, name="Bob", number="44")
    assert [each.why for each in planned((CHEN,), (renumbered,)).left] == [Why.SOMEBODY_ELSE]
    assert said(planned((CHEN,), (replace(CHEN, name="Bob"),))) == [(ChangeKind.RENAME, "01", "陈晓雨")]


def test_at_a_till_that_was_set_up_anew_people_are_known_by_number_and_name() -> None:
    again = replace(CHEN, id="other", role=Role.MANAGER)
    found = plan(backup(roster(CHEN, LIU)), [Roster(Terminal("new", FRONT.name), (again,), complete=True)], CAN)
    assert said(found) == [(ChangeKind.ROLE, "01", "cashier"), (ChangeKind.ADD, "91", None)]
    assert {step.terminal.id for step in found.steps} == {"new"}


def test_what_the_till_cannot_do_is_said() -> None:
    can = replace(CAN, operations={ChangeKind.FREEZE: Support.NATIVE}, roles=(Role.CASHIER,))
    now = (replace(CHEN, name="Ana", role=Role.MANAGER, number="02"), replace(LIU, protected=True, role=Role.CASHIER))
    found = plan(backup(roster(replace(CHEN, name="Ana"), LIU), roster(CHEN, terminal=BAR)), [roster(*now)], can)
    assert found.steps == ()
    assert [(each.why, each.kind) for each in found.left] == [
        (Why.NUMBER, None),
        (Why.CANNOT_CHANGE, ChangeKind.ROLE),
        (Why.PROTECTED, None),
        (Why.TERMINAL_GONE, None),
    ]
    assert [each.why for each in planned((CHEN,), (), can).left] == [Why.CANNOT_ADD]


def test_whose_backup_it_is() -> None:
    made = backup(roster(CHEN, LIU))
    assert is_of(made, "embedded", "tea", [roster()])
    assert is_of(made, "embedded", "Renamed since", [roster(CHEN)])
    assert not is_of(made, "embedded", "Another", [roster(replace(CHEN, name="Eve"), replace(LIU, id="x"))])
    assert not is_of(made, "scim", "Tea", [roster(CHEN, LIU)])
    assert not is_of(made, "embedded", "Tea", [roster(CHEN, LIU, terminal=BAR)])
