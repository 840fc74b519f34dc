"""How a worker reaches the till of a run: over HTTP, with a bounded patience."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

import aiohttp

from changes.backend import AnswerLost, Backend, BackendRefused, NotReached, Order, Refusal
from changes.till import Role, Status, Terminal, TerminalUser, UserPage, UserQuery
from pos import registry
from pos.embedded.backend import CAPABILITIES
from pos.kind import Kind, Options
from tests.crash.till import PATIENCE, TERMINAL

#: What a shop with such a till is added with.
KIND = "crash"


class HttpTill:
    """Fulfils `Backend`."""

    def __init__(self, address: str, *, careful: bool) -> None:
        self._address = address
        self._session: aiohttp.ClientSession | None = None
        self.capabilities = replace(CAPABILITIES, idempotent=careful, versioned=careful)

    async def terminals(self) -> tuple[Terminal, ...]:
        return (TERMINAL,)

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        found = await self._users()
        matching = [
            each for each in found if query.search in each.name and (not query.roles or each.role in query.roles)
        ]
        return UserPage(tuple(matching), len(matching))

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        return next(each for each in await self._users() if each.id == user_id)

    async def apply(self, order: Order, key: str) -> None:
        await self._ask("apply", _written(order) | {"key": key, "asked": time.monotonic()})

    async def confirm(self, order: Order) -> bool | None:
        try:
            return bool(await self._ask("confirm", _written(order)))
        except AnswerLost as lost:
            raise NotReached from lost

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _users(self) -> list[TerminalUser]:
        try:
            found = await self._ask("users", {})
        except AnswerLost as lost:
            raise NotReached from lost
        return [TerminalUser(**each | {"role": Role(each["role"]), "status": Status(each["status"])}) for each in found]

    async def _ask(self, method: str, asked: dict[str, Any]) -> Any:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))
        try:
            async with self._session.post(f"{self._address}/{method}", json=asked) as answer:
                said = await answer.json()
        except aiohttp.ClientConnectorError as nobody:
            raise NotReached from nobody
        except (aiohttp.ClientError, TimeoutError, ValueError) as lost:
            raise AnswerLost from lost
        if answer.status == 503:
            raise NotReached
        if answer.status == 409:
            raise BackendRefused(Refusal(said["reason"]))
        return said


def _written(order: Order) -> dict[str, Any]:
    """The order as JSON."""
    written = asdict(order)
    return {
        "user": written["user_id"],
        "version": written["expected_version"],
        "name": order.name,
        "role": order.role,
        "status": order.status,
        "secret": order.secret,
    }


@contextmanager
def known_to_registry(open_till: Callable[[Options], Backend]) -> Iterator[None]:
    """While inside, a shop can have a till of this kind."""
    kinds = vars(registry)["_OURS"]
    kinds[KIND] = Kind(open_till, _stands)
    try:
        yield
    finally:
        del kinds[KIND]


async def _stands(_options: Options) -> None:
    """Such a till is not made when a shop is added."""
