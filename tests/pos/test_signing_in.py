"""Who gets in at a terminal, and what a change does to who is in."""

import asyncio

import pytest

from changes.backend import ChangeKind
from changes.till import Role, Status
from pos.embedded import hashing, people
from pos.embedded.backend import EmbeddedBackend
from pos.embedded.errors import Refused
from pos.embedded.hashing import PinHasher
from pos.embedded.till import Denied, Edit, NewUser, Till
from tests.pos.bench import FIRST_PIN, QUICK, Shop


async def test_the_right_pin_and_out_again(shop: Shop) -> None:
    assert await shop.till.signed_in(shop.terminal.id) is None
    user = await shop.till.sign_in(shop.terminal.id, "01", FIRST_PIN)
    assert isinstance(user, type(shop.cashier))
    assert (user.id, user.signed_in) == (shop.cashier.id, True)
    assert await shop.till.signed_in(shop.terminal.id) == user == await shop.now()
    await shop.till.sign_out(shop.terminal.id)
    await shop.till.sign_out(shop.terminal.id)
    assert await shop.till.signed_in(shop.terminal.id) is None
    assert (await shop.now()).signed_in is False


@pytest.mark.parametrize(
    ("number", "pin"),
    [
        ("01", "246803"),
        ("01", ""),
        ("01", "2468020"),
        ("01", "２４６８０２"),
        ("01", "\ud800"),
        ("77", FIRST_PIN),
        ("1", FIRST_PIN),
        ("", FIRST_PIN),
        ("\ud800", FIRST_PIN),
        ("0%", FIRST_PIN),
    ],
    ids=ascii,
)
async def test_a_wrong_pin_and_an_unknown_number_are_answered_alike(shop: Shop, number: str, pin: str) -> None:
    assert await shop.till.sign_in(shop.terminal.id, number, pin) is Denied.WRONG
    assert await shop.till.signed_in(shop.terminal.id) is None


async def test_an_unknown_number_takes_the_same_work(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    work = []
    digest = hashing._digest

    def counted(pin: str, salt: bytes, cost: int, lanes: int) -> bytes:
        work.append((cost, lanes))
        return digest(pin, salt, cost, lanes)

    monkeypatch.setattr(hashing, "_digest", counted)
    await shop.till.sign_in(shop.terminal.id, "01", "0000")
    await shop.till.sign_in(shop.terminal.id, "77", "0000")
    assert work == [(QUICK.cost, QUICK.lanes)] * 2


async def test_only_the_right_pin_learns_of_a_freeze(shop: Shop) -> None:
    await shop.till.change(shop.terminal.id, shop.cashier.id, Edit(status=Status.FROZEN), version="1", key="key")
    assert await shop.till.sign_in(shop.terminal.id, "01", "0000") is Denied.WRONG
    assert await shop.till.sign_in(shop.terminal.id, "01", FIRST_PIN) is Denied.FROZEN
    assert await shop.till.signed_in(shop.terminal.id) is None


async def test_there_is_one_at_a_terminal_at_most(shop: Shop) -> None:
    await shop.till.sign_in(shop.terminal.id, "01", FIRST_PIN)
    await shop.till.sign_in(shop.terminal.id, "91", FIRST_PIN)
    signed_in = await shop.till.signed_in(shop.terminal.id)
    assert signed_in is not None
    assert signed_in.id == shop.manager.id
    assert (await shop.now()).signed_in is False


async def test_terminals_are_apart(shop: Shop) -> None:
    bar = await shop.till.add_terminal("Bar")
    await shop.till.add_user(bar.id, NewUser("02", "Ana", Role.CASHIER, FIRST_PIN))
    await shop.till.sign_in(shop.terminal.id, "01", FIRST_PIN)
    assert await shop.till.sign_in(bar.id, "01", FIRST_PIN) is Denied.WRONG
    await shop.till.sign_in(bar.id, "02", FIRST_PIN)
    await shop.till.sign_out(bar.id)
    assert await shop.till.signed_in(shop.terminal.id) is not None
    for call in (shop.till.signed_in("x"), shop.till.sign_out("x"), shop.till.sign_in("x", "01", FIRST_PIN)):
        with pytest.raises(Refused, match="terminal-gone"):
            await call


async def test_a_new_pin_works_at_once_and_ends_no_session(backend: EmbeddedBackend, shop: Shop) -> None:
    await shop.till.sign_in(shop.terminal.id, "01", FIRST_PIN)
    await backend.apply(shop.order(kind=ChangeKind.PIN, secret="1357"), "pin")
    await backend.apply(shop.order(kind=ChangeKind.ROLE, role=Role.MANAGER, expected_version="2"), "role")
    signed_in = await shop.till.signed_in(shop.terminal.id)
    assert signed_in is not None
    assert (signed_in.id, signed_in.role) == (shop.cashier.id, Role.MANAGER)
    await shop.till.sign_out(shop.terminal.id)
    assert await shop.till.sign_in(shop.terminal.id, "01", FIRST_PIN) is Denied.WRONG
    assert isinstance(await shop.till.sign_in(shop.terminal.id, "01", "1357"), type(shop.cashier))


async def test_a_forced_freeze_puts_the_user_out(backend: EmbeddedBackend, shop: Shop) -> None:
    await shop.till.sign_in(shop.terminal.id, "01", FIRST_PIN)
    await backend.apply(shop.order(kind=ChangeKind.FREEZE, force=True), "key")
    assert await shop.till.signed_in(shop.terminal.id) is None
    assert await shop.till.sign_in(shop.terminal.id, "01", FIRST_PIN) is Denied.FROZEN


async def test_freezing_one_leaves_the_session_of_another(backend: EmbeddedBackend, shop: Shop) -> None:
    await shop.till.sign_in(shop.terminal.id, "91", FIRST_PIN)
    await backend.apply(shop.order(kind=ChangeKind.FREEZE, force=True), "key")
    signed_in = await shop.till.signed_in(shop.terminal.id)
    assert signed_in is not None
    assert signed_in.id == shop.manager.id


@pytest.mark.parametrize(
    ("edit", "answer"),
    [(Edit(pin="1357"), Denied.WRONG), (Edit(status=Status.FROZEN), Denied.FROZEN)],
    ids=["pin", "freeze"],
)
async def test_a_change_while_the_pin_is_being_checked(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, edit: Edit, answer: Denied
) -> None:
    # The sign-in has read the user and checks the PIN; only then the change comes, and must be seen.
    asked, changed = asyncio.Event(), asyncio.Event()
    by_number = people.by_number

    async def held(source: people.Source, terminal_id: str, number: str) -> people.Known | None:
        found = await by_number(source, terminal_id, number)
        asked.set()
        await changed.wait()
        return found

    monkeypatch.setattr(people, "by_number", held)
    signing_in = asyncio.create_task(shop.till.sign_in(shop.terminal.id, "01", FIRST_PIN))
    await asked.wait()
    async with Till(shop.path, hasher=QUICK) as other:
        await other.change(shop.terminal.id, shop.cashier.id, edit, version="1", key="key")
    changed.set()
    assert await signing_in is answer
    assert await shop.till.signed_in(shop.terminal.id) is None


async def test_a_hash_is_salted_and_carries_its_cost() -> None:
    hasher = PinHasher()
    first, second = await hasher.hash("1234"), await hasher.hash("1234")
    assert first != second
    assert first.startswith("scrypt$16384$5$")
    assert await hashing.matches("1234", first)
    assert not await hashing.matches("1235", first)
    assert not await hashing.matches("1234", hasher.decoy())
    assert await hashing.matches("1234", await QUICK.hash("1234"))
