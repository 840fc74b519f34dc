"""A change is applied once per key, against the version it was asked for, and can be read back."""

import asyncio
import sqlite3
from typing import Any

import pytest

from changes.backend import Backend, BackendRefused, ChangeKind, Refusal, Support
from changes.till import Permission, Role, Status
from pos.embedded.backend import EmbeddedBackend
from tests.pos.bench import FIRST_PIN, Shop, child, reached

EVERY_KIND: list[dict[str, Any]] = [
    {"kind": ChangeKind.RENAME, "name": "Ana Silva"},
    {"kind": ChangeKind.PIN, "secret": "135790"},
    {"kind": ChangeKind.ROLE, "role": Role.SUPERVISOR},
    {"kind": ChangeKind.FREEZE},
    {"kind": ChangeKind.PERMISSIONS, "permissions": frozenset({Permission.REPORT_VIEW})},
]


def applied_keys(shop: Shop) -> list[str]:
    connection = sqlite3.connect(shop.path)
    try:
        return [key for (key,) in connection.execute("SELECT key FROM applied ORDER BY key")]
    finally:
        connection.close()


def test_it_is_a_backend_that_does_everything_itself_but_share_users(backend: EmbeddedBackend) -> None:
    spoken: Backend = backend
    native = {kind for kind, how in spoken.capabilities.operations.items() if how is Support.NATIVE}
    assert native == set(ChangeKind) - {ChangeKind.ASSIGN}
    assert not spoken.capabilities.offers(ChangeKind.ASSIGN)


@pytest.mark.parametrize("given", EVERY_KIND, ids=lambda given: given["kind"])
async def test_a_change_is_read_back(backend: EmbeddedBackend, shop: Shop, given: dict[str, Any]) -> None:
    order = shop.order(**given)
    assert await backend.confirm(order) is False
    await backend.apply(order, "key")
    assert await backend.confirm(order) is True
    user = await backend.user(shop.terminal.id, shop.cashier.id)
    assert user.version == "2"
    assert user.name == given.get("name", shop.cashier.name)
    assert user.role == given.get("role", Role.CASHIER)
    assert user.status is (Status.FROZEN if given["kind"] is ChangeKind.FREEZE else Status.ACTIVE)
    assert await shop.till.has_pin(shop.terminal.id, user.id, given.get("secret", FIRST_PIN))


async def test_unfreezing(backend: EmbeddedBackend, shop: Shop) -> None:
    await backend.apply(shop.order(kind=ChangeKind.FREEZE), "1")
    order = shop.order(kind=ChangeKind.UNFREEZE, expected_version="2")
    assert await backend.confirm(order) is False
    await backend.apply(order, "2")
    assert await backend.confirm(order) is True
    assert (await shop.now()).version == "3"


@pytest.mark.parametrize("given", EVERY_KIND, ids=lambda given: given["kind"])
async def test_a_repeat_applies_nothing_though_the_user_has_moved_on(
    backend: EmbeddedBackend, shop: Shop, given: dict[str, Any]
) -> None:
    order = shop.order(**given)
    await backend.apply(order, "key")
    await backend.apply(shop.rename("Later", expected_version="2"), "later")
    await backend.apply(order, "key")
    user = await shop.now()
    assert (user.name, user.version) == ("Later", "3")


@pytest.mark.parametrize(
    "other",
    [
        {"kind": ChangeKind.PIN, "secret": "135791"},
        {"kind": ChangeKind.PIN, "secret": "135790", "expected_version": "2"},
        {"kind": ChangeKind.ROLE, "role": Role.MANAGER},
        {"kind": ChangeKind.FREEZE},
    ],
)
async def test_a_key_belongs_to_its_order(backend: EmbeddedBackend, shop: Shop, other: dict[str, Any]) -> None:
    await backend.apply(shop.order(kind=ChangeKind.PIN, secret="135790"), "key")
    before = await shop.now()
    with pytest.raises(BackendRefused) as caught:
        await backend.apply(shop.order(**other), "key")
    assert (caught.value.reason, caught.value.detail) == (Refusal.OTHER, "key-taken")
    assert await shop.now() == before
    assert await shop.till.has_pin(shop.terminal.id, shop.cashier.id, "135790")


async def test_a_refused_order_leaves_its_key_free(backend: EmbeddedBackend, shop: Shop) -> None:
    with pytest.raises(BackendRefused):
        await backend.apply(shop.rename(expected_version="9"), "key")
    await backend.apply(shop.rename(), "key")
    assert (await shop.now()).name == "Ana Silva"


async def test_fifty_at_once_over_two_connections_are_one(shop: Shop) -> None:
    order = shop.rename()
    async with reached(shop.path, patience=60) as one, reached(shop.path, patience=60) as two:
        await asyncio.gather(*(backend.apply(order, "key") for backend in (one, two) for _ in range(25)))
    assert (await shop.now()).version == "2"
    assert applied_keys(shop) == ["key"]


async def test_fifty_at_once_from_two_processes_are_one(shop: Shop) -> None:
    processes = [await child("same", shop.path, "Ana Silva", "key", "25") for _ in range(2)]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    answers = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [out for out, _ in answers] == [b"applied\n", b"applied\n"]
    user = await shop.now()
    assert (user.name, user.version) == ("Ana Silva", "2")
    assert applied_keys(shop) == ["key"]


async def test_of_many_rivals_for_one_version_one_wins(shop: Shop) -> None:
    processes = [await child("rivals", shop.path, name, "20") for name in ("left", "right")]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    answers = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert sorted(int(out) for out, _ in answers) == [0, 1]
    assert (await shop.now()).version == "2"
    assert len(applied_keys(shop)) == 1


async def test_no_pin_is_in_the_file_nor_in_a_repr(backend: EmbeddedBackend, shop: Shop) -> None:
    order = shop.order(kind=ChangeKind.PIN, secret="75319024")
    await backend.apply(order, "key")
    files = b"".join(file.read_bytes() for file in shop.path.parent.iterdir())
    assert b"scrypt$" in files
    assert b"75319024" not in files
    assert "75319024" not in repr(order)
    assert shop.path.stat().st_mode & 0o077 == 0
