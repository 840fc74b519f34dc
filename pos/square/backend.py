"""The adapter between Square's Team API and the protocol that every point-of-sale system answers.

A location is a terminal: it stands for all of Square's devices there. Square knows no version of a team member, so each
order looks before it writes; orders of this process go one after another, others may come between look and write.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import httpx
from square import AsyncSquare
from square.core.api_error import ApiError

from changes.backend import (
    AnswerLost,
    BackendRefused,
    Capabilities,
    ChangeKind,
    Evidence,
    NumberRules,
    Order,
    Refusal,
    Scope,
    SecretRules,
    Support,
)
from changes.till import Role, Terminal, TerminalUser, UserPage, UserQuery
from pos.listing import page_of
from pos.sdk import Bounded, asking, checked_id
from pos.square.members import holds, listed, number_of, terminals_of, user_of, written

_NATIVE = (ChangeKind.RENAME, ChangeKind.FREEZE, ChangeKind.UNFREEZE, ChangeKind.ASSIGN, ChangeKind.ADD)

CAPABILITIES = Capabilities(
    operations=dict.fromkeys(_NATIVE, Support.NATIVE),
    secret=SecretRules(shortest=0, longest=0, made=0),
    name_longest=64,
    # What a member may do is a permission set, and those are in the Dashboard alone.
    roles=(Role.CASHIER,),
    # A repeat finds the member as it wants them; one that adds is known by its key.
    idempotent=True,
    versioned=False,
    confirms_secret=False,
    evidence=Evidence.SPECIFICATION,
    scope=Scope.SHOP,
    number=NumberRules(longest=40),
)

#: Members asked for at once; Square's most.
PAGE = 200
#: More members than that are no shop's.
_MOST_MEMBERS = 50_000

#: Square's bound for an idempotency key.
_KEY_LONGEST = 45

#: A library that repeats orders by itself would ask again for what was refused or lost.
_ONCE = {"max_retries": 0}

_NEEDED = frozenset({"EMPLOYEES_READ", "EMPLOYEES_WRITE", "MERCHANT_PROFILE_READ"})


class SquareBackend:
    """Every call to Square ends within about `timeout` seconds; an order is a handful of calls."""

    def __init__(self, base: str, token: str, *, timeout: float = 10) -> None:
        self._http = httpx.AsyncClient(transport=Bounded(timeout), timeout=timeout)
        self._square = AsyncSquare(base_url=base, token=token, httpx_client=self._http, timeout=timeout)
        self._one_at_a_time = asyncio.Lock()

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def terminals(self) -> tuple[Terminal, ...]:
        return tuple(await self._terminals())

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        terminals = await self._with(terminal_id)
        with asking():
            members = [member async for member in self._members({"location_ids": [terminal_id]})]
            users = [user_of(member, terminal_id, terminals) for member in members]
        return page_of((user for user in users if user is not None), query)

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        terminals = await self._with(terminal_id)
        with asking():
            user = user_of(await self._member(user_id), terminal_id, terminals)
        if user is None or user.id != user_id:
            raise BackendRefused(Refusal.USER_GONE, "not at this location")
        return user

    async def apply(self, order: Order, key: str) -> None:
        _check(order)
        async with self._one_at_a_time:
            await (self._add(order, key) if order.kind is ChangeKind.ADD else self._change(order))

    async def confirm(self, order: Order) -> bool:
        _check(order)
        if order.kind is ChangeKind.ADD:
            return any(holds(user, order) for user in await self._numbered(order) if user is not None)
        return holds(await self._wherever(order), order)

    async def close(self) -> None:
        await self._http.aclose()

    async def missing(self) -> list[str]:
        """What keeps the bot from working there, a sentence each; asked when a shop is added. Raises `BackendError`."""
        scopes = await self._scopes()
        # Of a token that tells none the calls themselves have to show it.
        lacks = [f"the token may not {scope}" for scope in sorted(_NEEDED - scopes)] if scopes else []
        if not lacks and not await self._terminals():
            lacks.append("the business has no active location")
        return lacks

    async def too_much(self) -> list[str]:
        """What the token may do and no change needs (names of Square's). Raises `BackendError`."""
        return sorted(await self._scopes() - _NEEDED)

    # Looking ---------------------------------------------------------------------------------------------------------

    async def _scopes(self) -> frozenset[str]:
        with asking():
            status = await _told(self._square.o_auth.retrieve_token_status(request_options=_ONCE))
            return frozenset(str(scope) for scope in listed(status, "scopes"))

    async def _terminals(self) -> list[Terminal]:
        with asking():
            answer = await _told(self._square.locations.list(request_options=_ONCE))
            return terminals_of(listed(answer, "locations"))

    async def _with(self, terminal_id: str) -> list[Terminal]:
        """All terminals. Raises `BackendRefused(TERMINAL_GONE)` unless this one is among them."""
        terminals = await self._terminals()
        if terminal_id not in {terminal.id for terminal in terminals}:
            raise BackendRefused(Refusal.TERMINAL_GONE)
        return terminals

    async def _wherever(self, order: Order) -> TerminalUser:
        """The order's user, who after an assignment may not be at the order's location any more."""
        if order.kind is not ChangeKind.ASSIGN:
            return await self.user(order.terminal_id, order.user_id)
        terminals = await self._with(order.terminal_id)
        with asking():
            member = await self._member(order.user_id)
            at = [user_of(member, terminal.id, terminals) for terminal in terminals]
        for user in at:
            if user is not None:
                return user
        raise BackendRefused(Refusal.USER_GONE, "at no location")

    async def _member(self, user_id: str) -> Any:
        call = self._square.team_members.get(checked_id(user_id), request_options=_ONCE)
        return getattr(await _told(call), "team_member", None)

    async def _members(self, only: dict[str, Any]) -> AsyncIterator[Any]:
        """Every member once, also where somebody is added between two pages. Raises `AnswerLost`."""
        seen: set[str] = set()
        cursor: dict[str, str] = {}
        while len(seen) < _MOST_MEMBERS:
            search = self._square.team_members.search
            answer = await _told(search(query={"filter": only}, limit=PAGE, request_options=_ONCE, **cursor))
            page = listed(answer, "team_members")
            new = [member for member in page if getattr(member, "id", None) not in seen]
            for member in new:
                seen.add(str(getattr(member, "id", "")))
                yield member
            after = getattr(answer, "cursor", None)
            if not isinstance(after, str) or not after or not new:
                return
            cursor = {"cursor": after}

    async def _numbered(self, order: Order) -> list[TerminalUser | None]:
        """Who has the order's number, wherever they work; None for who does not work at its location."""
        terminals = await self._with(order.terminal_id)
        with asking():
            members = [member async for member in self._members({}) if number_of(member) == order.number]
            return [user_of(member, order.terminal_id, terminals) for member in members]

    # Changing --------------------------------------------------------------------------------------------------------

    async def _change(self, order: Order) -> None:
        if order.kind is ChangeKind.ASSIGN:
            await self._check_terminals(order)
        user = await self._wherever(order)
        if holds(user, order):
            return
        if user.protected:
            raise BackendRefused(Refusal.PROTECTED, "the owner")
        if user.version != order.expected_version:
            raise BackendRefused(Refusal.STALE_VERSION)
        invalid = Refusal.NAME_INVALID if order.kind is ChangeKind.RENAME else Refusal.OTHER
        call = self._square.team_members.update(
            checked_id(order.user_id), team_member=written(order), request_options=_ONCE
        )
        await _told(call, invalid=invalid)

    async def _check_terminals(self, order: Order) -> None:
        if not order.terminals:
            raise BackendRefused(Refusal.UNSUPPORTED, "at no location")
        if not order.terminals <= {terminal.id for terminal in await self._terminals()}:
            raise BackendRefused(Refusal.TERMINAL_GONE)

    async def _add(self, order: Order, key: str) -> None:
        if order.role not in CAPABILITIES.roles:
            raise BackendRefused(Refusal.UNSUPPORTED, "a role other than cashier")
        rules = CAPABILITIES.number
        if not rules.shortest <= len(order.number or "") <= rules.longest:
            raise BackendRefused(Refusal.NUMBER_INVALID)
        new = written(order)
        if taken := await self._numbered(order):
            if any(user is not None and holds(user, order) for user in taken):
                return
            raise BackendRefused(Refusal.DUPLICATE_NUMBER)
        call = self._square.team_members.create(idempotency_key=_key(key), team_member=new, request_options=_ONCE)
        await _told(call, invalid=Refusal.NAME_INVALID)


def _check(order: Order) -> None:
    if not CAPABILITIES.offers(order.kind):
        raise BackendRefused(Refusal.UNSUPPORTED, order.kind.value)


def _key(key: str) -> str:
    return key if len(key) <= _KEY_LONGEST else hashlib.sha256(key.encode()).hexdigest()[:_KEY_LONGEST]


async def _told(call: Awaitable[Any], *, invalid: Refusal = Refusal.OTHER) -> Any:
    """The answer. Raises `BackendRefused` for Square's no; `invalid` is what a 400 means."""
    try:
        answer = await call
    except ApiError as no:
        status, errors = no.status_code, no.errors
    else:
        # A part of a call may be refused within an answer.
        status, errors = None, getattr(answer, "errors", None)
        if not errors:
            return answer
    # Out here, so that what the server wrote is in no trace.
    code = str(getattr(errors[0], "code", "")) if isinstance(errors, list) else ""
    known = code if code.isascii() and code.replace("_", "").isalpha() and len(code) < 64 else ""
    if status == 404:
        raise BackendRefused(Refusal.USER_GONE, known)
    if status is None or 400 <= status < 500:
        raise BackendRefused(invalid if status == 400 else Refusal.OTHER, f"{status or 200} {known}".strip())
    raise AnswerLost(str(status))
