"""A real Tryton server as a process of its own, and a shop in it for each test."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from changes.till import Role
from pos.tryton.backend import TrytonBackend
from pos.tryton.rpc import Account, Rpc
from pos.tryton.users import RoleNames
from tests.ports import free_port, until_it_listens
from tests.pos.tryton import template

NAMES = RoleNames({role: role.value for role in Role})

_START_LIMIT = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """The accounts keep their sessions from one test to the next: signing in takes Tryton long."""

    url: str
    database: str
    #: Where it is on SQLite.
    file: Path
    admin: Account
    bot: Account

    @property
    def options(self) -> dict[str, str]:
        """What a shop is added with."""
        account = {"login": self.bot.login, "password": self.bot.password}
        return {"url": self.url, "database": self.database} | account


@contextmanager
def tryton_server(kind: str, folder: Path, **configured: str) -> Iterator[Server]:
    """On `sqlite` or `postgres`. `configured` are settings of Tryton's as `section__name`."""
    with template.fresh(kind, folder) as copy:
        port = free_port()
        config = template.configuration(folder, copy.uri, f"127.0.0.1:{port}")
        settings = {f"TRYTOND_{name.upper()}": value for name, value in configured.items()}
        process = template.start(config, copy.name, **settings)
        try:
            until_it_listens(port, _START_LIMIT)
            admin, bot = Account("admin", copy.passwords.admin), Account("tillkeeper", copy.passwords.bot)
            yield Server(f"http://127.0.0.1:{port}", copy.name, folder / f"{copy.name}.sqlite", admin, bot)
        finally:
            process.kill()
            process.wait()


class Shop:
    """The till's users, as Tryton's administrator writes to them. `close` when done."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.rpc = Rpc(server.url, server.database, server.admin, 30)

    def backend(self, timeout: float = 10, *, url: str = "", account: Account | None = None) -> TrytonBackend:
        rpc = Rpc(url or self.server.url, self.server.database, account or self.server.bot, timeout)
        return TrytonBackend(rpc, terminal="All terminals", names=NAMES)

    async def clear(self) -> None:
        """Nobody is ever deleted: who was there before loses the roles and makes room for the number."""
        kept = ["admin", "root", self.server.bot.login]
        about = [["login", "not in", kept], ["login", "not like", "gone-%"]]
        records = await self.rpc.ask("model.res.user.search_read", about, 0, None, None, ["roles"], active_test=False)
        if not records:
            return
        # Of who is frozen nothing else can be written.
        await self.rpc.order("model.res.user.write", [record["id"] for record in records], {"active": True})
        written: list[Any] = []
        for record in records:
            written += [[record["id"]], {"login": f"gone-{record['id']}", "roles": [["delete", record["roles"]]]}]
        await self.rpc.order("model.res.user.write", *written)

    async def add(self, number: str, name: str, role: Role | None, **more: Any) -> str:
        """The new user's id."""
        roles = [["create", [{"role": await self.role_id(role)}]]] if role else []
        values = {"login": number, "name": name, "roles": roles} | more
        return str((await self.rpc.order("model.res.user.create", [values]))[0])

    async def role_id(self, role: Role) -> int:
        found: list[int] = await self.rpc.ask("model.res.role.search", [["name", "=", role.value]], 0, 1, None)
        return found[0]

    async def write(self, user_id: str, **values: Any) -> None:
        await self.rpc.order("model.res.user.write", [int(user_id)], values)

    async def get(self, user_id: str, *fields: str) -> dict[str, Any]:
        (record,) = await self.rpc.ask("model.res.user.read", [int(user_id)], [*fields])
        return dict(record)

    async def take_roles(self, user_id: str) -> None:
        """No terminal user any more."""
        await self.write(user_id, roles=[["delete", (await self.get(user_id, "roles"))["roles"]]])

    async def take_roles_of_frozen(self, user_id: str) -> None:
        await self.write(user_id, active=True)
        await self.take_roles(user_id)
        await self.write(user_id, active=False)

    async def close(self) -> None:
        await self.rpc.close()


def new_password() -> str:
    return secrets.token_urlsafe(12)
