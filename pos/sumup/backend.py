"""The adapter between SumUp's Members API and the protocol that every point-of-sale system answers.

A merchant account is one terminal, which stands for all its devices. SumUp knows no version of a member, so each order
looks before it writes; orders of this process go one after another, others may come between look and write.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from typing import Any

import httpx
import pydantic
from sumup import APIError
from sumup.members import AsyncMembersResource
from sumup.types import Secret

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
    SecretKind,
    SecretRules,
    Support,
)
from changes.till import Status, Terminal, TerminalUser, UserPage, UserQuery
from pos.http import NoRights
from pos.listing import page_of
from pos.sdk import Bounded, asking, checked_id
from pos.sumup.members import (
    FORBIDDEN,
    ROLES,
    Addresses,
    check_password,
    holds,
    is_managed,
    refusal_of,
    roles_with,
    user_of,
)

TERMINAL_ID = "all"

_NATIVE = (ChangeKind.RENAME, ChangeKind.PIN, ChangeKind.ROLE, ChangeKind.ADD, ChangeKind.REMOVE)

#: Where the shop has a domain for the addresses of its users; else nobody is added.
CAPABILITIES = Capabilities(
    operations=dict.fromkeys(_NATIVE, Support.NATIVE),
    secret=SecretRules(shortest=8, longest=64, made=12, kind=SecretKind.PASSWORD),
    name_longest=64,
    roles=tuple(ROLES),
    # A repeat finds the member as it wants them. That of a password is refused: it was used before.
    idempotent=True,
    versioned=False,
    confirms_secret=False,
    evidence=Evidence.SPECIFICATION,
    scope=Scope.SHOP,
    number=NumberRules(longest=64),
)

#: Members asked for at once; a server may send fewer.
PAGE = 25
#: More members than that are no shop's.
_MOST_MEMBERS = 50_000


class SumUpBackend:
    """Every call to SumUp ends within about `timeout` seconds; an order is a handful of calls."""

    def __init__(
        self, base: str, key: str, merchant: str, *, terminal: str, domain: str = "", timeout: float = 10
    ) -> None:
        headers = {"Authorization": f"Bearer {key}", "Accept": "application/problem+json, application/json"}
        self._http = httpx.AsyncClient(base_url=base, headers=headers, transport=Bounded(timeout), timeout=timeout)
        # The library's client makes its own connections; its parts take one that is bounded.
        self._members = AsyncMembersResource(self._http)
        self._merchant, self._terminal = merchant, Terminal(TERMINAL_ID, terminal)
        self._addresses = Addresses(domain)
        self._one_at_a_time = asyncio.Lock()
        add = Support.NATIVE if domain else Support.NONE
        self._capabilities = replace(CAPABILITIES, operations={**CAPABILITIES.operations, ChangeKind.ADD: add})

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    async def terminals(self) -> tuple[Terminal, ...]:
        return (self._terminal,)

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        self._check_terminal(terminal_id)
        with asking():
            users = [user_of(member, TERMINAL_ID, self._addresses) async for member in self._all()]
        return page_of((user for user in users if user is not None), query)

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        return (await self._found(terminal_id, user_id))[0]

    async def apply(self, order: Order, key: str) -> None:  # noqa: ARG002 of the protocol
        """`key` goes nowhere: SumUp has none."""
        self._check(order)
        async with self._one_at_a_time:
            await (self._add(order) if order.kind is ChangeKind.ADD else self._change(order))

    async def confirm(self, order: Order) -> bool | None:
        self._check(order)
        if order.kind is ChangeKind.ADD:
            user = await self._numbered(order)
            return user is not None and bool(holds(user, order))
        if order.kind is ChangeKind.REMOVE:
            return await self._is_gone(order.user_id)
        user, _ = await self._found(order.terminal_id, order.user_id)
        return holds(user, order)

    async def close(self) -> None:
        await self._http.aclose()

    async def reached(self) -> None:
        """Whether the account lists members; asked when a shop is added. Raises `BackendError`."""
        with asking():
            await self._told(self._members.list(self._merchant, limit=1))

    # Looking ---------------------------------------------------------------------------------------------------------

    async def _found(self, terminal_id: str, user_id: str) -> tuple[TerminalUser, Any]:
        self._check_terminal(terminal_id)
        member = await self._member(user_id)
        user = user_of(member, TERMINAL_ID, self._addresses)
        if user is None or user.id != user_id:
            raise BackendRefused(Refusal.USER_GONE, "no terminal user")
        return user, member

    async def _member(self, user_id: str) -> Any:
        with asking():
            return await self._told(self._members.get(self._merchant, checked_id(user_id)), about_one=True)

    async def _is_gone(self, user_id: str) -> bool:
        """Whether there is no such member any more: one who became an administrator is no till's user, and still in."""
        try:
            await self._member(user_id)
        except BackendRefused as no:
            if no.reason is not Refusal.USER_GONE:
                raise
            return True
        return False

    async def _all(self, **only: str) -> AsyncIterator[Any]:
        """Every member once, also where somebody is added or removed between two pages. Raises `AnswerLost`."""
        seen: set[str] = set()
        offset, total = 0, 1
        while offset < min(total, _MOST_MEMBERS):
            page = await self._told(self._members.list(self._merchant, offset=offset, limit=PAGE, **only))
            for member in page.items:
                if member.id not in seen:
                    seen.add(member.id)
                    yield member
            if not page.items:
                return
            offset += len(page.items)
            # Without a count there may be more as long as something comes.
            total = offset + 1 if page.total_count is None else page.total_count

    async def _numbered(self, order: Order) -> TerminalUser | None:
        """Who signs in with the order's number. Raises `BackendRefused(DUPLICATE_NUMBER)` for who is no till's user."""
        self._check_terminal(order.terminal_id)
        address = self._addresses.of(order.number)
        with asking():
            members = [member async for member in self._all(email=address)]
        for member in members:
            user = user_of(member, TERMINAL_ID, self._addresses)
            if user is not None and user.number == order.number:
                return user
            if member.user is not None and member.user.email == address:
                raise BackendRefused(Refusal.DUPLICATE_NUMBER)
        return None

    # Changing --------------------------------------------------------------------------------------------------------

    async def _change(self, order: Order) -> None:
        if order.kind is ChangeKind.REMOVE and await self._is_gone(order.user_id):
            return
        user, member = await self._found(order.terminal_id, order.user_id)
        if holds(user, order):
            return
        if user.version != order.expected_version:
            raise BackendRefused(Refusal.STALE_VERSION)
        at = (self._merchant, checked_id(order.user_id))
        if order.kind is ChangeKind.REMOVE:
            await self._told(self._members.delete(*at), order.kind)
        else:
            await self._told(self._members.update(*at, **self._fields(order, user, member)), order.kind)

    def _fields(self, order: Order, user: TerminalUser, member: Any) -> dict[str, Any]:
        """What is written of a member: only what is named changes. Raises `BackendRefused`."""
        if order.kind is ChangeKind.ROLE:
            return {"roles": roles_with(member, order.role)}
        if not is_managed(member):
            raise BackendRefused(Refusal.PROTECTED, "who has a SumUp account of their own names themselves")
        if order.kind is ChangeKind.RENAME:
            return {"user": {"nickname": order.name}}
        if user.status is Status.FROZEN:
            # "Updating the password also enables the managed user account": nobody asked for that.
            raise BackendRefused(Refusal.FROZEN)
        return {"user": {"password": self._password(order)}}

    async def _add(self, order: Order) -> None:
        address, password = self._addresses.of(order.number), self._password(order)
        if order.role not in ROLES:
            raise BackendRefused(Refusal.UNSUPPORTED, "no such role")
        if not order.name:
            raise BackendRefused(Refusal.NAME_INVALID)
        taken = await self._numbered(order)
        if taken is not None:
            if holds(taken, order):
                return
            raise BackendRefused(Refusal.DUPLICATE_NUMBER)
        call = self._members.create(
            self._merchant,
            is_managed_user=True,
            email=address,
            password=password,
            nickname=order.name,
            roles=[ROLES[order.role]],
        )
        await self._told(call, order.kind)

    def _password(self, order: Order) -> Secret:
        rules = self._capabilities.secret
        return Secret(check_password(order.secret, rules.shortest, rules.longest))

    def _check(self, order: Order) -> None:
        self._check_terminal(order.terminal_id)
        if not self._capabilities.offers(order.kind):
            raise BackendRefused(Refusal.UNSUPPORTED, order.kind.value)

    def _check_terminal(self, terminal_id: str) -> None:
        if terminal_id != TERMINAL_ID:
            raise BackendRefused(Refusal.TERMINAL_GONE)

    async def _told(self, call: Awaitable[Any], kind: ChangeKind | None = None, *, about_one: bool = False) -> Any:
        """The answer. `kind` is an order's; `about_one`: a question about one member.

        Raises `BackendRefused` for SumUp's no, and `AnswerLost` for what is no answer of SumUp's.
        """
        try:
            return await call
        except NoRights as no:
            if no.status != 403 or kind not in FORBIDDEN:
                raise
            status = no.status
        except APIError as no:
            status = no.status or 0
        except pydantic.ValidationError:
            status = 0
        # Out here, so that what the server wrote is in no trace.
        if not 400 <= status < 500:
            raise AnswerLost("no SumUp answer")
        if status == 404 and kind is None and not about_one:
            # Of a list it is the merchant account that is not there.
            raise BackendRefused(Refusal.TERMINAL_GONE, "404")
        raise BackendRefused(refusal_of(status, kind), str(status))
