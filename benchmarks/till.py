"""A till that speaks HTTP, as a process of its own, and the backend that asks it."""

import asyncio
from typing import Any

import aiohttp
from aiohttp import web

from benchmarks.served import serve
from changes.backend import (
    AnswerLost,
    BackendRefused,
    Capabilities,
    ChangeKind,
    Evidence,
    NotReached,
    Order,
    Refusal,
    SecretRules,
    Support,
)
from changes.till import Role, Status, Terminal, TerminalUser, UserPage, UserQuery

TERMINAL = Terminal("front", "Front")
USER_ID = "chen"
FIRST_NAME = "Chen Xiaoyu"


class Till:
    """One user, whose name can be changed. `pause` is how long each call takes, in seconds."""

    def __init__(self) -> None:
        self._pause = 0.0
        self._name, self._version = FIRST_NAME, 1
        self._keys: set[str] = set()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/user", self.show), web.post("/user", self.rename), web.post("/pause", self.set_pause)]

    async def show(self, _request: web.Request) -> web.Response:
        await self._take_time()
        return web.json_response({"name": self._name, "version": str(self._version)})

    async def rename(self, request: web.Request) -> web.Response:
        asked = await request.json()
        await self._take_time()
        if asked["key"] not in self._keys:
            if asked["version"] not in ("", str(self._version)):
                return web.json_response({"refused": Refusal.STALE_VERSION}, status=409)
            self._keys.add(asked["key"])
            self._name, self._version = asked["name"], self._version + 1
        return web.json_response({"version": str(self._version)})

    async def set_pause(self, request: web.Request) -> web.Response:
        self._pause = (await request.json())["seconds"]
        return web.json_response({})

    async def _take_time(self) -> None:
        if self._pause:
            await asyncio.sleep(self._pause)


def run_till(ready: Any) -> None:
    """Until it is ended; its address goes into the connection `ready`."""
    serve(Till().routes(), ready)


class HttpBackend:
    """Fulfils `changes.backend.Backend` on one kept-alive session."""

    def __init__(self, url: str, *, versioned: bool) -> None:
        self._url = url
        self._session: aiohttp.ClientSession | None = None
        self.capabilities = Capabilities(
            operations={ChangeKind.RENAME: Support.NATIVE},
            secret=SecretRules(4, 8, 6),
            name_longest=40,
            roles=tuple(Role),
            idempotent=True,
            versioned=versioned,
            confirms_secret=False,
            evidence=Evidence.UNCONFIRMED,
        )

    async def terminals(self) -> tuple[Terminal, ...]:
        return (TERMINAL,)

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        user = await self.user(terminal_id, USER_ID)
        found = (user,) if query.search.casefold() in user.name.casefold() else ()
        return UserPage(found, len(found))

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        held = await self._ask("GET")
        return TerminalUser(
            user_id, terminal_id, "01", held["name"], Role.CASHIER, Status.ACTIVE, version=held["version"]
        )

    async def apply(self, order: Order, key: str) -> None:
        await self._ask("POST", name=order.name, version=order.expected_version, key=key)

    async def confirm(self, order: Order) -> bool:
        return bool((await self._ask("GET"))["name"] == order.name)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _ask(self, method: str, **body: Any) -> dict[str, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        try:
            async with self._session.request(method, f"{self._url}/user", json=body or None) as answer:
                told: dict[str, Any] = await answer.json()
        except aiohttp.ClientConnectorError as away:
            raise NotReached from away
        except aiohttp.ClientError as lost:
            raise AnswerLost from lost
        if "refused" in told:
            raise BackendRefused(Refusal(told["refused"]))
        return told
