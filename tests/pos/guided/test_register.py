"""The register of a shop whose terminals nobody reaches: options, numbers, and what happens to its file."""

import sqlite3
from pathlib import Path

import pytest

from changes.backend import BackendRefused, ChangeKind, NotReached, Order, Refusal
from changes.till import Role, TerminalUser, UserQuery
from pos.guided.backend import GuidedBackend
from pos.registry import BadOption, open_backend, prepare


def options(path: Path, /, **more: str) -> dict[str, str]:
    return {"brand": "lakala", "path": str(path), "terminals": "Front 前台, Back"} | more


async def prepared(path: Path, **more: str) -> GuidedBackend:
    await prepare("guided", options(path, **more))
    backend = open_backend("guided", options(path, **more))
    assert isinstance(backend, GuidedBackend)
    return backend


async def one(folder: Path) -> tuple[GuidedBackend, TerminalUser]:
    """A register of one terminal and one user."""
    backend = await prepared(folder / "register.db", terminals="Front", users="01:陈晓雨")
    (terminal,) = await backend.terminals()
    return backend, (await backend.users(terminal.id, UserQuery())).users[0]


def order(user: TerminalUser, kind: ChangeKind, **given: str) -> Order:
    is_new = kind is ChangeKind.ADD
    return Order(kind, user.terminal_id, "" if is_new else user.id, "" if is_new else user.version, **given)  # type: ignore[arg-type]


async def test_the_owner_lists_who_is_there_and_preparing_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new" / "register.db"
    users = "Front 前台/01:陈晓雨, Front 前台/02:Ana:supervisor, Back/01:李 Lei"
    backend = await prepared(path, users=users)
    front, back = await backend.terminals()
    assert [front.name, back.name] == ["Front 前台", "Back"]
    found = (await backend.users(front.id, UserQuery())).users
    assert [(user.number, user.name, user.role) for user in found] == [
        ("01", "陈晓雨", Role.CASHIER),
        ("02", "Ana", Role.SUPERVISOR),
    ]
    assert [user.name for user in (await backend.users(back.id, UserQuery())).users] == ["李 Lei"]
    await prepare("guided", options(path, terminals="Elsewhere", users=""))
    assert await backend.terminals() == (front, back)
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"brand": "visa"}, "there is no brand 'visa'; there is: bankcomm, chinaums"),
        ({"brand": ""}, "there is no brand"),
        ({"path": ""}, "needs the option path"),
        ({"pin": "1"}, "has no option 'pin'"),
        ({"terminals": " , "}, "needs the option terminals"),
        ({"terminals": "A,A"}, "each once"),
        ({"terminals": "A/B"}, "no slash"),
        ({"users": "01:Chen"}, "one of the terminals and a slash"),
        ({"users": "Side/01:Chen"}, "one of the terminals"),
        ({"users": "Back/00:Boss"}, "protected"),
        ({"users": "Back/88:Boss"}, "protected"),
        ({"users": "Back/99:Boss"}, "protected"),
        ({"users": "Back/1:Chen"}, "number-invalid"),
        ({"users": "Back/٠١:Chen"}, "number-invalid"),
        ({"users": "Back/01:"}, "name-invalid"),
        ({"users": "Back/01:Chen:boss"}, "NUMBER:NAME:ROLE"),
        ({"users": "Back/01:Chen,Back/01:Ana"}, "01 is there twice"),
    ],
)
async def test_a_bad_option_is_said_plainly_and_leaves_no_file(
    tmp_path: Path, wrong: dict[str, str], said: str
) -> None:
    with pytest.raises(BadOption, match=said):
        await prepare("guided", options(tmp_path / "register.db", **wrong))
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240 an empty folder


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("00", Refusal.PROTECTED),
        ("88", Refusal.PROTECTED),
        ("99", Refusal.PROTECTED),
        ("1", Refusal.NUMBER_INVALID),
        ("001", Refusal.NUMBER_INVALID),
        ("0a", Refusal.NUMBER_INVALID),
        ("", Refusal.NUMBER_INVALID),
        ("01", Refusal.DUPLICATE_NUMBER),
    ],
)
async def test_a_number_that_cannot_be_is_refused(tmp_path: Path, number: str, reason: Refusal) -> None:
    backend, chen = await one(tmp_path)
    with pytest.raises(BackendRefused) as no:
        await backend.apply(order(chen, ChangeKind.ADD, number=number, name="New"), "key")
    assert no.value.reason is reason
    assert (await backend.users(chen.terminal_id, UserQuery())).users == (chen,)


async def test_somebody_is_added_once_and_another_person_of_that_number_is_another_user(tmp_path: Path) -> None:
    backend, chen = await one(tmp_path)
    add = order(chen, ChangeKind.ADD, number="07", name="Bea")
    assert await backend.confirm(add) is False
    await backend.apply(add, "add")
    await backend.apply(add, "add")
    assert await backend.confirm(add) is True
    first = (await backend.users(chen.terminal_id, UserQuery(search="07"))).users[0]
    remove = order(first, ChangeKind.REMOVE)
    await backend.apply(remove, "remove")
    await backend.apply(remove, "remove")
    assert await backend.confirm(remove) is True
    await backend.apply(order(chen, ChangeKind.ADD, number="07", name="Cy"), "again")
    second = (await backend.users(chen.terminal_id, UserQuery(search="07"))).users[0]
    assert second.id != first.id
    assert (await backend.users(chen.terminal_id, UserQuery())).total == 2


async def test_of_a_password_only_that_it_changed_is_noted(tmp_path: Path) -> None:
    backend, chen = await one(tmp_path)
    changed = order(chen, ChangeKind.PIN)
    await backend.apply(changed, "pin")
    assert await backend.confirm(changed) is None
    now = await backend.user(chen.terminal_id, chen.id)
    assert now.version != chen.version
    with pytest.raises(BackendRefused, match="password"):
        await backend.apply(order(now, ChangeKind.PIN, secret="4071"), "told")
    assert b"4071" not in (tmp_path / "register.db").read_bytes()


@pytest.mark.parametrize("name", ["", "  ", "a" * 41, "a\nb", "a\u202eb", "\x00"])
async def test_a_name_that_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    backend, chen = await one(tmp_path)
    with pytest.raises(BackendRefused) as no:
        await backend.apply(order(chen, ChangeKind.RENAME, name=name), "rename")
    assert no.value.reason is Refusal.NAME_INVALID


async def test_a_register_that_is_not_there_is_not_reached(tmp_path: Path) -> None:
    backend, chen = await one(tmp_path)
    path = tmp_path / "register.db"
    path.unlink()
    for asked in (backend.terminals(), backend.apply(order(chen, ChangeKind.FREEZE), "freeze")):
        with pytest.raises(NotReached):
            await asked
    assert not path.exists()


async def test_a_file_that_is_no_register_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE mine (id)")
    other.close()
    with pytest.raises(BadOption, match="cannot be used"):
        await prepare("guided", options(path))
    with pytest.raises(NotReached, match="no register"):
        await open_backend("guided", options(path)).terminals()


async def test_a_locked_register_is_not_reached_and_nothing_is_noted(tmp_path: Path) -> None:
    backend, chen = await one(tmp_path)
    backend._register._wait = 0.1
    holder = sqlite3.connect(tmp_path / "register.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(NotReached):
        await backend.apply(order(chen, ChangeKind.FREEZE), "freeze")
    holder.close()
    assert await backend.user(chen.terminal_id, chen.id) == chen
