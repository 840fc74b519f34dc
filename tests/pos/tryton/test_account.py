"""Adding a shop on Tryton: what is wrong with the server, the options or the account is said at once."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from changes.backend import BackendRefused, Refusal
from changes.till import Role
from pos.registry import BadOption, check, open_backend, prepare
from pos.tryton.backend import TERMINAL_ID
from pos.tryton.rpc import Account
from tests.pos.tryton.server import Server, Shop, new_password

pytestmark = pytest.mark.tryton


async def test_the_account_that_the_script_makes_is_right(server: Server) -> None:
    await prepare("tryton", server.options)
    assert await check("tryton", server.options) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"password": "wrong"}, "does not take this login and password"),
        ({"login": "nobody"}, "does not take this login and password"),
        ({"password": ""}, "tryton needs password"),
        ({"login": " "}, "tryton needs login"),
        ({"database": ""}, "tryton needs database"),
        ({"database": "another"}, "no such database"),
        ({"database": "../shop"}, "does not answer as it should"),
        ({"role-cashier": "manager"}, "three names"),
        ({"role-cashier": ""}, "three names"),
        ({"role-cashier": "Kasse"}, "there is no role 'Kasse'"),
        ({"urll": "x"}, "no option 'urll'"),
        ({"url": "http://till.example.com"}, "https"),
        ({"url": "http://127.0.0.1:1"}, "does not answer as it should"),
    ],
)
async def test_what_is_wrong_is_said_when_the_shop_is_added(server: Server, given: dict[str, str], said: str) -> None:
    with pytest.raises(BadOption, match=said) as no:
        await prepare("tryton", server.options | given)
    assert server.bot.password not in str(no.value)


async def test_roles_may_have_other_names_there(server: Server, shop: Shop) -> None:
    (role,) = await shop.rpc.order("model.res.role.create", [{"name": "收银员"}])
    try:
        user_id = await shop.add("01", "Chen", None, roles=[["create", [{"role": role}]]])
        backend = open_backend("tryton", server.options | {"role-cashier": "收银员"})
        assert (await backend.user(TERMINAL_ID, user_id)).role is Role.CASHIER
        await backend.close()
    finally:
        await shop.rpc.order("model.res.role.delete", [role])


# Accounts that are not as the page says -----------------------------------------------------------------------------


@pytest.fixture
async def clerk(server: Server, shop: Shop) -> AsyncIterator["Clerk"]:
    made = Clerk(server, shop)
    yield made
    await made.undo()


class Clerk:
    """An account of a group of its own, with the rights that a test gives it."""

    def __init__(self, server: Server, shop: Shop) -> None:
        self._server, self._rpc = server, shop.rpc
        self._made: list[tuple[str, list[int]]] = []
        self._account = Account("clerk", new_password())

    async def make(self, **values: Any) -> None:
        group = (await self._create("res.group", {"name": "clerks"}))[0]
        self.group = group
        password = {"password": self._account.password}
        joined = {} if values.get("administrator") else {"groups": [["add", [group]]]}
        user = {"login": "clerk", "name": "Clerk"} | password | joined | values
        await self._rpc.order("model.res.user.create", [user])

    async def may(self, model: str, **rights: bool) -> None:
        given = {f"perm_{right}": may for right, may in rights.items()}
        await self._create("ir.model.access", {"model": model, "group": self.group, "perm_read": True} | given)

    async def may_not_write(self, field: str) -> None:
        rights = {"perm_read": True, "perm_write": False, "perm_create": False, "perm_delete": False}
        await self._create("ir.model.field.access", {"model": "res.user", "field": field, "group": self.group} | rights)

    @property
    def options(self) -> dict[str, str]:
        return replace_account(self._server, self._account)

    async def said(self) -> Sequence[str]:
        return [finding.text.partition(":")[0] for finding in await check("tryton", self.options)]

    async def undo(self) -> None:
        for model, ids in reversed(self._made):
            await self._rpc.order(f"model.{model}.delete", ids)

    async def _create(self, model: str, values: dict[str, Any]) -> list[int]:
        ids: list[int] = await self._rpc.order(f"model.{model}.create", [values])
        self._made.append((model, ids))
        return ids


def replace_account(server: Server, account: Account) -> dict[str, str]:
    return replace(server, bot=account).options


async def test_an_account_that_may_nothing_lacks_all(clerk: Clerk) -> None:
    await clerk.make()
    assert await clerk.said() == [
        "the account may not write res.user",
        "the account may not create res.user",
        "the account may not write res.user.role",
        "the account may not create res.user.role",
        "the account may not delete res.user.role",
    ]
    with pytest.raises(BadOption, match=r"may not write res\.user"):
        await prepare("tryton", clerk.options | {"allow-admin": "yes"})


async def test_an_account_with_access_alone_could_make_itself_administrator(clerk: Clerk) -> None:
    await clerk.make()
    await clerk.may("res.user", write=True, create=True)
    await clerk.may("res.user.role", write=True, create=True, delete=True)
    assert await clerk.said() == [
        "this account could make itself administrator",
        "this account could put itself into any group",
        "this account could change an administrator or itself",
    ]
    with pytest.raises(BadOption, match="could make itself administrator"):
        await prepare("tryton", clerk.options)
    await prepare("tryton", clerk.options | {"allow-admin": "yes"})


async def test_without_a_rule_the_passwords_of_administrators_are_in_reach(clerk: Clerk) -> None:
    await clerk.make()
    await clerk.may("res.user", write=True, create=True)
    await clerk.may("res.user.role", write=True, create=True, delete=True)
    await clerk.may_not_write("administrator")
    await clerk.may_not_write("groups")
    assert await clerk.said() == ["this account could change an administrator or itself"]


async def test_an_administrators_account_is_not_taken(clerk: Clerk, shop: Shop) -> None:
    await clerk.make(administrator=True)
    try:
        assert await clerk.said() == ["this account is an administrator"]
        with pytest.raises(BadOption, match="is an administrator"):
            await prepare("tryton", clerk.options)
        await prepare("tryton", clerk.options | {"allow-admin": "yes"})
    finally:
        ids = await shop.rpc.ask("model.res.user.search", [["login", "=", "clerk"]], 0, None, None)
        await shop.rpc.order("model.res.user.write", ids, {"administrator": False})


# What the script's account cannot do, tried -------------------------------------------------------------------------


async def test_the_account_cannot_get_more_rights(server: Server, shop: Shop) -> None:
    user_id = int(await shop.add("01", "Chen", Role.CASHIER))
    (group,) = await shop.rpc.ask("model.res.group.search", [["name", "=", "tillkeeper"]], 0, None, None)
    (boss,) = await shop.rpc.order("model.res.role.create", [{"name": "boss"}])
    backend = shop.backend()
    rpc = backend._rpc
    own, admin = await rpc.user_id(), await shop.rpc.user_id()
    role = await shop.role_id(Role.CASHIER)
    tries: list[tuple[str, tuple[Any, ...]]] = [
        ("res.user.write", ([own], {"administrator": True})),
        ("res.user.write", ([own], {"name": "x"})),
        ("res.user.write", ([user_id], {"administrator": True})),
        ("res.user.write", ([user_id], {"groups": [["add", [group]]]})),
        ("res.user.write", ([user_id], {"roles": [["create", [{"role": boss}]]]})),
        ("res.user.write", ([admin], {"password": new_password()})),
        ("res.user.role.create", ([{"user": user_id, "role": boss}],)),
        ("res.user.role.create", ([{"user": own, "role": boss}],)),
        ("res.user.create", ([{"login": "x", "administrator": True, "roles": [["create", [{"role": role}]]]}],)),
        ("res.user.create", ([{"login": "x", "name": "without a role"}],)),
        ("res.role.write", ([role], {"groups": [["add", [group]]]})),
        ("res.group.write", ([group], {"name": "x"})),
        ("ir.rule.group.create", ([{"name": "x", "model": "res.user"}],)),
        ("ir.model.access.create", ([{"model": "res.user", "perm_write": True}],)),
    ]
    try:
        for method, params in tries:
            with pytest.raises(BackendRefused) as no:
                await rpc.order(f"model.{method}", *params)
            assert no.value.reason in (Refusal.ACCOUNT, Refusal.OTHER), (method, params)
        assert not (await shop.get(str(own), "administrator"))["administrator"]
        await shop.rpc.ask("model.res.user.get_preferences", True)
    finally:
        await backend.close()
        await shop.rpc.order("model.res.role.delete", [boss])
