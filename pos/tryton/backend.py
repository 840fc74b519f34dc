"""The adapter between Tryton (with the module user_role) and the protocol that every point-of-sale system answers.

Tryton knows no link between a user and a sale point, so one terminal stands for all. Only who holds one of the till's
roles is a terminal user; administrators and the bot's own account are neither shown nor changed.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from changes.backend import (
    BackendRefused,
    Capabilities,
    ChangeKind,
    Emulation,
    Evidence,
    NotReached,
    Order,
    Refusal,
    Scope,
    SecretKind,
    SecretRules,
    Support,
)
from changes.till import Role, Status, Terminal, TerminalUser, UserPage, UserQuery
from pos.kind import Finding
from pos.listing import page_of
from pos.tryton import rights
from pos.tryton.rights import role_ids
from pos.tryton.rpc import Rpc
from pos.tryton.users import FIELDS, Record, RoleNames, added, holds, timestamps_of, user_of, written

TERMINAL_ID = "all"

CAPABILITIES = Capabilities(
    operations={
        ChangeKind.RENAME: Support.NATIVE,
        ChangeKind.PIN: Support.NATIVE,
        ChangeKind.ROLE: Support.NATIVE,
        ChangeKind.FREEZE: Support.NATIVE,
        ChangeKind.UNFREEZE: Support.NATIVE,
        ChangeKind.ADD: Support.NATIVE,
        # Tryton deletes no users: "for logging purposes".
        ChangeKind.REMOVE: Support.EMULATED,
        ChangeKind.PERMISSIONS: Support.NONE,
        ChangeKind.ASSIGN: Support.NONE,
    },
    # Tryton's own shortest, unless its configuration wants more (`[password] length`).
    secret=SecretRules(shortest=8, longest=64, made=12, kind=SecretKind.PASSWORD),
    name_longest=64,
    roles=tuple(Role),
    # A repeat finds the user as it wants it, and asks for nothing.
    idempotent=True,
    versioned=True,
    confirms_secret=True,
    evidence=Evidence.REAL_SERVER,
    scope=Scope.SHOP,
    ends_sessions=True,
    emulations={ChangeKind.REMOVE: Emulation.FROZEN},
)

#: Users asked for at once.
PAGE = 1_000
#: More users than that are no shop's.
MOST_USERS = 50_000

#: Frozen users too: Tryton leaves them out unless it is told.
_FROZEN_TOO = {"active_test": False}

#: More digits are no id of a database.
_LONGEST_ID = 18


class TrytonBackend:
    """Every call ends within `timeout` seconds; an order is several, about five."""

    def __init__(self, rpc: Rpc, *, terminal: str, names: RoleNames) -> None:
        self._rpc, self._names = rpc, names
        self._terminal = Terminal(TERMINAL_ID, terminal)
        #: By user: a digest of the last password that was tried and is not theirs, and of their version then.
        self._tried: dict[str, bytes] = {}

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def terminals(self) -> tuple[Terminal, ...]:
        return (self._terminal,)

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        self._check(terminal_id)
        return page_of([user async for user in self._all()], query)

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        return (await self._found(terminal_id, user_id))[0]

    async def apply(self, order: Order, key: str) -> None:  # noqa: ARG002 of the protocol
        """`key` goes nowhere: Tryton has none, and what is asked for is a state that can be asked for twice."""
        if order.kind is ChangeKind.ADD:
            await self._add(order)
            return
        user, record = await self._found(order.terminal_id, order.user_id)
        if order.kind is not ChangeKind.PIN and holds(user, order):
            return
        if user.version != order.expected_version:
            if order.kind is ChangeKind.PIN and await self._opens(user, record, order):
                return
            raise BackendRefused(Refusal.STALE_VERSION)
        if user.status is Status.FROZEN and order.kind is not ChangeKind.UNFREEZE:
            raise BackendRefused(Refusal.FROZEN)
        values = written(order, record, self._names, await self._role_ids() if order.role else {})
        await self._rpc.order("model.res.user.write", [record["id"]], values, _timestamp=timestamps_of(record))

    async def confirm(self, order: Order) -> bool | None:
        if order.kind is ChangeKind.ADD:
            found = await self._numbered(order)
            return False if found is None else await self._is_as_added(*found, order)
        try:
            user, record = await self._found(order.terminal_id, order.user_id)
        except BackendRefused as no:
            if order.kind is ChangeKind.REMOVE and no.reason is Refusal.USER_GONE:
                return True
            raise
        if order.kind is ChangeKind.PIN:
            return False if user.version == order.expected_version else await self._opens(user, record, order)
        return holds(user, order)

    async def close(self) -> None:
        await self._rpc.close()

    async def findings(self) -> list[Finding]:
        """What the server or the account lacks or has too much. Raises `BackendError`."""
        return await rights.missing(self._rpc, self._names) + await rights.too_much(self._rpc)

    # Adding -------------------------------------------------------------------------------------------------------

    async def _add(self, order: Order) -> None:
        self._check(order.terminal_id)
        values = added(order, await self._role_ids())
        found = await self._numbered(order)
        if found is not None:
            if await self._is_as_added(*found, order):
                return
            raise BackendRefused(Refusal.DUPLICATE_NUMBER)
        await self._rpc.order("model.res.user.create", [values])

    async def _numbered(self, order: Order) -> tuple[TerminalUser, Record] | None:
        self._check(order.terminal_id)
        about = [["login", "=", (order.number or "").strip()], *self._names.domain()]
        records = await self._read(about, 1)
        user = user_of(records[0], TERMINAL_ID, self._names) if records else None
        return None if user is None else (user, records[0])

    async def _is_as_added(self, user: TerminalUser, record: Record, order: Order) -> bool | None:
        if not holds(user, order):
            return False
        return await self._opens(user, record, order) if order.secret else True

    # Passwords ----------------------------------------------------------------------------------------------------

    async def _opens(self, user: TerminalUser, record: Record, order: Order) -> bool | None:
        """Whether the order's password is the user's; None of who is frozen, and so cannot sign in.

        A wrong one counts against the user at the server, so none is tried where somebody else wrote last, nor twice.
        """
        if user.status is Status.FROZEN or order.secret is None:
            return None
        if record.get("write_uid") not in (None, await self._rpc.user_id()):
            return None
        tried = hashlib.sha256(f"{user.version} {order.secret}".encode()).digest()
        if self._tried.get(user.id) == tried:
            return False
        opens = await self._rpc.opens(user.number, order.secret)
        if opens is False:
            self._tried[user.id] = tried
        return opens

    # Reading ------------------------------------------------------------------------------------------------------

    async def _found(self, terminal_id: str, user_id: str) -> tuple[TerminalUser, Record]:
        self._check(terminal_id)
        if not (user_id.isascii() and user_id.isdigit() and len(user_id) <= _LONGEST_ID):
            raise BackendRefused(Refusal.USER_GONE)
        own = await self._rpc.user_id()
        records = await self._read([["id", "=", int(user_id)], ["id", "!=", own], *self._names.domain()], 1)
        user = user_of(records[0], TERMINAL_ID, self._names) if records else None
        if user is None:
            raise BackendRefused(Refusal.USER_GONE)
        return user, records[0]

    async def _all(self) -> AsyncIterator[TerminalUser]:
        """All terminal users, each once: from one id to the next, whoever comes or goes meanwhile."""
        last, own = -1, await self._rpc.user_id()
        for _ in range(MOST_USERS // PAGE):
            records = await self._read([["id", ">", last], ["id", "!=", own], *self._names.domain()], PAGE)
            for record in records:
                user = user_of(record, TERMINAL_ID, self._names)
                if user is not None:
                    yield user
            ids = [record["id"] for record in records]
            if len(records) < PAGE or max(ids) <= last:
                return
            last = max(ids)

    async def _read(self, domain: list[Any], limit: int) -> list[Record]:
        listed = await self._rpc.ask(
            "model.res.user.search_read", domain, 0, limit, [["id", "ASC"]], FIELDS, **_FROZEN_TOO
        )
        if not isinstance(listed, list) or not all(_is_record(each) for each in listed):
            raise NotReached("no list of users")
        return listed

    async def _role_ids(self) -> dict[Role, int]:
        ids = await role_ids(self._rpc, self._names)
        if len(ids) < len(Role):
            raise BackendRefused(Refusal.OTHER, "a role of the till is not there any more")
        return ids

    def _check(self, terminal_id: str) -> None:
        if terminal_id != TERMINAL_ID:
            raise BackendRefused(Refusal.TERMINAL_GONE)


def _is_record(each: object) -> bool:
    return isinstance(each, Mapping) and isinstance(each.get("id"), int)
