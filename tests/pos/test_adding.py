"""Users who are added, removed and given permissions: once per key, with the place and the number free again."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from changes.backend import BackendRefused, ChangeKind, Order, Refusal
from changes.till import Permission, Role, Status, UserQuery
from pos.embedded import rules
from pos.embedded.backend import EmbeddedBackend
from pos.embedded.till import Edit, NewUser, Till
from tests.pos.bench import FIRST_PIN, QUICK, Shop, furnish


def addition(shop: Shop, **given: Any) -> Order:
    new = {"number": "07", "name": "Bea", "role": Role.CASHIER, "secret": "480316"}
    whole: dict[str, Any] = new | given
    return Order(ChangeKind.ADD, shop.terminal.id, "", "", **whole)


def removal(shop: Shop, **given: Any) -> Order:
    return shop.order(kind=ChangeKind.REMOVE, **given)


async def numbers(shop: Shop) -> list[str]:
    return [user.number for user in (await shop.till.users(shop.terminal.id, UserQuery(limit=200))).users]


async def refused(backend: EmbeddedBackend, order: Order, key: str = "refused") -> Refusal:
    with pytest.raises(BackendRefused) as caught:
        await backend.apply(order, key)
    return caught.value.reason


async def test_who_is_added_can_sign_in_and_is_no_twice(backend: EmbeddedBackend, shop: Shop) -> None:
    order = addition(shop)
    assert await backend.confirm(order) is False
    for _ in range(2):
        await backend.apply(order, "key")
    assert await backend.confirm(order) is True
    assert await numbers(shop) == ["01", "07", "91"]
    added = await shop.till.sign_in(shop.terminal.id, "07", "480316")
    assert (added.name, added.role, added.status) == ("Bea", Role.CASHIER, Status.ACTIVE)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "other", [{"name": "Ana"}, {"role": Role.MANAGER}, {"secret": "480317"}, {"number": "08"}], ids=str
)
async def test_only_the_very_user_is_confirmed_and_meant_by_the_key(
    backend: EmbeddedBackend, shop: Shop, other: dict[str, Any]
) -> None:
    await backend.apply(addition(shop), "key")
    assert await backend.confirm(addition(shop, **other)) is False
    assert await refused(backend, addition(shop, **other), "key") is Refusal.OTHER
    assert await numbers(shop) == ["01", "07", "91"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"number": "01"}, Refusal.DUPLICATE_NUMBER),
        ({"number": "0 1"}, Refusal.NUMBER_INVALID),
        ({"name": "\n"}, Refusal.NAME_INVALID),
        ({"secret": "12"}, Refusal.SECRET_SHORT),
    ],
)
async def test_who_cannot_be_added(
    backend: EmbeddedBackend, shop: Shop, given: dict[str, Any], reason: Refusal
) -> None:
    assert await refused(backend, addition(shop, **given)) is reason
    assert await numbers(shop) == ["01", "91"]


async def test_a_full_terminal_takes_nobody_until_somebody_is_removed(backend: EmbeddedBackend, shop: Shop) -> None:
    for number in range(100, 100 + rules.USERS_MOST - 2):
        await shop.till.add_user(shop.terminal.id, NewUser(str(number), "Bea", Role.CASHIER, FIRST_PIN))
    assert await refused(backend, addition(shop)) is Refusal.FULL
    await backend.apply(removal(shop), "out")
    await backend.apply(addition(shop), "in")
    assert len(await numbers(shop)) == rules.USERS_MOST


async def test_who_is_removed_is_gone_and_the_number_is_free(backend: EmbeddedBackend, shop: Shop) -> None:
    order = removal(shop)
    assert await backend.confirm(order) is False
    await backend.apply(order, "out")
    assert await backend.confirm(order) is True
    await backend.apply(addition(shop, number="01"), "in")
    await backend.apply(order, "out")
    assert await numbers(shop) == ["01", "91"]
    assert await backend.confirm(order) is True
    again = await shop.till.by_number(shop.terminal.id, "01")
    assert again is not None
    assert again.id != shop.cashier.id
    assert await refused(backend, removal(shop), "other") is Refusal.USER_GONE


async def test_who_is_signed_in_is_removed_only_by_force(backend: EmbeddedBackend, shop: Shop) -> None:
    await shop.till.sign_in(shop.terminal.id, "01", FIRST_PIN)
    assert await refused(backend, removal(shop)) is Refusal.SIGNED_IN
    await backend.apply(removal(shop, force=True), "key")
    assert await shop.till.signed_in(shop.terminal.id) is None
    assert await numbers(shop) == ["91"]


async def test_who_was_changed_meanwhile_is_not_removed(backend: EmbeddedBackend, shop: Shop) -> None:
    await backend.apply(shop.rename(), "name")
    assert await refused(backend, removal(shop)) is Refusal.STALE_VERSION
    assert await numbers(shop) == ["01", "91"]


async def test_permissions_are_the_roles_until_a_user_has_their_own(shop: Shop) -> None:
    assert shop.cashier.permissions == rules.PERMISSIONS[Role.CASHIER]
    terminal_id, user_id = shop.terminal.id, shop.cashier.id
    await shop.till.change(terminal_id, user_id, Edit(role=Role.MANAGER), version="1", key="role")
    assert (await shop.now()).permissions == frozenset(Permission)
    own = Edit(permissions=frozenset({Permission.REPORT_VIEW}))
    await shop.till.change(terminal_id, user_id, own, version="2", key="own")
    await shop.till.change(terminal_id, user_id, Edit(role=Role.CASHIER), version="3", key="back")
    assert (await shop.now()).permissions == own.permissions
    await shop.till.change(terminal_id, user_id, Edit(permissions=frozenset()), version="4", key="none")
    assert (await shop.now()).permissions == frozenset()


async def test_a_file_from_before_permissions_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    async with Till(path, hasher=QUICK) as till:
        shop = await furnish(till, path)
    file = sqlite3.connect(path)
    file.execute("ALTER TABLE user DROP COLUMN permissions")
    file.execute("PRAGMA user_version = 2")
    file.commit()
    file.close()
    async with Till(path, create=False, hasher=QUICK) as till:
        user = await till.user(shop.terminal.id, shop.manager.id)
    assert user == shop.manager
    assert user.permissions == frozenset(Permission)
