"""The adapter between the embedded till and the protocol that every point-of-sale system answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from changes.backend import (
    AnswerLost,
    BackendRefused,
    Capabilities,
    ChangeKind,
    Evidence,
    NotReached,
    NumberRules,
    Order,
    Refusal,
    SecretRules,
    Support,
)
from changes.till import Permission, Role, Terminal, TerminalUser, UserPage, UserQuery
from pos.embedded import rules
from pos.embedded.errors import Reason, Refused, Unavailable, Uncertain
from pos.embedded.faults import Fault, FaultKind, FaultMethod
from pos.embedded.till import Edit, NewUser, Till

#: The fields of an order of each kind; FREEZE and REMOVE may also be forced.
_FIELDS: dict[ChangeKind, frozenset[str]] = {
    ChangeKind.RENAME: frozenset({"name"}),
    ChangeKind.PIN: frozenset({"secret"}),
    ChangeKind.ROLE: frozenset({"role"}),
    ChangeKind.FREEZE: frozenset(),
    ChangeKind.UNFREEZE: frozenset(),
    ChangeKind.PERMISSIONS: frozenset({"permissions"}),
    ChangeKind.ADD: frozenset({"number", "name", "role", "secret"}),
    ChangeKind.REMOVE: frozenset(),
}

_FORCED = frozenset({ChangeKind.FREEZE, ChangeKind.REMOVE})

CAPABILITIES = Capabilities(
    # Each terminal has users of its own: nobody is assigned to another.
    operations=dict.fromkeys(_FIELDS, Support.NATIVE) | {ChangeKind.ASSIGN: Support.NONE},
    secret=SecretRules(shortest=rules.PIN_SHORTEST, longest=rules.PIN_LONGEST, made=6),
    name_longest=rules.NAME_LONGEST,
    roles=tuple(Role),
    idempotent=True,
    versioned=True,
    confirms_secret=True,
    evidence=Evidence.REAL_SERVER,
    ends_sessions=True,
    permissions=frozenset(Permission),
    number=NumberRules(longest=rules.NUMBER_LONGEST, digits=True),
    users_most=rules.USERS_MOST,
)

#: Reasons that the protocol has no word for are `Refusal.OTHER`, with the till's own word as detail.
_REFUSALS = {
    Reason.USER_GONE: Refusal.USER_GONE,
    Reason.TERMINAL_GONE: Refusal.TERMINAL_GONE,
    Reason.STALE_VERSION: Refusal.STALE_VERSION,
    Reason.SIGNED_IN: Refusal.SIGNED_IN,
    Reason.PIN_SHORT: Refusal.SECRET_SHORT,
    Reason.PIN_LONG: Refusal.SECRET_LONG,
    Reason.PIN_NOT_DIGITS: Refusal.SECRET_NOT_DIGITS,
    Reason.NAME_INVALID: Refusal.NAME_INVALID,
    Reason.NUMBER_INVALID: Refusal.NUMBER_INVALID,
    Reason.NUMBER_TAKEN: Refusal.DUPLICATE_NUMBER,
    Reason.FULL: Refusal.FULL,
}


class EmbeddedBackend:
    """The till in the file at `path`, which must be there. Every call ends within about `timeout` seconds.

    The file is opened by the first call that succeeds in it.
    """

    def __init__(self, path: Path, *, timeout: float = 10) -> None:
        # A lock held by another process is given up half-way, while it is still certain that nothing was applied.
        self._till = Till(path, create=False, wait=timeout / 2)
        self._timeout = timeout
        self._opening = asyncio.Lock()
        self._is_open = False

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def terminals(self) -> tuple[Terminal, ...]:
        async with self._reading():
            return await self._till.terminals()

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        async with self._reading():
            return await self._till.users(terminal_id, query)

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        async with self._reading():
            return await self._till.user(terminal_id, user_id)

    async def apply(self, order: Order, key: str) -> None:
        _check(order)
        user = {"terminal_id": order.terminal_id, "user_id": order.user_id}
        async with self._asking(FaultMethod.APPLY):
            if order.kind is ChangeKind.ADD:
                await self._till.add_once(order.terminal_id, _new_user(order), key=key)
            elif order.kind is ChangeKind.REMOVE:
                await self._till.remove(**user, version=order.expected_version, key=key, force=order.force)
            else:
                await self._till.change(**user, edit=_edit(order), version=order.expected_version, key=key)

    async def confirm(self, order: Order) -> bool:
        _check(order)
        async with self._reading(confirming=True) as fault:
            if fault and fault.kind is FaultKind.WRONG_READBACK:
                return False
            if order.kind is ChangeKind.REMOVE:
                return not await self._knows(order)
            user_id = order.user_id
            if order.kind is ChangeKind.ADD:
                added = await self._till.by_number(order.terminal_id, order.number or "")
                if added is None:
                    return False
                user_id = added.id
            return await self._holds(user_id, order)

    async def _knows(self, order: Order) -> bool:
        try:
            await self._till.user(order.terminal_id, order.user_id)
        except Refused as no:
            if no.reason is Reason.USER_GONE:
                return False
            raise
        return True

    async def _holds(self, user_id: str, order: Order) -> bool:
        user = await self._till.user(order.terminal_id, user_id)
        pairs = (
            (order.name, user.name),
            (order.role, user.role),
            (order.status, user.status),
            (order.permissions, user.permissions),
        )
        if any(asked not in (None, now) for asked, now in pairs):
            return False
        return order.secret is None or await self._till.has_pin(order.terminal_id, user_id, order.secret)

    async def close(self) -> None:
        async with self._opening:
            self._is_open = False
            await self._till.close()

    @asynccontextmanager
    async def _reading(self, *, confirming: bool = False) -> AsyncIterator[Fault | None]:
        """Asks without changing anything, so a lost answer is as good as a till that was not reached."""
        try:
            async with self._asking(FaultMethod.READ, confirming=confirming) as fault:
                yield fault
        except AnswerLost as error:
            raise NotReached(*error.args) from error

    @asynccontextmanager
    async def _asking(self, method: FaultMethod, *, confirming: bool = False) -> AsyncIterator[Fault | None]:
        """One call: bounded in time, met by at most one fault, and failing in the words of the protocol."""
        try:
            async with asyncio.timeout(self._timeout):
                await self._open()
                fault = await self._till.take_fault(method, confirming=confirming)
                _fail_before(fault)
                yield fault
                await _fail_after(fault)
        except TimeoutError as error:
            raise AnswerLost(f"no answer within {self._timeout:g} s") from error
        except Uncertain as error:
            raise AnswerLost(str(error)) from error
        except Unavailable as error:
            raise NotReached(str(error)) from error
        except Refused as error:
            raise BackendRefused(_REFUSALS.get(error.reason, Refusal.OTHER), error.reason.value) from error

    async def _open(self) -> None:
        async with self._opening:
            if not self._is_open:
                await self._till.open()
                self._is_open = True


def _check(order: Order) -> None:
    """Raises `BackendRefused`: `UNSUPPORTED`, or `OTHER` unless exactly the fields of its kind are set."""
    if not CAPABILITIES.offers(order.kind):
        raise BackendRefused(Refusal.UNSUPPORTED, order.kind.value)
    names = ("name", "role", "secret", "number", "permissions", "terminals")
    given = {name for name in names if getattr(order, name) is not None}
    if given != _FIELDS[order.kind] or (order.force and order.kind not in _FORCED):
        raise BackendRefused(Refusal.OTHER, "malformed order")


def _edit(order: Order) -> Edit:
    return Edit(
        name=order.name,
        role=order.role,
        status=order.status,
        pin=order.secret,
        permissions=order.permissions,
        force=order.force,
    )


def _new_user(order: Order) -> NewUser:
    return NewUser(order.number or "", order.name or "", order.role or Role.CASHIER, order.secret or "")


def _fail_before(fault: Fault | None) -> None:
    """What the asker meets instead of the till."""
    match fault:
        case Fault(kind=FaultKind.DOWN):
            raise NotReached("the till is down")
        case Fault(kind=FaultKind.REFUSED):
            raise BackendRefused(Refusal.OTHER, "told to refuse")
        case Fault(kind=FaultKind.LOST_BEFORE):
            raise AnswerLost("the question was lost")


async def _fail_after(fault: Fault | None) -> None:
    """What becomes of the till's answer. Its own refusal stays a refusal, at once."""
    match fault:
        case Fault(kind=FaultKind.LOST):
            raise AnswerLost("the answer was lost")
        case Fault(kind=FaultKind.SLOW, seconds=seconds):
            await asyncio.sleep(seconds)
