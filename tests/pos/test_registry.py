"""Backends by the name and options a shop is added with, and the sample an embedded one comes with."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from changes.backend import Backend, NotReached
from changes.till import SUPERVISING, Role, Status, UserQuery
from pos.embedded.errors import Refused
from pos.embedded.sample import SAMPLE_NUMBER, seed
from pos.embedded.till import Till
from pos.registry import BadOption, kinds, open_backend, prepare
from tests.pos.bench import QUICK, Shop, reached


@asynccontextmanager
async def closed_after(backend: Backend) -> AsyncIterator[Backend]:
    try:
        yield backend
    finally:
        await backend.close()


async def test_a_prepared_shop_has_its_sample_and_keeps_it(tmp_path: Path) -> None:
    options = {"path": str(tmp_path / "new" / "till.db"), "timeout": "2.5"}
    await prepare("embedded", options)
    async with closed_after(open_backend("embedded", options)) as backend:
        terminals = await backend.terminals()
        users = (await backend.users(terminals[0].id, UserQuery())).users
        await prepare("embedded", options)
        assert len(terminals) == 3
        assert await backend.terminals() == terminals
        assert (await backend.users(terminals[0].id, UserQuery())).users == users


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("cloud", {"path": "x"}, "there is no backend 'cloud'; there is: embedded, "),
        ("embedded", {}, "embedded needs the option path"),
        ("embedded", {"path": " "}, "embedded needs the option path"),
        ("embedded", {"path": "a\0b"}, "embedded needs the option path"),
        ("embedded", {"path": "x", "pathh": "y"}, "embedded has no option 'pathh'; it has: path, timeout"),
        ("embedded", {"path": "x", "timeout": "soon"}, "timeout must be a number of seconds"),
        ("embedded", {"path": "x", "timeout": "0"}, "timeout must be a number of seconds"),
        ("embedded", {"path": "x", "timeout": "nan"}, "timeout must be a number of seconds"),
        ("embedded", {"path": "x", "timeout": "inf"}, "timeout must be a number of seconds"),
        ("embedded", {"path": "x", "timeout": ""}, "timeout must be a number of seconds"),
    ],
)
async def test_a_bad_option_is_said_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, options: dict[str, str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadOption, match=said):
        open_backend(kind, options)
    with pytest.raises(BadOption, match=said):
        await prepare(kind, options)
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240 an empty folder


def test_the_kinds_are_listed() -> None:
    assert {"embedded", "guided", "odoo", "scim", "square", "sumup", "tryton"} <= set(kinds())


async def test_a_file_that_cannot_be_a_till(tmp_path: Path) -> None:
    stranger = tmp_path / "notes.txt"
    stranger.write_text("not a database, though long enough to be looked at as one" * 20)
    for path in (tmp_path, stranger, stranger / "till.db"):
        with pytest.raises(BadOption, match="cannot be used"):
            await prepare("embedded", {"path": str(path)})
        async with closed_after(open_backend("embedded", {"path": str(path)})) as backend:
            with pytest.raises(NotReached):
                await backend.terminals()
    assert stranger.read_text().startswith("not a database")


async def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE diary (entry TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(BadOption, match="not a till's file"):
        await prepare("embedded", {"path": str(path)})
    assert path.read_bytes() == before


async def test_a_till_that_is_not_there_is_not_made_by_asking(tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    async with reached(path) as backend:
        with pytest.raises(NotReached):
            await backend.terminals()
        assert not path.exists()
        await prepare("embedded", {"path": str(path)})
        assert len(await backend.terminals()) == 3


async def test_the_sample(tmp_path: Path) -> None:
    async with Till(tmp_path / "till.db", hasher=QUICK) as till:
        made = await seed(till, pin="2468")
        assert await seed(till, pin="2468") == ()
        terminals = await till.terminals()
        supervising = []
        for terminal in terminals:
            here = [user for user in made if user.terminal_id == terminal.id]
            users = (await till.users(terminal.id, UserQuery(limit=100))).users
            assert [(user.number, user.name, user.role) for user in users] == [(u.number, u.name, u.role) for u in here]
            assert {user.status for user in users} == {Status.ACTIVE}
            assert sum(user.role is Role.CASHIER for user in users) >= 3
            supervising.append(sorted(user.role for user in users if user.role in SUPERVISING))
            for user in here:
                signed_in = await till.sign_in(terminal.id, user.number, user.pin)
                assert signed_in == await till.signed_in(terminal.id)
        both = [Role.MANAGER, Role.SUPERVISOR]
        assert supervising == [both, both, [Role.SUPERVISOR]]
    assert {user.pin for user in made if user.number == SAMPLE_NUMBER} == {"2468"}
    assert len({user.pin for user in made if user.number != SAMPLE_NUMBER}) > 1
    assert "pin=" not in repr(made)


async def test_two_who_seed_at_once_make_one_sample(tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    async with Till(path, hasher=QUICK) as one, Till(path, hasher=QUICK) as two:
        made = await asyncio.gather(seed(one), seed(two))
        assert sorted(map(bool, made)) == [False, True]
        assert len(await one.terminals()) == 3


async def test_a_sample_never_joins_terminals_that_are_there(shop: Shop) -> None:
    assert await seed(shop.till) == ()
    assert await shop.till.terminals() == (shop.terminal,)


async def test_a_sample_pin_of_the_wrong_form(tmp_path: Path) -> None:
    async with Till(tmp_path / "till.db", hasher=QUICK) as till:
        with pytest.raises(Refused, match="pin-short"):
            await seed(till, pin="12")
        assert await till.terminals() == ()
