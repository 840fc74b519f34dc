"""A change request: one change of one terminal user, from its proposal to its end."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from changes.backend import ChangeKind, Order
from changes.life import State
from changes.till import Permission, Role, Status, Terminal, TerminalUser

#: How long a proposal waits for its code.
LIFETIME = timedelta(minutes=10)

#: A till that certainly was not reached is tried for so long before the change has failed.
TRIED_FOR = timedelta(minutes=15)

#: What can end by itself, each by its opposite; the opposite of a role is the role before.
_OPPOSITE = {
    ChangeKind.FREEZE: ChangeKind.UNFREEZE,
    ChangeKind.UNFREEZE: ChangeKind.FREEZE,
    ChangeKind.ROLE: ChangeKind.ROLE,
}

TEMPORARY = frozenset(_OPPOSITE)

#: What a change touches, as plain JSON: `name`, `role`, `status`, `permissions`, `terminals`, `known`, of an added user
#: `number`, `name` and `role`, or `pin` (never the PIN itself). Afterwards also what is told besides: `secret`, which
#: is `password`, or `at-till` where the till is told none; the names of terminals, `were` and `are`; and `instead`,
#: number and name of the user in whose place another was added.
Values = dict[str, str]


def new_request_id() -> str:
    """128 random bits: it is also the idempotency key at the till."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """One row. `user` is the terminal user as the owner saw it; `before` and `after` hold what the change touches."""

    id: str
    shop_id: int
    actor_id: int
    actor_name: str
    chat_id: int
    terminal: Terminal
    user: TerminalUser
    kind: ChangeKind
    before: Values
    after: Values
    state: State
    created_at: datetime
    #: Until when a proposal waits for its code; once its time has come, until when a till is tried that is not reached.
    expires_at: datetime
    force: bool = False
    #: The number of the audit entry whose change this one undoes.
    undoes: int | None = None
    #: The new PIN: only here, encrypted at rest, gone once it was delivered or the change failed.
    secret: str | None = field(default=None, repr=False)
    #: Whether a PIN is kept that none of the keys opens.
    secret_unreadable: bool = False
    #: Whether the bot made the PIN and so must show it once.
    secret_made: bool = False
    progress_message_id: int | None = None
    confirmed_at: datetime | None = None
    #: When the till was last asked; since it first was it may hold the change.
    asked_at: datetime | None = None
    finished_at: datetime | None = None
    attempts: int = 0
    next_at: datetime | None = None
    lease_owner: str | None = None
    #: Why it ended as it did, or what it waits for: a text key's ending.
    result: str = ""
    #: When it is to be applied; None at once.
    due_at: datetime | None = None
    #: When it ends by itself; None never.
    until: datetime | None = None
    #: The change whose end this one is.
    ends: str | None = None
    #: What all changes that one code confirmed together share.
    batch: str | None = None
    #: When a person said that it is done at the till; only of a guided change.
    done_at: datetime | None = None
    #: When the owner said not to wait for the till any longer.
    given_up_at: datetime | None = None

    @property
    def key(self) -> str:
        """The idempotency key at the till."""
        return f"{self.id}:do"

    def order(self) -> Order:
        """What the backend is asked. Raises `ValueError` where its PIN is kept and cannot be read."""
        if self.secret_unreadable:
            raise ValueError("the PIN of this change cannot be read")
        return Order(
            kind=self.kind,
            terminal_id=self.terminal.id,
            user_id="" if self.kind is ChangeKind.ADD else self.user.id,
            expected_version=self.user.version,
            name=self.after.get("name"),
            role=Role(self.after["role"]) if "role" in self.after else None,
            secret=self.secret,
            force=self.force,
            number=self.after.get("number"),
            permissions=_permissions(self.after.get("permissions")),
            terminals=_set_of(self.after.get("terminals")),
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """What the owner asks for, before it is looked at. `value` is a new name, a role or a typed PIN."""

    shop_id: int
    terminal_id: str
    user_id: str
    kind: ChangeKind
    value: str | None = field(default=None, repr=False)
    force: bool = False
    undoes: int | None = None
    due_at: datetime | None = None
    until: datetime | None = None


def end_of(request: ChangeRequest, left: TerminalUser) -> ChangeRequest:
    """The change that ends an applied temporary one at its time. `left` is the user as the till held it then."""
    return ChangeRequest(
        id=new_request_id(),
        shop_id=request.shop_id,
        actor_id=request.actor_id,
        actor_name=request.actor_name,
        chat_id=request.chat_id,
        terminal=request.terminal,
        user=left,
        kind=_OPPOSITE[request.kind],
        before=request.after,
        after=request.before,
        state=State.SCHEDULED,
        created_at=request.created_at,
        expires_at=request.expires_at,
        # Who is signed in is frozen again all the same: that was confirmed.
        force=request.kind is ChangeKind.UNFREEZE,
        confirmed_at=request.confirmed_at,
        due_at=request.until,
        next_at=request.until,
        ends=request.id,
    )


def may_end(end: ChangeRequest, user: TerminalUser) -> bool:
    """Whether `user` is still as the temporary change left it, so that its end may be applied.

    A freeze must be the same freeze, not one that somebody made since: the till names it, or its user's version shows
    that nothing at all was changed.
    """
    if touched(end.kind, user) != end.before:
        return False
    if end.kind is not ChangeKind.UNFREEZE:
        return True
    left = end.user
    return (left.freeze != "" and user.freeze == left.freeze) or (left.version != "" and user.version == left.version)


def touched(kind: ChangeKind, user: TerminalUser) -> Values:
    """What a change of this kind touches of a user, as it is now."""
    match kind:
        case ChangeKind.RENAME:
            return {"name": user.name}
        case ChangeKind.ROLE:
            return {"role": user.role.value}
        case ChangeKind.PIN:
            return {"pin": "old"}
        case ChangeKind.FREEZE | ChangeKind.UNFREEZE:
            return {"status": user.status.value}
        case ChangeKind.PERMISSIONS:
            return {"permissions": joined(user.permissions or ())}
        case ChangeKind.ASSIGN:
            return {"terminals": joined(user.terminals or ())}
        case ChangeKind.REMOVE:
            return {"known": "yes"}
        case ChangeKind.ADD:
            return {}


def wanted(kind: ChangeKind, value: str | None) -> Values:
    """What a user holds after a change of this kind."""
    match kind:
        case ChangeKind.RENAME:
            return {"name": value or ""}
        case ChangeKind.ROLE:
            return {"role": Role(value or "").value}
        case ChangeKind.PIN:
            return {"pin": "new"}
        case ChangeKind.FREEZE:
            return {"status": Status.FROZEN.value}
        case ChangeKind.UNFREEZE:
            return {"status": Status.ACTIVE.value}
        case ChangeKind.PERMISSIONS:
            return {"permissions": joined(_permissions(value) or ())}
        case ChangeKind.ASSIGN:
            return {"terminals": joined(_set_of(value) or ())}
        case ChangeKind.REMOVE:
            return {"known": "no"}
        case ChangeKind.ADD:
            return _whole(value)


def value_of(values: Values) -> str | None:
    """What of a user's values `wanted` would be given; None where its kind has none."""
    return next((values[name] for name in ("name", "role", "permissions", "terminals") if name in values), None)


def _whole(value: str | None) -> Values:
    """Of a user to add: number, role and name, one space between; only the name may hold more."""
    number, role, name = (value or "").split(" ", 2)
    return {"number": number, "name": name, "role": Role(role).value}


def joined(several: Iterable[str]) -> str:
    """Permissions or ids as one value of a change: in order, one space between; none is the empty text."""
    return " ".join(sorted(several))


def _set_of(value: str | None) -> frozenset[str] | None:
    return None if value is None else frozenset(value.split())


def _permissions(value: str | None) -> frozenset[Permission] | None:
    return None if value is None else frozenset(Permission(each) for each in value.split())
