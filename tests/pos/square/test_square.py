"""What is Square's own, on the stand-in."""

import builtins
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from changes.backend import BackendRefused, ChangeKind, Order, Refusal
from changes.till import Role, UserQuery
from pos.kind import Fault
from pos.registry import BadOption, check, open_backend, prepare
from pos.square.backend import SquareBackend
from tests.pos.square.standin import SCOPES, TOKEN, No, Square


class Shop:
    """Two locations; Chen at the first, Ana wherever there is one, and the owner."""

    def __init__(self, square: Square, backend: SquareBackend) -> None:
        self.square, self.backend = square, backend
        self.front, self.back = square.location("Front 前台"), square.location("Back")
        self.chen = square.employ("01", "Chen", "Xiaoyu", [self.front])
        self.ana = square.employ("12", "Ana", "de la Cruz")
        self.owner = square.employ(None, "Grace", "Owner", is_owner=True)

    async def order(self, kind: ChangeKind, member: str, **given: Any) -> Order:
        user = await self.backend.user(self.front, member)
        return Order(kind, self.front, member, user.version, **given)

    async def apply(self, kind: ChangeKind, member: str, **given: Any) -> Order:
        order = await self.order(kind, member, **given)
        await self.backend.apply(order, "key")
        assert await self.backend.confirm(order) is True
        return order

    async def refusal(self, order: Order, key: str = "key") -> Refusal:
        with pytest.raises(BackendRefused) as no:
            await self.backend.apply(order, key)
        return no.value.reason

    def adding(self, number: str = "07", **given: Any) -> Order:
        return replace(
            Order(ChangeKind.ADD, self.front, "", "", name="Bea 贝", number=number, role=Role.CASHIER), **given
        )

    @property
    def written(self) -> list[Mapping[str, Any]]:
        return [body["team_member"] for method, _, body in self.square.asked if method == "PUT"]

    @property
    def made(self) -> list[Mapping[str, Any]]:
        return [body for method, path, body in self.square.asked if (method, path) == ("POST", "/v2/team-members")]


@pytest.fixture
def shop(square: Square, backend: SquareBackend) -> Shop:
    return Shop(square, backend)


# Looking ------------------------------------------------------------------------------------------------------------


async def test_the_active_locations_are_the_terminals(shop: Shop) -> None:
    shop.square.location("Closed", status="INACTIVE")
    assert [terminal.name for terminal in await shop.backend.terminals()] == ["Front 前台", "Back"]


async def test_who_works_at_a_location_is_a_user_there(shop: Shop) -> None:
    there = {user.name: user.terminals for user in (await shop.backend.users(shop.front, UserQuery())).users}
    both = frozenset({shop.front, shop.back})
    assert there == {"Chen Xiaoyu": frozenset({shop.front}), "Ana de la Cruz": both, "Grace Owner": both}
    with pytest.raises(BackendRefused) as no:
        await shop.backend.user(shop.back, shop.chen)
    assert no.value.reason is Refusal.USER_GONE


async def test_no_role_is_made_up_but_the_owners(shop: Shop) -> None:
    users = (await shop.backend.users(shop.front, UserQuery())).users
    assert {user.name: (user.role, user.protected) for user in users} == {
        "Chen Xiaoyu": (Role.CASHIER, False),
        "Ana de la Cruz": (Role.CASHIER, False),
        "Grace Owner": (Role.MANAGER, True),
    }


async def test_who_has_no_number_has_squares_id(shop: Shop) -> None:
    assert (await shop.backend.user(shop.front, shop.owner)).number == shop.owner


async def test_ten_thousand_members_come_over_pages(shop: Shop) -> None:
    for number in range(10_000):
        shop.square.employ(f"{number:05d}", "员工", f"{number}", [shop.back])
    page = await shop.backend.users(shop.back, UserQuery(search="员工", offset=9_998))
    assert page.total == 10_000
    assert [user.number for user in page.users] == ["09998", "09999"]
    searches = [body for _, path, body in shop.square.asked if path.endswith("/search")]
    assert {body["limit"] for body in searches} == {200}
    assert len(searches) == 51


async def test_a_page_that_leads_to_itself_is_read_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = shop.square._search
    monkeypatch.setattr(shop.square, "_search", lambda **asked: answer(**asked | {"cursor": "0"}) | {"cursor": "0"})
    assert (await shop.backend.users(shop.front, UserQuery())).total == 3


# Names --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Ana María Cruz", "Ana María", "Cruz"),
        ("陈小雨", "陈小雨", "-"),
        ("مريم الخوري", "مريم", "الخوري"),
        ("Zoë 🍵", "Zoë", "🍵"),
    ],
)
async def test_a_name_is_parted_as_square_wants_it_and_shown_whole(
    shop: Shop, name: str, first: str, last: str
) -> None:
    await shop.apply(ChangeKind.RENAME, shop.chen, name=name)
    assert shop.written == [{"given_name": first, "family_name": last}]
    assert (await shop.backend.user(shop.front, shop.chen)).name == name


async def test_a_name_that_square_does_not_take(shop: Shop) -> None:
    assert await shop.refusal(await shop.order(ChangeKind.RENAME, shop.chen, name=" ")) is Refusal.NAME_INVALID
    assert shop.written == []


# Changing -----------------------------------------------------------------------------------------------------------


async def test_a_write_names_only_what_it_changes(shop: Shop) -> None:
    """So whatever else another writes in the same moment stays."""
    await shop.apply(ChangeKind.FREEZE, shop.chen)
    await shop.apply(ChangeKind.UNFREEZE, shop.chen)
    assert shop.written == [{"status": "INACTIVE"}, {"status": "ACTIVE"}]
    assert shop.square.members[shop.chen]["given_name"] == "Chen"


@pytest.mark.parametrize(
    ("kind", "given"), [(ChangeKind.FREEZE, {}), (ChangeKind.RENAME, {"name": "Mallory"}), (ChangeKind.ASSIGN, {})]
)
async def test_the_owner_is_never_written(shop: Shop, kind: ChangeKind, given: dict[str, Any]) -> None:
    if kind is ChangeKind.ASSIGN:
        given = {"terminals": frozenset({shop.front})}
    assert await shop.refusal(await shop.order(kind, shop.owner, **given)) is Refusal.PROTECTED
    assert shop.written == []


async def test_a_user_is_assigned_to_locations(shop: Shop) -> None:
    await shop.apply(ChangeKind.ASSIGN, shop.chen, terminals=frozenset({shop.front, shop.back}))
    away = await shop.apply(ChangeKind.ASSIGN, shop.chen, terminals=frozenset({shop.back}))
    assert shop.written[-1] == {
        "assigned_locations": {"assignment_type": "EXPLICIT_LOCATIONS", "location_ids": [shop.back]}
    }
    await shop.backend.apply(away, "key")
    assert len(shop.written) == 2, "a repeat asks for nothing"


async def test_locations_that_cannot_be_worked_at(shop: Shop) -> None:
    for terminals, reason in ((frozenset[str](), Refusal.UNSUPPORTED), (frozenset({"X"}), Refusal.TERMINAL_GONE)):
        order = await shop.order(ChangeKind.ASSIGN, shop.chen, terminals=terminals)
        assert await shop.refusal(order) is reason


async def test_what_another_wrote_before_the_look_is_not_overwritten(shop: Shop) -> None:
    order = await shop.order(ChangeKind.RENAME, shop.chen, name="Mine Alone")
    shop.square.members[shop.chen]["status"] = "INACTIVE"
    assert await shop.refusal(order) is Refusal.STALE_VERSION
    assert shop.written == []


async def test_who_is_gone_meanwhile(shop: Shop) -> None:
    order = await shop.order(ChangeKind.FREEZE, shop.chen)
    del shop.square.members[shop.chen]
    assert await shop.refusal(order) is Refusal.USER_GONE


async def test_only_squares_code_is_told_of_a_refusal(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order = await shop.order(ChangeKind.RENAME, shop.chen, name="A B")

    def refuses(*_: Any) -> None:
        raise No(400, "INVALID_VALUE", "given_name")

    monkeypatch.setattr(shop.square, "_check", refuses)
    with pytest.raises(BackendRefused) as no:
        await shop.backend.apply(order, "key")
    assert (no.value.reason, no.value.detail) == (Refusal.NAME_INVALID, "400 INVALID_VALUE")
    assert no.value.__context__ is None


async def test_what_is_refused_for_a_conflict_is_asked_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library would repeat it twice by itself."""
    order = await shop.order(ChangeKind.RENAME, shop.chen, name="A B")

    def conflicts(*_: Any) -> None:
        raise No(409, "CONFLICT")

    monkeypatch.setattr(shop.square, "_check", conflicts)
    assert await shop.refusal(order) is Refusal.OTHER
    assert len(shop.written) == 1


# Adding -------------------------------------------------------------------------------------------------------------


async def test_a_member_is_added_at_the_location_with_the_changes_key(shop: Shop) -> None:
    order, key = shop.adding(), "0" * 32 + ":do"
    await shop.backend.apply(order, key)
    assert await shop.backend.confirm(order) is True
    sent = {
        "given_name": "Bea",
        "family_name": "贝",
        "reference_id": "07",
        "status": "ACTIVE",
        "assigned_locations": {"assignment_type": "EXPLICIT_LOCATIONS", "location_ids": [shop.front]},
    }
    assert shop.made == [{"idempotency_key": key, "team_member": sent}]


async def test_a_longer_key_is_one_that_square_takes(shop: Shop) -> None:
    await shop.backend.apply(shop.adding(), "k" * 80)
    assert len(shop.made[0]["idempotency_key"]) == 45


async def test_who_is_not_listed_yet_is_not_added_twice(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await shop.backend.apply(shop.adding(), "key")
    monkeypatch.setattr(shop.square, "_search", lambda **_: {"team_members": []})
    await shop.backend.apply(shop.adding(), "key")
    assert len(shop.made) == 2, "asked for again"
    assert [each["reference_id"] for each in shop.square.members.values()].count("07") == 1


async def test_a_number_is_taken_wherever_it_is(shop: Shop) -> None:
    shop.square.employ("07", "Else", "Where", [shop.back], status="INACTIVE")
    assert await shop.refusal(shop.adding()) is Refusal.DUPLICATE_NUMBER
    assert shop.made == []


async def test_what_cannot_be_given_is_refused(shop: Shop) -> None:
    assert await shop.refusal(shop.adding(role=Role.MANAGER)) is Refusal.UNSUPPORTED
    assert await shop.refusal(shop.adding("1" * 41)) is Refusal.NUMBER_INVALID
    assert await shop.refusal(shop.adding("")) is Refusal.NUMBER_INVALID
    assert shop.made == []


# Adding a shop ------------------------------------------------------------------------------------------------------


def options(shop: Shop, **given: str) -> dict[str, str]:
    return {"url": shop.square.url, "token": TOKEN, **given}


async def test_a_shop_is_prepared_where_nothing_is_missing(shop: Shop) -> None:
    await prepare("square", options(shop))
    assert await check("square", options(shop)) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"token": "wrong"}, "does not take this token .401."),
        ({"token": ""}, "square needs token"),
        ({"urll": "x"}, "no option 'urll'"),
        ({"url": "http://square.example.com"}, "https"),
    ],
)
async def test_what_is_wrong_is_said_when_the_shop_is_added(shop: Shop, given: dict[str, str], said: str) -> None:
    with pytest.raises(BadOption, match=said):
        await prepare("square", options(shop, **given))


async def test_a_token_that_may_too_little_is_refused(shop: Shop) -> None:
    shop.square.scopes = ("EMPLOYEES_READ", "MERCHANT_PROFILE_READ")
    with pytest.raises(BadOption, match="the token may not EMPLOYEES_WRITE"):
        await prepare("square", options(shop))


async def test_a_token_that_may_too_much_is_told(shop: Shop) -> None:
    shop.square.scopes = (*SCOPES, "PAYMENTS_WRITE")
    (finding,) = await check("square", options(shop))
    assert (finding.fault, finding.text) == (Fault.TOO_MUCH, "this token may also PAYMENTS_WRITE")


async def test_a_business_without_a_location_is_said(shop: Shop) -> None:
    shop.square.locations.clear()
    with pytest.raises(BadOption, match="no active location"):
        await prepare("square", options(shop))


def test_where_the_library_is_missing_it_is_said_how_to_get_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without(name: str, *args: Any) -> Any:
        if name == "square" or name.startswith("square."):
            raise ModuleNotFoundError("No module named 'square'", name="square")
        return imported(name, *args)

    monkeypatch.delitem(sys.modules, "pos.square.backend")
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BadOption, match=r"\(square\): python -m pip install .* requirements/square.txt"):
        open_backend("square", options(shop))
