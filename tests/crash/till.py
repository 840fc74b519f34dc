"""The till of a run: it outlives every worker, and keeps a log of each change it applied."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from aiohttp import web

from changes.till import Role, Status, Terminal, TerminalUser
from tests.crash.clock import SPEED

TERMINAL = Terminal("front", "Front 1")
PEOPLE = (
    TerminalUser("u1", TERMINAL.id, "01", "陈晓雨", Role.CASHIER, Status.ACTIVE, "1"),
    TerminalUser("u2", TERMINAL.id, "02", "Ana Silva", Role.CASHIER, Status.ACTIVE, "1"),
    TerminalUser("u9", TERMINAL.id, "91", "Grace Liu", Role.MANAGER, Status.ACTIVE, "1"),
)

#: How long a worker waits for an answer, in seconds of the clock.
PATIENCE = 10.0

#: What is under way for longer is lost, and a change that was applied shows after so long: the rules count on a minute
#: for either (`changes.step.SETTLED_AFTER`).
_LONGEST = 40.0


class Behaviour(StrEnum):
    #: No order reaches it, and that is certain.
    UNREACHED = "not applied"
    #: The first two orders are lost on their way, and nobody can know it.
    LOST_BEFORE = "lost on the way"
    APPLIES = "applied"
    #: Applies; the first answer and the first reading back are lost.
    LOST = "answer lost"
    #: The first order is applied after whoever asked has gone.
    SLOW = "slow"
    #: Applies and says so; reading back is wrong for half a minute.
    WRONG = "wrong on reading back"
    REFUSES = "refuses"


@dataclass(frozen=True)
class Application:
    key: str
    user_id: str
    secret: str | None
    #: The name of the freeze that the user was in last.
    freeze: str
    #: By the machine's monotonic clock.
    at: float
    #: False where a key that was applied before changed nothing.
    effective: bool
    #: Whether the intent was in the audit when it was applied.
    audited: bool


class _HangUp(Exception):
    """The till closes the connection instead of answering."""


@dataclass
class CrashTill:
    behaviour: Behaviour
    #: Whether the audit has the intent of the change with this key.
    audited: Callable[[str], Awaitable[bool]]
    #: A till that knows keys applies none twice, and one that knows versions refuses a stale one.
    careful: bool = True
    users: dict[str, TerminalUser] = field(default_factory=lambda: {each.id: each for each in PEOPLE})
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    log: list[Application] = field(default_factory=list)
    #: Calls that are being answered, if only to someone who has gone.
    under_way: int = 0
    _orders: int = 0
    _readings: int = 0
    #: By the machine's monotonic clock.
    _first_applied: float | None = None
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    def effective(self, key: str) -> list[Application]:
        return [each for each in self.log if each.key == key and each.effective]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        asked: dict[str, Any] = await request.json()
        self.under_way += 1
        try:
            return await self._answer(request.match_info["method"], asked)
        except _HangUp:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        finally:
            self.under_way -= 1

    async def _answer(self, method: str, asked: dict[str, Any]) -> web.Response:
        match method:
            case "users":
                return web.json_response([_as_json(each) for each in self.users.values()])
            case "apply":
                return await self._ordered(asked)
            case "confirm":
                return self._read_back(asked)
        raise web.HTTPNotFound

    async def _ordered(self, order: dict[str, Any]) -> web.Response:
        self._orders += 1
        match self.behaviour:
            case Behaviour.UNREACHED:
                return web.json_response({}, status=503)
            case Behaviour.REFUSES:
                return web.json_response({"reason": "other"}, status=409)
            case Behaviour.LOST_BEFORE if self._orders <= 2:
                raise _HangUp
            case Behaviour.SLOW if self._orders == 1:
                await asyncio.sleep(1.5 * PATIENCE / SPEED)
        answer = await self._apply(order)
        if self.behaviour is Behaviour.LOST and self._orders == 1:
            raise _HangUp
        return answer

    async def _apply(self, order: dict[str, Any]) -> web.Response:
        async with self._busy:
            if _seconds_since(order["asked"]) > _LONGEST:
                raise _HangUp
            user = self.users[order["user"]]
            again = self.careful and any(each.key == order["key"] for each in self.log)
            if self.careful and not again and order["version"] != user.version:
                return web.json_response({"reason": "stale-version"}, status=409)
            audited = await self.audited(order["key"])
            changed = user if again else _changed(user, order)
            now = time.monotonic()
            self.log.append(
                Application(order["key"], user.id, order["secret"], changed.freeze, now, not again, audited)
            )
            self._first_applied = self._first_applied or now
            if not again:
                self.users[user.id] = replace(changed, version=str(int(user.version) + 1))
                self.secrets |= {user.id: order["secret"]} if order["secret"] else {}
        return web.json_response({})

    def _read_back(self, order: dict[str, Any]) -> web.Response:
        self._readings += 1
        if self.behaviour is Behaviour.LOST and self._readings == 1:
            raise _HangUp
        wrong = self.behaviour is Behaviour.WRONG and _seconds_since(self._first_applied) < _LONGEST * 3 / 4
        return web.json_response(self.holds(order) and not wrong)

    def holds(self, order: dict[str, Any]) -> bool:
        user = self.users[order["user"]]
        known = order["secret"] is None or self.secrets.get(user.id) == order["secret"]
        return known and _changed(user, order) == user

    async def refreeze(self) -> None:
        """Somebody at the till ends each freeze and makes one of their own."""
        async with self._busy:
            for user in self.users.values():
                if user.status == Status.FROZEN:
                    self.users[user.id] = replace(_next_freeze(user), version=str(int(user.version) + 2))


def _seconds_since(moment: float | None) -> float:
    """Of the clock; 0 where it never was."""
    return 0.0 if moment is None else (time.monotonic() - moment) * SPEED


def _changed(user: TerminalUser, order: dict[str, Any]) -> TerminalUser:
    changed: dict[str, Any] = {name: order[name] for name in ("name", "role", "status") if order[name] is not None}
    left = replace(user, **changed)
    begins = left.status == Status.FROZEN != user.status
    return _next_freeze(left) if begins else left


def _next_freeze(user: TerminalUser) -> TerminalUser:
    return replace(user, freeze=str(int(user.freeze or 0) + 1))


def _as_json(user: TerminalUser) -> dict[str, Any]:
    return {name: getattr(user, name) for name in TerminalUser.__slots__}
