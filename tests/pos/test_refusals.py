"""What the till refuses, heard through the backend; nothing is changed by any of it."""

import sqlite3
from typing import Any

import pytest

from changes.backend import BackendRefused, ChangeKind, Refusal
from changes.till import Role, Status, UserQuery
from pos.embedded.backend import EmbeddedBackend
from pos.embedded.errors import Reason, Refused
from pos.embedded.till import Edit, NewTerminal, NewUser
from tests.pos.bench import FIRST_PIN, Shop


async def refused(backend: EmbeddedBackend, shop: Shop, **given: Any) -> Refusal:
    """Why the order was refused, after a look that it changed nothing and used up no key."""
    before = await shop.now()
    with pytest.raises(BackendRefused) as caught:
        await backend.apply(shop.order(**given), "key")
    assert await shop.now() == before
    with sqlite3.connect(shop.path) as connection:
        assert connection.execute("SELECT count(*) FROM applied").fetchone() == (0,)
    connection.close()
    return caught.value.reason


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        ("", Refusal.SECRET_SHORT),
        ("123", Refusal.SECRET_SHORT),
        ("123456789", Refusal.SECRET_LONG),
        ("12a4", Refusal.SECRET_NOT_DIGITS),
        (" 1234", Refusal.SECRET_NOT_DIGITS),
        ("1234\n", Refusal.SECRET_NOT_DIGITS),
        ("１２３４", Refusal.SECRET_NOT_DIGITS),
        ("١٢٣٤", Refusal.SECRET_NOT_DIGITS),
        ("12²4", Refusal.SECRET_NOT_DIGITS),
    ],
)
async def test_a_pin_of_the_wrong_form(backend: EmbeddedBackend, shop: Shop, pin: str, reason: Refusal) -> None:
    assert await refused(backend, shop, kind=ChangeKind.PIN, secret=pin) is reason
    assert await shop.till.has_pin(shop.terminal.id, shop.cashier.id, FIRST_PIN)


@pytest.mark.parametrize("pin", ["1234", "12345678"])
async def test_a_pin_at_its_bounds_is_taken(backend: EmbeddedBackend, shop: Shop, pin: str) -> None:
    await backend.apply(shop.order(kind=ChangeKind.PIN, secret=pin), "key")
    assert await shop.till.has_pin(shop.terminal.id, shop.cashier.id, pin)


@pytest.mark.parametrize(
    "name",
    ["", "   ", "\u200b\u200d", "x" * 41, "店" * 300, "a\nb", "a\tb", "a\0b", "a\x7fb", "a\u2028b", "a\ud800b"],
    ids=ascii,
)
async def test_a_name_of_the_wrong_form(backend: EmbeddedBackend, shop: Shop, name: str) -> None:
    assert await refused(backend, shop, kind=ChangeKind.RENAME, name=name) is Refusal.NAME_INVALID


@pytest.mark.parametrize("name", ["x", "店" * 40, "Robert'); DROP TABLE user;--", "<b>Zoë</b> 100% _ \\", "👩‍🍳"])
async def test_any_other_name_is_taken_as_it_is(backend: EmbeddedBackend, shop: Shop, name: str) -> None:
    await backend.apply(shop.rename(name), "key")
    assert (await shop.now()).name == name


@pytest.mark.parametrize("unknown", ["", "nobody", "\ud800", "' OR 1=1 --"], ids=ascii)
async def test_who_and_what_is_unknown(backend: EmbeddedBackend, shop: Shop, unknown: str) -> None:
    rename: dict[str, Any] = {"kind": ChangeKind.RENAME, "name": "Ana"}
    assert await refused(backend, shop, user_id=unknown, **rename) is Refusal.USER_GONE
    assert await refused(backend, shop, terminal_id=unknown, **rename) is Refusal.TERMINAL_GONE
    with pytest.raises(BackendRefused, match="user-gone"):
        await backend.user(shop.terminal.id, unknown)
    with pytest.raises(BackendRefused, match="user-gone"):
        await backend.confirm(shop.rename(user_id=unknown))
    with pytest.raises(BackendRefused, match="terminal-gone"):
        await backend.users(unknown, UserQuery())


async def test_a_user_of_another_terminal_is_unknown_here(backend: EmbeddedBackend, shop: Shop) -> None:
    other = await shop.till.add_terminal("Bar")
    with pytest.raises(BackendRefused, match="user-gone"):
        await backend.apply(shop.rename(terminal_id=other.id), "key")
    assert (await backend.users(other.id, UserQuery())).total == 0


@pytest.mark.parametrize("version", ["", "0", "2", "01", "1 ", "１", "x"])
async def test_any_version_but_the_users(backend: EmbeddedBackend, shop: Shop, version: str) -> None:
    given: dict[str, Any] = {"kind": ChangeKind.ROLE, "role": Role.MANAGER, "expected_version": version}
    assert await refused(backend, shop, **given) is Refusal.STALE_VERSION


async def test_freezing_who_is_signed_in(backend: EmbeddedBackend, shop: Shop) -> None:
    await shop.till.sign_in(shop.terminal.id, "01", FIRST_PIN)
    assert await refused(backend, shop, kind=ChangeKind.FREEZE) is Refusal.SIGNED_IN
    signed_in = await shop.till.signed_in(shop.terminal.id)
    assert signed_in is not None
    assert signed_in.id == shop.cashier.id


@pytest.mark.parametrize(
    "given",
    [
        {"kind": ChangeKind.RENAME},
        {"kind": ChangeKind.PIN, "name": "Ana"},
        {"kind": ChangeKind.PIN, "secret": "1234", "name": "Ana"},
        {"kind": ChangeKind.FREEZE, "role": Role.MANAGER},
        {"kind": ChangeKind.UNFREEZE, "force": True},
        {"kind": ChangeKind.RENAME, "name": "Ana", "force": True},
        {"kind": ChangeKind.ADD, "number": "02", "name": "Ana", "role": Role.CASHIER},
        {"kind": ChangeKind.REMOVE, "name": "Ana"},
        {"kind": ChangeKind.PERMISSIONS},
    ],
)
async def test_an_order_with_other_fields_than_its_kinds(
    backend: EmbeddedBackend, shop: Shop, given: dict[str, Any]
) -> None:
    assert await refused(backend, shop, **given) is Refusal.OTHER


@pytest.mark.parametrize("key", ["", "k" * 201, "a\nb", "键"])
async def test_a_key_that_cannot_be_kept(backend: EmbeddedBackend, shop: Shop, key: str) -> None:
    with pytest.raises(BackendRefused, match="key-invalid"):
        await backend.apply(shop.rename(), key)
    assert await shop.now() == shop.cashier


async def test_an_edit_of_nothing(shop: Shop) -> None:
    with pytest.raises(Refused, match="nothing-to-change"):
        await shop.till.change(shop.terminal.id, shop.cashier.id, Edit(), version="1", key="key")


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (NewUser("01", "Ana", Role.CASHIER, "1234"), Reason.NUMBER_TAKEN),
        (NewUser("", "Ana", Role.CASHIER, "1234"), Reason.NUMBER_INVALID),
        (NewUser("0a", "Ana", Role.CASHIER, "1234"), Reason.NUMBER_INVALID),
        (NewUser("٠١", "Ana", Role.CASHIER, "1234"), Reason.NUMBER_INVALID),
        (NewUser("123456789", "Ana", Role.CASHIER, "1234"), Reason.NUMBER_INVALID),
        (NewUser("02", " ", Role.CASHIER, "1234"), Reason.NAME_INVALID),
        (NewUser("02", "Ana", Role.CASHIER, "123"), Reason.PIN_SHORT),
    ],
)
async def test_a_user_who_cannot_be_added(shop: Shop, new: NewUser, reason: Reason) -> None:
    with pytest.raises(Refused) as caught:
        await shop.till.add_user(shop.terminal.id, new)
    assert caught.value.reason is reason
    assert (await shop.till.users(shop.terminal.id, UserQuery())).total == 2


async def test_adding_where_there_is_no_place(shop: Shop) -> None:
    with pytest.raises(Refused, match="terminal-gone"):
        await shop.till.add_user("nowhere", NewUser("01", "Ana", Role.CASHIER, "1234"))
    with pytest.raises(Refused, match="name-invalid"):
        await shop.till.add_terminal("Bar\n")
    assert await shop.till.furnish([NewTerminal("Second")]) == ()
    assert await shop.till.terminals() == (shop.terminal,)


async def test_a_number_is_free_at_another_terminal(shop: Shop) -> None:
    other = await shop.till.add_terminal("Bar")
    added = await shop.till.add_user(other.id, NewUser("01", "Ana", Role.CASHIER, "1234", Status.FROZEN))
    assert (added.terminal_id, added.number, added.status, added.version) == (other.id, "01", Status.FROZEN, "1")
