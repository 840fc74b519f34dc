"""What is Tryton's own, on a real server."""

import asyncio
import base64
import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from changes.backend import AnswerLost, BackendRefused, ChangeKind, Order, Refusal
from changes.till import Role, Status, TerminalUser, UserQuery
from pos.tryton.backend import TERMINAL_ID, TrytonBackend
from pos.tryton.rpc import Account
from tests.pos.between import Between, Spoiled
from tests.pos.trap import closes, serving
from tests.pos.tryton.server import Server, Shop, new_password

pytestmark = pytest.mark.tryton


def order(user: TerminalUser, kind: ChangeKind, **given: Any) -> Order:
    return Order(kind, TERMINAL_ID, user.id, user.version, **given)


def addition(number: str, name: str = "Bea 贝", secret: str | None = None) -> Order:
    secret = secret or new_password()
    return Order(ChangeKind.ADD, TERMINAL_ID, "", "", number=number, name=name, role=Role.CASHIER, secret=secret)


async def refused(backend: TrytonBackend, asked: Order) -> Refusal:
    with pytest.raises(BackendRefused) as no:
        await backend.apply(asked, "key")
    assert asked.secret is None or asked.secret not in f"{no.value} {no.value!r}"
    return no.value.reason


async def chen(shop: Shop, backend: TrytonBackend, number: str = "01", **more: Any) -> TerminalUser:
    return await backend.user(TERMINAL_ID, await shop.add(number, "Chen", Role.CASHIER, **more))


# Who is shown -------------------------------------------------------------------------------------------------------


async def test_who_has_none_of_the_roles_is_neither_shown_nor_changed(shop: Shop, backend: TrytonBackend) -> None:
    clerk = await shop.add("office", "Clerk", None)
    await shop.add("01", "Chen", Role.CASHIER)
    assert [user.number for user in (await backend.users(TERMINAL_ID, UserQuery())).users] == ["01"]
    with pytest.raises(BackendRefused) as no:
        await backend.user(TERMINAL_ID, clerk)
    assert no.value.reason is Refusal.USER_GONE
    asked = Order(ChangeKind.RENAME, TERMINAL_ID, clerk, "", name="Ana")
    assert await refused(backend, asked) is Refusal.USER_GONE
    assert (await shop.get(clerk, "name"))["name"] == "Clerk"


async def test_administrators_and_the_bots_own_account_are_neither_shown_nor_changed(
    server: Server, shop: Shop
) -> None:
    """Even where they hold a role of the till, and whatever the account there could do."""
    chief = await shop.add("chief", "Chief", Role.MANAGER)
    await shop.write(chief, administrator=True)
    backend = shop.backend(account=server.admin)
    try:
        assert (await backend.users(TERMINAL_ID, UserQuery())).total == 0
        own = str(await shop.rpc.user_id())
        for user_id in (chief, own, "0"):
            asked = Order(ChangeKind.FREEZE, TERMINAL_ID, user_id, "")
            assert await refused(backend, asked) is Refusal.USER_GONE
        assert (await shop.get(chief, "active"))["active"]
    finally:
        await backend.close()
        await shop.write(chief, administrator=False)


async def test_the_bots_account_is_not_shown_though_it_has_a_role(server: Server, shop: Shop) -> None:
    """Or an owner could freeze it, and no change would ever be made again."""
    backend = shop.backend()
    own = str(await backend._rpc.user_id())
    await shop.write(own, roles=[["create", [{"role": await shop.role_id(Role.CASHIER)}]]])
    try:
        assert (await backend.users(TERMINAL_ID, UserQuery())).total == 0
        assert await refused(backend, Order(ChangeKind.FREEZE, TERMINAL_ID, own, "")) is Refusal.USER_GONE
    finally:
        await backend.close()
        await shop.take_roles(own)
        (group,) = await shop.rpc.ask("model.res.group.search", [["name", "=", "tillkeeper"]], 0, None, None)
        await shop.write(own, groups=[["add", [group]]])


async def test_a_thousand_and_more_come_over_pages(shop: Shop, backend: TrytonBackend, monkeypatch: Any) -> None:
    role = await shop.role_id(Role.CASHIER)
    values = [
        {"login": f"{number:04d}", "name": f"Name {number}", "roles": [["create", [{"role": role}]]]}
        for number in range(25)
    ]
    await shop.rpc.order("model.res.user.create", values)
    monkeypatch.setattr("pos.tryton.backend.PAGE", 10)
    page = await backend.users(TERMINAL_ID, UserQuery(offset=21))
    assert page.total == 25
    assert [user.number for user in page.users] == ["0021", "0022", "0023", "0024"]


async def test_the_highest_of_several_roles_counts(shop: Shop, backend: TrytonBackend) -> None:
    user = await chen(shop, backend)
    await shop.write(user.id, roles=[["create", [{"role": await shop.role_id(Role.SUPERVISOR)}]]])
    both = await backend.user(TERMINAL_ID, user.id)
    assert both.role is Role.SUPERVISOR
    await backend.apply(order(both, ChangeKind.ROLE, role=Role.MANAGER), "key")
    assert (await backend.user(TERMINAL_ID, user.id)).role is Role.MANAGER
    assert len((await shop.get(user.id, "roles"))["roles"]) == 1


# What a change does beside ------------------------------------------------------------------------------------------


async def test_a_new_role_brings_its_groups_and_keeps_its_dates(shop: Shop, backend: TrytonBackend) -> None:
    until = {"__class__": "datetime", "year": 2199, "month": 1, "day": 2} | dict.fromkeys(
        ("hour", "minute", "second", "microsecond"), 0
    )
    cashier = await shop.role_id(Role.CASHIER)
    user_id = await shop.add("01", "Chen", None, roles=[["create", [{"role": cashier, "to_date": until}]]])
    user = await backend.user(TERMINAL_ID, user_id)
    await backend.apply(order(user, ChangeKind.ROLE, role=Role.MANAGER), "key")
    now = await shop.get(user_id, "groups", "roles.to_date")
    groups = await shop.rpc.ask("model.res.group.read", now["groups"], ["name"])
    assert [group["name"] for group in groups] == ["till manager"]
    assert [row["to_date"]["year"] for row in now["roles."]] == [2199]


async def test_a_change_leaves_what_it_does_not_name(shop: Shop, backend: TrytonBackend) -> None:
    more = {"email": "chen@example.com", "signature": "Evenings 夜班"}
    user = await chen(shop, backend, **more)
    for kind, given in (
        (ChangeKind.RENAME, {"name": "陈 🍵 مريم"}),
        (ChangeKind.ROLE, {"role": Role.SUPERVISOR}),
        (ChangeKind.PIN, {"secret": new_password()}),
        (ChangeKind.FREEZE, {}),
    ):
        user = await backend.user(TERMINAL_ID, user.id)
        await backend.apply(order(user, kind, **given), "key")
    now = await shop.get(user.id, "name", "active", *more)
    assert {name: now[name] for name in more} == more
    assert (now["name"], bool(now["active"])) == ("陈 🍵 مريم", False)


async def test_a_freeze_ends_the_session_and_bars_the_door(shop: Shop, backend: TrytonBackend) -> None:
    password = new_password()
    user = await chen(shop, backend, password=password)
    chens = shop.backend(account=Account("01", password))
    try:
        assert await chens._rpc.ask("model.res.user.get_preferences", True)
        await backend.apply(order(user, ChangeKind.FREEZE), "key")
        with pytest.raises(BackendRefused) as no:
            await chens._rpc.ask("model.res.user.get_preferences", True)
        assert no.value.reason is Refusal.ACCOUNT
    finally:
        await chens.close()


async def test_of_who_is_frozen_nothing_else_is_changed(shop: Shop, backend: TrytonBackend) -> None:
    """Tryton itself forbids it; that it is said before shows that the adapter knows."""
    user = await chen(shop, backend)
    await shop.write(user.id, active=False)
    user = await backend.user(TERMINAL_ID, user.id)
    for kind, given in (
        (ChangeKind.RENAME, {"name": "Ana"}),
        (ChangeKind.ROLE, {"role": Role.MANAGER}),
        (ChangeKind.PIN, {"secret": new_password()}),
    ):
        assert await refused(backend, order(user, kind, **given)) is Refusal.FROZEN
    with pytest.raises(BackendRefused) as no:
        await shop.write(user.id, name="Ana")
    assert no.value.reason is Refusal.FROZEN
    await backend.apply(order(user, ChangeKind.UNFREEZE), "key")
    assert (await backend.user(TERMINAL_ID, user.id)).status is Status.ACTIVE


async def test_who_is_removed_stays_frozen_and_keeps_the_number(shop: Shop, backend: TrytonBackend) -> None:
    user = await chen(shop, backend)
    asked = order(user, ChangeKind.REMOVE)
    assert await backend.confirm(asked) is False
    await backend.apply(asked, "key")
    assert await backend.confirm(asked) is True
    assert (await backend.user(TERMINAL_ID, user.id)).status is Status.FROZEN
    assert await refused(backend, addition("01")) is Refusal.DUPLICATE_NUMBER
    await shop.take_roles_of_frozen(user.id)
    assert await backend.confirm(asked) is True, "gone altogether is removed too"


# Beside others ------------------------------------------------------------------------------------------------------


async def test_a_row_of_roles_that_another_wrote_by_itself_is_noticed(shop: Shop, backend: TrytonBackend) -> None:
    """Tryton's own timestamp of the user stays as it was."""
    user = await chen(shop, backend)
    before = await shop.get(user.id, "_timestamp", "roles")
    row = {"role": await shop.role_id(Role.MANAGER)}
    await shop.rpc.order("model.res.user.role.write", before["roles"], row)
    assert (await shop.get(user.id, "_timestamp"))["_timestamp"] == before["_timestamp"]
    assert await refused(backend, order(user, ChangeKind.FREEZE)) is Refusal.STALE_VERSION


@pytest.mark.parametrize("by_itself", [False, True])
async def test_what_another_writes_between_the_look_and_the_write_is_not_overwritten(
    shop: Shop, backend: TrytonBackend, monkeypatch: pytest.MonkeyPatch, by_itself: bool
) -> None:
    """Tryton's ConcurrencyException, of the user or of a row of roles by itself."""
    user = await chen(shop, backend)
    rows, manager = (await shop.get(user.id, "roles"))["roles"], await shop.role_id(Role.MANAGER)
    found = backend._found

    async def another_is_quicker(terminal_id: str, user_id: str) -> Any:
        looked = await found(terminal_id, user_id)
        if by_itself:
            await shop.rpc.order("model.res.user.role.write", rows, {"role": manager})
        else:
            await shop.write(user.id, roles=[["write", rows, {"role": manager}]])
        return looked

    monkeypatch.setattr(backend, "_found", another_is_quicker)
    asked = order(user, ChangeKind.ROLE, role=Role.SUPERVISOR)
    assert await refused(backend, asked) is Refusal.STALE_VERSION
    assert [row["role"] for row in (await shop.get(user.id, "roles.role"))["roles."]] == [manager]


async def test_who_lost_the_roles_meanwhile_is_gone(shop: Shop, backend: TrytonBackend) -> None:
    user = await chen(shop, backend)
    await shop.take_roles(user.id)
    assert await refused(backend, order(user, ChangeKind.FREEZE)) is Refusal.USER_GONE
    with pytest.raises(BackendRefused) as no:
        await backend.confirm(order(user, ChangeKind.FREEZE))
    assert no.value.reason is Refusal.USER_GONE


# Passwords ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("pw-7", Refusal.SECRET_SHORT),
        ("Chen Xiaoyu", Refusal.SECRET_WEAK),
        ("cashier-0001", Refusal.SECRET_WEAK),
        ("chen@example.com", Refusal.SECRET_WEAK),
    ],
)
async def test_a_password_that_trytons_rules_forbid_is_refused(
    shop: Shop, backend: TrytonBackend, password: str, reason: Refusal
) -> None:
    user_id = await shop.add("cashier-0001", "Chen Xiaoyu", Role.CASHIER, email="chen@example.com")
    user = await backend.user(TERMINAL_ID, user_id)
    assert await refused(backend, order(user, ChangeKind.PIN, secret=password)) is reason
    assert await backend.user(TERMINAL_ID, user_id) == user


async def test_a_new_password_is_read_back_by_the_door_and_leaves_no_session(
    shop: Shop, backend: TrytonBackend
) -> None:
    user = await chen(shop, backend, "41", password=new_password())
    asked = order(user, ChangeKind.PIN, secret=new_password())
    assert await backend.confirm(asked) is False
    await backend.apply(asked, "key")
    changed = await backend.user(TERMINAL_ID, user.id)
    assert await backend.confirm(asked) is True
    assert await backend.confirm(order(user, ChangeKind.PIN, secret=new_password())) is False
    await backend.apply(asked, "key")
    assert await backend.user(TERMINAL_ID, user.id) == changed, "a repeat writes nothing"
    assert (await shop.get(user.id, "sessions"))["sessions"] == 0


async def test_a_password_is_never_tried_twice_nor_where_nothing_was_written(
    shop: Shop, backend: TrytonBackend
) -> None:
    """Tryton counts wrong ones, and shuts the user out."""
    user = await chen(shop, backend, "42", password=new_password())
    never = order(user, ChangeKind.PIN, secret=new_password())
    assert [await backend.confirm(never) for _ in range(8)] == [False] * 8
    assert attempts(shop, "42") == 0
    await backend.apply(order(user, ChangeKind.PIN, secret=new_password()), "key")
    assert [await backend.confirm(never) for _ in range(8)] == [False] * 8
    assert attempts(shop, "42") == 1


async def test_whose_password_another_may_have_changed_is_not_tried(shop: Shop, backend: TrytonBackend) -> None:
    user = await chen(shop, backend, "43")
    asked = order(user, ChangeKind.PIN, secret=new_password())
    await backend.apply(asked, "key")
    await shop.write(user.id, password=new_password())
    assert await backend.confirm(asked) is None
    assert attempts(shop, "43") == 0


async def test_of_who_is_frozen_a_password_cannot_be_told(shop: Shop, backend: TrytonBackend) -> None:
    user = await chen(shop, backend)
    asked = order(user, ChangeKind.PIN, secret=new_password())
    await backend.apply(asked, "key")
    await backend.apply(order(await backend.user(TERMINAL_ID, user.id), ChangeKind.FREEZE), "key")
    assert await backend.confirm(asked) is None


def attempts(shop: Shop, login: str) -> int:
    """The failed sign-ins that Tryton holds against a user; it tells nobody, so they are read from its file."""
    with closing(sqlite3.connect(shop.server.file)) as file:
        (count,) = file.execute("SELECT COUNT(*) FROM res_user_login_attempt WHERE login = ?", (login,)).fetchone()
    return int(count)


# Adding -------------------------------------------------------------------------------------------------------------


async def test_who_is_added_can_sign_in_and_has_the_roles_groups(shop: Shop, backend: TrytonBackend) -> None:
    asked = addition("07")
    assert await backend.confirm(asked) is False
    await backend.apply(asked, "key")
    assert await backend.confirm(asked) is True
    assert await backend.confirm(addition("07")) is False, "another password was asked for"
    user = (await backend.users(TERMINAL_ID, UserQuery(search="07"))).users[0]
    now = await shop.get(user.id, "groups")
    assert [group["name"] for group in await shop.rpc.ask("model.res.group.read", now["groups"], ["name"])] == [
        "till cashier"
    ]


@pytest.mark.parametrize("login", ["admin", "root", "tillkeeper", "office"])
async def test_a_number_that_somebody_unseen_has_is_refused(shop: Shop, backend: TrytonBackend, login: str) -> None:
    await shop.add("office", "Clerk", None)
    assert await refused(backend, addition(login)) is Refusal.DUPLICATE_NUMBER


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (addition(" "), Refusal.NUMBER_INVALID),
        (addition("07", " "), Refusal.NAME_INVALID),
        (addition("07", secret="pw-7"), Refusal.SECRET_SHORT),
        (addition("07", secret="Bea 贝贝贝", name="bea 贝贝贝"), Refusal.SECRET_WEAK),
    ],
)
async def test_who_cannot_be_added_is_not(shop: Shop, backend: TrytonBackend, asked: Order, reason: Refusal) -> None:
    assert await refused(backend, asked) is reason
    assert (await backend.users(TERMINAL_ID, UserQuery())).total == 0


def is_order(_method: str, _path: str, body: bytes) -> bool:
    return json.loads(body)["method"] in {"model.res.user.write", "model.res.user.create"}


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("kind", [ChangeKind.PIN, ChangeKind.ADD])
async def test_after_a_lost_answer_the_door_tells_what_became_of_it(
    server: Server, shop: Shop, backend: TrytonBackend, kind: ChangeKind, written: bool
) -> None:
    user = await chen(shop, backend, "44", password=new_password())
    asked = addition("45") if kind is ChangeKind.ADD else order(user, kind, secret=new_password())
    async with serving(Between(server.url, is_order)) as way:
        lossy = shop.backend(url=way.url)
        way.spoil(Spoiled.ORDERS, closes, written=written)
        with pytest.raises(AnswerLost):
            await lossy.apply(asked, "key")
        await lossy.close()
    assert await backend.confirm(asked) is written
    await backend.apply(asked, "key")
    assert await backend.confirm(asked) is True
    found = await backend.users(TERMINAL_ID, UserQuery())
    assert [each.number for each in found.users] == (["44", "45"] if kind is ChangeKind.ADD else ["44"])


# Sessions -----------------------------------------------------------------------------------------------------------


async def test_a_session_that_ended_is_renewed_once_for_all_who_ask(server: Server, shop: Shop) -> None:
    account = Account(server.bot.login, server.bot.password)
    backend = shop.backend(account=account)
    try:
        await chen(shop, backend)
        first = account.session
        assert first is not None
        await logged_out(shop, account)
        before = (await shop.get(str(first[0]), "sessions"))["sessions"]
        pages = await asyncio.gather(*(backend.users(TERMINAL_ID, UserQuery()) for _ in range(4)))
        assert [page.total for page in pages] == [1] * 4
        assert account.session not in (None, first)
        assert (await shop.get(str(first[0]), "sessions"))["sessions"] == before + 1
        # An order too: what is refused for its session was not done.
        user = pages[0].users[0]
        await logged_out(shop, account)
        await backend.apply(order(user, ChangeKind.RENAME, name="Ana"), "key")
        assert (await shop.get(user.id, "name"))["name"] == "Ana"
    finally:
        await backend.close()


async def logged_out(shop: Shop, account: Account) -> None:
    """As when the session's time is over: the server knows it no more."""
    assert account.session is not None
    known = base64.b64encode(f"{account.login}:{account.session[0]}:{account.session[1]}".encode()).decode()
    body = {"id": 0, "method": "common.db.logout", "params": []}
    path = f"/{shop.server.database}/rpc/"
    answer = await shop.rpc._http.order("POST", path, body, {"Authorization": f"Session {known}"})
    assert answer.body == {"id": 0, "result": None}
