"""What is Odoo's own, on the stand-in: its traps, its three lists, its PINs."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from changes.backend import BackendRefused, ChangeKind, Order, Refusal
from changes.till import Role, Status, UserQuery
from pos.kind import Fault
from pos.odoo.backend import OdooBackend
from pos.odoo.json2 import Json2
from pos.registry import BadOption, check, prepare
from tests.pos.odoo.standin import DATABASE, KEY, LISTS, Odoo

NEW_PIN = "480316"


class Shop:
    """Two registers; at the first Chen with minimal, Ana with basic and Grace with all rights."""

    def __init__(self, odoo: Odoo, backend: OdooBackend) -> None:
        self.odoo, self.backend = odoo, backend
        self.front, self.back = odoo.register("Front 前台"), odoo.register("Back")
        self.chen = odoo.employ("01", "Chen", {self.front: Role.CASHIER})
        self.ana = odoo.employ("12", "Ana", {self.front: Role.SUPERVISOR})
        self.grace = odoo.employ("91", "Grace", {self.front: Role.MANAGER, self.back: Role.SUPERVISOR})

    async def order(self, kind: ChangeKind, employee: int, **given: Any) -> Order:
        user = await self.backend.user(str(self.front), str(employee))
        return Order(kind, str(self.front), str(employee), user.version, **given)

    async def apply(self, kind: ChangeKind, employee: int, **given: Any) -> Order:
        order = await self.order(kind, employee, **given)
        await self.backend.apply(order, "key")
        return order

    async def refusal(self, order: Order) -> Refusal:
        with pytest.raises(BackendRefused) as no:
            await self.backend.apply(order, "key")
        return no.value.reason

    def adding(self, number: str = "07", role: Role = Role.CASHIER, **given: Any) -> Order:
        order = Order(ChangeKind.ADD, str(self.front), "", "", name="مريم", number=number, role=role, secret=NEW_PIN)
        return replace(order, **given)

    def at(self, register: int, role: Role) -> list[int]:
        held: list[int] = self.odoo.records["pos.config"][register][LISTS[role]]
        return held


@pytest.fixture
def shop(odoo: Odoo, backend: OdooBackend) -> Shop:
    return Shop(odoo, backend)


def writes(odoo: Odoo) -> list[tuple[str, dict[str, Any]]]:
    return [(model, dict(body)) for model, method, body in odoo.asked if method == "write"]


# Looking ------------------------------------------------------------------------------------------------------------


async def test_the_registers_whose_employees_sign_in_are_the_terminals(shop: Shop) -> None:
    shop.odoo.register("Kiosk", with_employees=False)
    assert [terminal.name for terminal in await shop.backend.terminals()] == ["Front 前台", "Back"]


async def test_each_list_of_a_register_is_a_role(shop: Shop) -> None:
    users = (await shop.backend.users(str(shop.front), UserQuery())).users
    assert {user.name: user.role for user in users} == {
        "Chen": Role.CASHIER,
        "Ana": Role.SUPERVISOR,
        "Grace": Role.MANAGER,
    }
    assert users[-1].terminals == frozenset({str(shop.front), str(shop.back)})
    assert (await shop.backend.user(str(shop.back), str(shop.grace))).role is Role.SUPERVISOR


async def test_an_archived_employee_is_a_frozen_user_and_stays_in_the_list(shop: Shop) -> None:
    shop.odoo.employee(shop.chen)["active"] = False
    frozen = (await shop.backend.users(str(shop.front), UserQuery(status=Status.FROZEN))).users
    assert [user.name for user in frozen] == ["Chen"]


async def test_who_has_no_badge_has_a_number_that_no_badge_can_be(shop: Shop) -> None:
    employee = shop.odoo.employ(None, "Zoë 🍵", {shop.front: Role.CASHIER})
    assert (await shop.backend.user(str(shop.front), str(employee))).number == f"#{employee}"


async def test_ten_thousand_employees_come_over_pages(shop: Shop) -> None:
    for number in range(10_000):
        shop.odoo.employ(f"{number:05d}", f"员工 {number}", {shop.back: Role.CASHIER})
    page = await shop.backend.users(str(shop.back), UserQuery(offset=9_998))
    assert page.total == 10_001
    assert [user.number for user in page.users] == ["09997", "09998", "09999"]
    assert max(len(body["domain"][0][2]) for model, _, body in shop.odoo.asked if model == "hr.employee") == 1_000


# The PINs -----------------------------------------------------------------------------------------------------------


async def test_a_pin_is_set_and_compared_where_it_is_read(shop: Shop) -> None:
    order = await shop.order(ChangeKind.PIN, shop.chen, secret=NEW_PIN)
    assert await shop.backend.confirm(order) is False
    await shop.backend.apply(order, "key")
    assert await shop.backend.confirm(order) is True
    assert shop.odoo.employee(shop.chen)["pin"] == NEW_PIN


async def test_only_reading_back_asks_for_a_pin(shop: Shop) -> None:
    await shop.backend.users(str(shop.front), UserQuery())
    for kind, given in (
        (ChangeKind.RENAME, {"name": "陈"}),
        (ChangeKind.ROLE, {"role": Role.MANAGER}),
        (ChangeKind.PIN, {"secret": NEW_PIN}),
        (ChangeKind.FREEZE, {}),
    ):
        await shop.apply(kind, shop.chen, **given)
    assert all("pin" not in body["fields"] for _, method, body in shop.odoo.asked if method == "search_read")


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        ("", Refusal.SECRET_SHORT),
        ("123", Refusal.SECRET_SHORT),
        ("4" * 13, Refusal.SECRET_LONG),
        ("48o316", Refusal.SECRET_NOT_DIGITS),
        ("٤٨٠٣١٦", Refusal.SECRET_NOT_DIGITS),
    ],
)
async def test_a_pin_that_the_keypad_has_not_never_goes_out(shop: Shop, pin: str, reason: Refusal) -> None:
    assert await shop.refusal(await shop.order(ChangeKind.PIN, shop.chen, secret=pin)) is reason
    assert await shop.refusal(shop.adding(secret=pin)) is reason
    assert writes(shop.odoo) == []


async def test_what_odoo_says_of_a_value_is_not_repeated(shop: Shop) -> None:
    """Its messages and tracebacks may hold what was sent."""
    order = await shop.order(ChangeKind.RENAME, shop.chen, name="")
    with pytest.raises(BackendRefused) as no:
        await shop.backend.apply(order, "key")
    assert (no.value.reason, no.value.detail) == (Refusal.NAME_INVALID, "422 ValidationError")


# The traps ----------------------------------------------------------------------------------------------------------


async def test_a_write_without_ids_is_never_sent(odoo: Odoo) -> None:
    json2 = Json2(odoo.url, KEY, DATABASE, 5)
    with pytest.raises(ValueError, match="ids"):
        await json2.write("hr.employee", [], {"active": False})
    await json2.close()
    assert odoo.asked == []


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (ChangeKind.FREEZE, {}),
        (ChangeKind.ROLE, {"role": Role.CASHIER}),
        (ChangeKind.ROLE, {"role": Role.MANAGER}),
        (ChangeKind.ASSIGN, {"terminals": "back"}),
    ],
)
async def test_the_last_with_basic_rights_is_kept_for_without_one_everybody_may_sign_in(
    shop: Shop, kind: ChangeKind, given: dict[str, Any]
) -> None:
    outsider = shop.odoo.employ("77", "Outsider")
    if "terminals" in given:
        given = {"terminals": frozenset({str(shop.back)})}
    assert await shop.refusal(await shop.order(kind, shop.ana, **given)) is Refusal.PROTECTED
    assert writes(shop.odoo) == []
    # With another one there it is an ordinary change.
    shop.odoo.employ("13", "Second", {shop.front: Role.SUPERVISOR})
    order = await shop.apply(kind, shop.ana, **given)
    assert await shop.backend.confirm(order) is True
    assert outsider not in shop.odoo.may_sign_in(shop.front)


async def test_who_alone_keeps_a_register_closed_is_said_before_a_change(shop: Shop) -> None:
    async def protected() -> dict[str, bool]:
        users = (await shop.backend.users(str(shop.front), UserQuery())).users
        for user in users:
            assert await shop.backend.user(str(shop.front), user.id) == user
        return {user.name: user.protected for user in users}

    assert await protected() == {"Chen": False, "Ana": True, "Grace": False}
    second = shop.odoo.employ("13", "Second", {shop.front: Role.SUPERVISOR})
    assert set((await protected()).values()) == {False}
    shop.odoo.employee(second)["active"] = False
    assert await protected() == {"Chen": False, "Ana": True, "Grace": False, "Second": False}


async def test_an_archived_one_with_basic_rights_keeps_nobody_out(shop: Shop) -> None:
    archived = shop.odoo.employ("13", "Second", {shop.front: Role.SUPERVISOR})
    shop.odoo.employee(archived)["active"] = False
    assert await shop.refusal(await shop.order(ChangeKind.FREEZE, shop.ana)) is Refusal.PROTECTED


async def test_the_last_with_basic_rights_of_another_register_counts_too(shop: Shop) -> None:
    assert await shop.refusal(await shop.order(ChangeKind.FREEZE, shop.grace)) is Refusal.PROTECTED


async def test_the_first_one_in_would_keep_all_others_out(shop: Shop) -> None:
    shop.at(shop.front, Role.SUPERVISOR).clear()
    for role in (Role.SUPERVISOR, Role.MANAGER):
        assert await shop.refusal(await shop.order(ChangeKind.ROLE, shop.chen, role=role)) is Refusal.PROTECTED
    assert await shop.refusal(shop.adding()) is Refusal.PROTECTED
    assert writes(shop.odoo) == []


async def test_two_freezes_at_once_do_not_open_the_till(shop: Shop) -> None:
    second = shop.odoo.employ("13", "Second", {shop.front: Role.SUPERVISOR})
    orders = [await shop.order(ChangeKind.FREEZE, each) for each in (shop.ana, second)]
    calls = (shop.backend.apply(order, "key") for order in orders)
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert [end.reason for end in ends if isinstance(end, BackendRefused)] == [Refusal.PROTECTED]


# Roles and registers ------------------------------------------------------------------------------------------------


async def test_a_role_is_moved_with_one_write_and_only_for_this_employee(shop: Shop) -> None:
    await shop.apply(ChangeKind.ROLE, shop.chen, role=Role.SUPERVISOR)
    vals = {"minimal_employee_ids": [[3, shop.chen]], "basic_employee_ids": [[4, shop.chen]]}
    assert writes(shop.odoo) == [("pos.config", {"ids": [shop.front], "vals": vals})]
    assert shop.at(shop.front, Role.SUPERVISOR) == [shop.ana, shop.chen]


async def test_a_user_is_assigned_to_registers_with_the_role_they_have(shop: Shop) -> None:
    both = await shop.apply(ChangeKind.ASSIGN, shop.chen, terminals=frozenset({str(shop.front), str(shop.back)}))
    assert await shop.backend.confirm(both) is True
    assert shop.chen in shop.at(shop.back, Role.CASHIER)
    other = await shop.apply(ChangeKind.ASSIGN, shop.chen, terminals=frozenset({str(shop.back)}))
    assert await shop.backend.confirm(other) is True
    assert shop.chen not in shop.odoo.may_sign_in(shop.front)
    # Nothing is asked for twice, though the user is not at that register any more.
    before = len(writes(shop.odoo))
    await shop.backend.apply(other, "key")
    assert len(writes(shop.odoo)) == before


async def test_an_assignment_that_ended_half_way_is_ended(shop: Shop) -> None:
    order = await shop.order(ChangeKind.ASSIGN, shop.chen, terminals=frozenset({str(shop.back)}))
    shop.at(shop.back, Role.CASHIER).append(shop.chen)
    await shop.backend.apply(order, "key")
    assert await shop.backend.confirm(order) is True


@pytest.mark.parametrize(("terminals", "reason"), [((), Refusal.UNSUPPORTED), (("9",), Refusal.TERMINAL_GONE)])
async def test_registers_that_cannot_be_worked_at(shop: Shop, terminals: tuple[str, ...], reason: Refusal) -> None:
    order = await shop.order(ChangeKind.ASSIGN, shop.chen, terminals=frozenset(terminals))
    assert await shop.refusal(order) is reason


# Adding -------------------------------------------------------------------------------------------------------------


async def test_an_employee_is_added_with_one_write(shop: Shop) -> None:
    order = shop.adding(role=Role.SUPERVISOR)
    assert await shop.backend.confirm(order) is False
    await shop.backend.apply(order, "key")
    assert await shop.backend.confirm(order) is True
    assert await shop.backend.confirm(replace(order, secret="480317")) is False
    assert len(writes(shop.odoo)) == 1
    page = await shop.backend.users(str(shop.front), UserQuery(search="07"))
    assert [(user.number, user.name, user.role) for user in page.users] == [("07", "مريم", Role.SUPERVISOR)]
    await shop.backend.apply(order, "key")
    assert len(writes(shop.odoo)) == 1


async def test_a_number_is_taken_wherever_it_is(shop: Shop) -> None:
    elsewhere = shop.odoo.employ("07", "Elsewhere")
    shop.odoo.employee(elsewhere)["active"] = False
    for number in ("07", "12"):
        assert await shop.refusal(shop.adding(number)) is Refusal.DUPLICATE_NUMBER


async def test_a_number_that_somebody_takes_in_the_same_moment(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = Json2.write

    async def first_another(self: Json2, *args: Any) -> Any:
        shop.odoo.employ("07", "Another")
        return await looked(self, *args)

    monkeypatch.setattr(Json2, "write", first_another)
    assert await shop.refusal(shop.adding()) is Refusal.DUPLICATE_NUMBER


@pytest.mark.parametrize("number", ["", "a b", "员工", "1" * 19, "#7"])
async def test_a_number_that_no_badge_can_be(shop: Shop, number: str) -> None:
    assert await shop.refusal(shop.adding(number)) is Refusal.NUMBER_INVALID


# Beside others ------------------------------------------------------------------------------------------------------


async def test_what_another_wrote_before_the_look_is_not_overwritten(shop: Shop) -> None:
    order = await shop.order(ChangeKind.ROLE, shop.chen, role=Role.MANAGER)
    shop.at(shop.front, Role.CASHIER).remove(shop.chen)
    shop.at(shop.front, Role.SUPERVISOR).append(shop.chen)
    assert await shop.refusal(order) is Refusal.STALE_VERSION
    assert writes(shop.odoo) == []


async def test_a_write_names_only_what_it_changes(shop: Shop) -> None:
    """So whatever else another writes in the same moment stays."""
    await shop.apply(ChangeKind.RENAME, shop.chen, name="陈")
    await shop.apply(ChangeKind.FREEZE, shop.chen)
    await shop.apply(ChangeKind.UNFREEZE, shop.chen)
    assert [body["vals"] for _, body in writes(shop.odoo)] == [{"name": "陈"}, {"active": False}, {"active": True}]


async def test_who_is_dismissed_meanwhile_is_gone(shop: Shop) -> None:
    order = await shop.order(ChangeKind.FREEZE, shop.chen)
    shop.odoo.dismiss(shop.chen)
    assert await shop.refusal(order) is Refusal.USER_GONE


# Adding a shop ------------------------------------------------------------------------------------------------------


def options(shop: Shop, **given: str) -> dict[str, str]:
    return {"url": shop.odoo.url, "key": KEY, "database": DATABASE, **given}


async def test_a_shop_is_prepared_where_nothing_is_missing(shop: Shop) -> None:
    await prepare("odoo", options(shop))
    assert await check("odoo", options(shop)) == []
    assert writes(shop.odoo) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"key": "wrong"}, "does not take this key .401."),
        ({"key": ""}, "odoo needs key"),
        ({"database": "other"}, "does not answer as it should"),
        ({"urll": "x"}, "no option 'urll'"),
        ({"url": "http://odoo.example.com"}, "https"),
    ],
)
async def test_what_is_wrong_is_said_when_the_shop_is_added(shop: Shop, given: dict[str, str], said: str) -> None:
    with pytest.raises(BadOption, match=said):
        await prepare("odoo", options(shop, **given))


async def test_a_register_that_is_open_to_all_is_said(shop: Shop) -> None:
    shop.odoo.register("Side door")
    with pytest.raises(BadOption, match="'Side door'"):
        await prepare("odoo", options(shop))


async def test_an_account_that_may_not_write_is_said(shop: Shop) -> None:
    shop.odoo.readonly = True
    with pytest.raises(BadOption, match="may not write employees; the account may not write points of sale"):
        await prepare("odoo", options(shop))


async def test_an_account_that_may_do_all_is_said(shop: Shop) -> None:
    shop.odoo.administrator = True
    assert [finding.fault for finding in await check("odoo", options(shop))] == [Fault.TOO_MUCH]
