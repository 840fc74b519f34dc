"""What is SumUp's own, on the stand-in."""

from dataclasses import replace
from typing import Any

import pytest

from changes.backend import BackendRefused, ChangeKind, Order, Refusal
from changes.till import Role, Status, UserQuery
from pos.registry import BadOption, open_backend, prepare
from pos.sumup.backend import TERMINAL_ID, SumUpBackend
from tests.pos.sumup.standin import DOMAIN, KEY, MERCHANT, No, SumUp

PASSWORD = "kiwi-lamp-48-river"


class Shop:
    """Chen, whom the merchant made; Ana with an account of her own; an administrator, an accountant and a machine."""

    def __init__(self, sumup: SumUp, backend: SumUpBackend) -> None:
        self.sumup, self.backend = sumup, backend
        self.chen = sumup.employ(f"01@{DOMAIN}", "Chen", ["role_employee"])
        self.ana = sumup.employ("ana@example.org", "Ana", ["role_manager"], kind="user")
        self.admin = sumup.employ("boss@example.org", "Grace", ["role_admin", "role_employee"], kind="user")
        self.accountant = sumup.employ("books@example.org", "Books", ["role_accountant"], kind="user")
        self.machine = sumup.employ("bot@example.org", "Bot", ["role_employee"], kind="service_account")

    async def order(self, kind: ChangeKind, member: str, **given: Any) -> Order:
        user = await self.backend.user(TERMINAL_ID, member)
        return Order(kind, TERMINAL_ID, member, user.version, **given)

    async def apply(self, kind: ChangeKind, member: str, **given: Any) -> Order:
        order = await self.order(kind, member, **given)
        await self.backend.apply(order, "key")
        return order

    async def refusal(self, order: Order) -> Refusal:
        with pytest.raises(BackendRefused) as no:
            await self.backend.apply(order, "key")
        return no.value.reason

    def adding(self, number: str = "07", **given: Any) -> Order:
        order = Order(ChangeKind.ADD, TERMINAL_ID, "", "", name="贝", number=number, role=Role.CASHIER, secret=PASSWORD)
        return replace(order, **given)

    @property
    def written(self) -> list[tuple[str, dict[str, Any]]]:
        return [(method, dict(body)) for method, _, body in self.sumup.asked if method != "GET"]


@pytest.fixture
def shop(sumup: SumUp, backend: SumUpBackend) -> Shop:
    return Shop(sumup, backend)


# Looking ------------------------------------------------------------------------------------------------------------


async def test_who_holds_one_of_the_tills_roles_is_a_user(shop: Shop) -> None:
    users = (await shop.backend.users(TERMINAL_ID, UserQuery())).users
    assert {user.number: (user.name, user.role) for user in users} == {
        "01": ("Chen", Role.CASHIER),
        "ana@example.org": ("Ana", Role.MANAGER),
    }


async def test_administrators_and_machines_are_neither_shown_nor_changed(shop: Shop) -> None:
    for member in (shop.admin, shop.accountant, shop.machine):
        for kind in (ChangeKind.REMOVE, ChangeKind.RENAME):
            assert await shop.refusal(Order(kind, TERMINAL_ID, member, "", name="A")) is Refusal.USER_GONE
    assert shop.written == []
    assert len(shop.sumup.members) == 5


async def test_who_cannot_sign_in_is_frozen(shop: Shop) -> None:
    shop.sumup.members[shop.chen]["user"]["disabled_at"] = "2026-02-01T00:00:00Z"
    invite = {"email": "new@example.org", "expires_at": "2027-01-01T00:00:00Z"}
    invited = shop.sumup.employ("new@example.org", None, ["role_employee"], status="pending", invite=invite)
    for member in (shop.chen, invited):
        assert (await shop.backend.user(TERMINAL_ID, member)).status is Status.FROZEN


async def test_ten_thousand_members_come_over_pages(shop: Shop) -> None:
    for number in range(10_000):
        shop.sumup.employ(f"{number:05d}@{DOMAIN}", f"员工 {number}", ["role_employee"])
    page = await shop.backend.users(TERMINAL_ID, UserQuery(search="员工", offset=9_998))
    assert page.total == 10_000
    assert [user.number for user in page.users] == ["09998", "09999"]
    assert len(shop.sumup.asked) == 401


# Passwords ----------------------------------------------------------------------------------------------------------


async def test_a_password_is_set_and_cannot_be_read_back(shop: Shop) -> None:
    order = await shop.apply(ChangeKind.PIN, shop.chen, secret=PASSWORD)
    assert shop.sumup.passwords[shop.chen] == [PASSWORD]
    assert await shop.backend.confirm(order) is None


async def test_a_password_that_was_used_before_is_refused_as_such(shop: Shop) -> None:
    order = await shop.apply(ChangeKind.PIN, shop.chen, secret=PASSWORD)
    assert await shop.refusal(order) is Refusal.SECRET_WEAK


@pytest.mark.parametrize(("secret", "reason"), [("1234567", Refusal.SECRET_SHORT), ("x" * 65, Refusal.SECRET_LONG)])
async def test_a_password_out_of_bounds_never_goes_out(shop: Shop, secret: str, reason: Refusal) -> None:
    assert await shop.refusal(await shop.order(ChangeKind.PIN, shop.chen, secret=secret)) is reason
    assert await shop.refusal(shop.adding(secret=secret)) is reason
    assert shop.written == []


async def test_a_new_password_wakes_nobody_who_is_frozen(shop: Shop) -> None:
    """SumUp would enable them again with it."""
    shop.sumup.members[shop.chen]["status"] = "disabled"
    assert await shop.refusal(await shop.order(ChangeKind.PIN, shop.chen, secret=PASSWORD)) is Refusal.FROZEN
    assert shop.written == []


async def test_a_forbidden_call_other_than_that_is_a_matter_of_the_account(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order(ChangeKind.RENAME, shop.chen, name="A")

    def forbids(*_: Any) -> None:
        raise No(403)

    monkeypatch.setattr(shop.sumup, "_update", forbids)
    assert await shop.refusal(order) is Refusal.ACCOUNT


# Changing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "given"), [(ChangeKind.RENAME, {"name": "A"}), (ChangeKind.PIN, {"secret": PASSWORD})]
)
async def test_who_has_an_account_of_their_own_names_themselves(
    shop: Shop, kind: ChangeKind, given: dict[str, Any]
) -> None:
    assert await shop.refusal(await shop.order(kind, shop.ana, **given)) is Refusal.PROTECTED
    assert shop.written == []


async def test_of_the_roles_only_the_tills_is_replaced(shop: Shop) -> None:
    shop.sumup.members[shop.ana]["roles"] = ["role_WZsm7QTP", "role_manager"]
    order = await shop.apply(ChangeKind.ROLE, shop.ana, role=Role.CASHIER)
    assert await shop.backend.confirm(order) is True
    assert shop.written == [("PUT", {"roles": ["role_WZsm7QTP", "role_employee"]})]


async def test_a_role_that_sumup_has_not_is_refused(shop: Shop) -> None:
    order = await shop.order(ChangeKind.ROLE, shop.chen, role=Role.SUPERVISOR)
    assert await shop.refusal(order) is Refusal.UNSUPPORTED


async def test_a_write_names_only_what_it_changes(shop: Shop) -> None:
    """So whatever else another writes in the same moment stays."""
    await shop.apply(ChangeKind.RENAME, shop.chen, name="陈 🍵")
    assert shop.written == [("PUT", {"user": {"nickname": "陈 🍵"}})]


async def test_what_another_wrote_before_the_look_is_not_overwritten(shop: Shop) -> None:
    orders = [
        await shop.order(ChangeKind.ROLE, shop.chen, role=Role.MANAGER),
        await shop.order(ChangeKind.REMOVE, shop.chen),
    ]
    shop.sumup.members[shop.chen]["user"]["nickname"] = "By another"
    for order in orders:
        assert await shop.refusal(order) is Refusal.STALE_VERSION
    assert shop.written == []


async def test_who_became_an_administrator_is_not_taken_for_removed(shop: Shop) -> None:
    order = await shop.order(ChangeKind.REMOVE, shop.chen)
    shop.sumup.members[shop.chen]["roles"].append("role_admin")
    assert await shop.refusal(order) is Refusal.USER_GONE
    assert await shop.backend.confirm(order) is False


async def test_a_conflict_is_another_who_was_first(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order = await shop.order(ChangeKind.ROLE, shop.chen, role=Role.MANAGER)

    def conflicts(*_: Any, **__: Any) -> None:
        raise No(409)

    monkeypatch.setattr(shop.sumup, "_update", conflicts)
    monkeypatch.setattr(shop.sumup, "_create", conflicts)
    assert await shop.refusal(order) is Refusal.STALE_VERSION
    assert await shop.refusal(shop.adding()) is Refusal.DUPLICATE_NUMBER


async def test_who_is_gone_meanwhile(shop: Shop) -> None:
    rename = await shop.order(ChangeKind.RENAME, shop.chen, name="A")
    remove = await shop.order(ChangeKind.REMOVE, shop.chen)
    del shop.sumup.members[shop.chen]
    assert await shop.refusal(rename) is Refusal.USER_GONE
    await shop.backend.apply(remove, "key")
    assert await shop.backend.confirm(remove) is True


async def test_a_removal_that_sumup_forbids_is_no_matter_of_the_account(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order(ChangeKind.REMOVE, shop.chen)
    monkeypatch.setattr(shop.sumup, "members", Guarded(shop.sumup.members))
    assert await shop.refusal(order) is Refusal.PROTECTED


class Guarded(dict[str, Any]):
    def __delitem__(self, key: str) -> None:
        raise No(403)


# Adding -------------------------------------------------------------------------------------------------------------


async def test_a_user_is_added_with_an_address_at_the_shops_domain(shop: Shop) -> None:
    order = shop.adding()
    await shop.backend.apply(order, "key")
    assert await shop.backend.confirm(order) is True
    made = {
        "is_managed_user": True,
        "email": f"07@{DOMAIN}",
        "nickname": "贝",
        "password": PASSWORD,
        "roles": ["role_employee"],
    }
    assert shop.written == [("POST", made)]


async def test_a_number_that_begins_like_another_is_another(shop: Shop) -> None:
    shop.sumup.employ(f"07@{DOMAIN}.org", "Other", ["role_employee"])
    await shop.backend.apply(shop.adding(), "key")
    assert len(shop.written) == 1


async def test_a_taken_number_is_refused_also_of_who_is_not_shown(shop: Shop) -> None:
    shop.sumup.employ(f"07@{DOMAIN}", "Accountant", ["role_accountant"])
    for number in ("01", "07"):
        assert await shop.refusal(shop.adding(number)) is Refusal.DUPLICATE_NUMBER
    assert shop.written == []


@pytest.mark.parametrize("number", ["", "a b", "员工", "a@b", "x" * 260])
async def test_a_number_that_can_be_no_part_of_an_address(shop: Shop, number: str) -> None:
    assert await shop.refusal(shop.adding(number)) is Refusal.NUMBER_INVALID


async def test_without_a_domain_nobody_is_added(sumup: SumUp) -> None:
    backend = SumUpBackend(sumup.url, KEY, MERCHANT, terminal="All")
    assert not backend.capabilities.offers(ChangeKind.ADD)
    with pytest.raises(BackendRefused) as no:
        await backend.apply(Order(ChangeKind.ADD, TERMINAL_ID, "", "", number="07"), "key")
    assert no.value.reason is Refusal.UNSUPPORTED
    await backend.close()


# Adding a shop ------------------------------------------------------------------------------------------------------


def options(shop: Shop, **given: str) -> dict[str, str]:
    return {"url": shop.sumup.url, "key": KEY, "merchant": MERCHANT, **given}


async def test_a_shop_is_prepared(shop: Shop) -> None:
    await prepare("sumup", options(shop, domain=DOMAIN))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"key": "wrong"}, "does not take this key .401."),
        ({"merchant": "OTHER"}, "no such merchant account"),
        ({"merchant": "../x"}, "sumup needs merchant"),
        ({"merchant": ""}, "sumup needs merchant"),
        ({"domain": "no domain"}, "domain must be like"),
        ({"key": ""}, "sumup needs key"),
        ({"url": "http://sumup.example.com"}, "https"),
    ],
)
async def test_what_is_wrong_is_said_when_the_shop_is_added(shop: Shop, given: dict[str, str], said: str) -> None:
    with pytest.raises(BadOption, match=said):
        await prepare("sumup", options(shop, **given))


async def test_the_key_shows_nowhere(shop: Shop) -> None:
    backend = open_backend("sumup", options(shop))
    assert KEY not in repr(backend) + repr(vars(backend))
    await backend.close()
