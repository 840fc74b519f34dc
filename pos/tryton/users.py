"""Tryton's users as terminal users, and orders as what is written. No HTTP here."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from changes.backend import BackendRefused, ChangeKind, Order, Refusal
from changes.till import Role, Status, TerminalUser

Record = Mapping[str, Any]

#: What is read of a user. `_timestamp` is when the record was last written, to the microsecond.
FIELDS = [
    "login",
    "name",
    "active",
    "write_uid",
    "_timestamp",
    *(f"roles.{field}" for field in ("role.name", "from_date", "to_date", "_timestamp")),
]


@dataclass(frozen=True, slots=True)
class RoleNames:
    """What the three roles are called in Tryton."""

    names: Mapping[Role, str]

    def domain(self) -> list[Any]:
        """Who is a terminal user: holds one of the roles, and is no administrator, who needs none."""
        return [["administrator", "=", False], ["roles.role.name", "in", [*self.names.values()]]]

    def held(self, record: Record) -> list[tuple[Role, Record]]:
        """The user's rows of the till's roles, the highest role first."""
        roles = {name: role for role, name in self.names.items()}
        found = [(roles[name], row) for row in _rows(record) if (name := _name_of(row)) in roles]
        return sorted(found, key=lambda each: each[0].rank, reverse=True)


def _rows(record: Record) -> list[Record]:
    return [row for row in record.get("roles.") or () if isinstance(row, Mapping)]


def _name_of(row: Record) -> Any:
    role = row.get("role.")
    return role.get("name") if isinstance(role, Mapping) else None


def version_of(record: Record) -> str:
    """A digest of all that was read: who writes a row of roles by itself leaves the user's own timestamp."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:16]


def timestamps_of(record: Record) -> dict[str, str]:
    """What Tryton compares before it writes: the user's, and each row's."""
    rows = {f"res.user.role,{row.get('id')}": row.get("_timestamp") for row in _rows(record)}
    stamps = {f"res.user,{record.get('id')}": record.get("_timestamp")} | rows
    return {key: stamp for key, stamp in stamps.items() if isinstance(stamp, str)}


def user_of(record: Any, terminal_id: str, names: RoleNames) -> TerminalUser | None:
    """None for who is no terminal user."""
    if not isinstance(record, Mapping):
        return None
    held = names.held(record)
    user_id, number = record.get("id"), record.get("login")
    if not held or not isinstance(user_id, int) or not isinstance(number, str):
        return None
    return TerminalUser(
        id=str(user_id),
        terminal_id=terminal_id,
        number=number,
        name=str(record.get("name") or number),
        role=held[0][0],
        # Tryton says 1 or 0 in a list, and true or false elsewhere.
        status=Status.ACTIVE if record.get("active") else Status.FROZEN,
        version=version_of(record),
    )


def holds(user: TerminalUser, order: Order) -> bool:
    """Whether the user is as the order wants, but for a password. Raises `BackendRefused(UNSUPPORTED)`."""
    match order:
        case Order(kind=ChangeKind.RENAME, name=str(name)):
            return user.name == _stripped(name)
        case Order(kind=ChangeKind.ROLE, role=Role() as role):
            return user.role is role
        case Order(kind=ChangeKind.FREEZE | ChangeKind.UNFREEZE, status=Status() as status):
            return user.status is status
        case Order(kind=ChangeKind.REMOVE):
            return user.status is Status.FROZEN
        case Order(kind=ChangeKind.ADD, name=str(name), role=Role() as role):
            return (user.name, user.role, user.status) == (_stripped(name), role, Status.ACTIVE)
        case Order(kind=ChangeKind.PIN):
            return True
    raise BackendRefused(Refusal.UNSUPPORTED, order.kind.value)


def _stripped(text: str) -> str:
    """As Tryton keeps it."""
    return text.strip()


def written(order: Order, record: Record, names: RoleNames, role_ids: Mapping[Role, int]) -> dict[str, Any]:
    """The values that the order writes: only what is named changes. Raises `BackendRefused`."""
    match order:
        case Order(kind=ChangeKind.RENAME, name=str(name)) if _stripped(name):
            return {"name": name}
        case Order(kind=ChangeKind.RENAME):
            raise BackendRefused(Refusal.NAME_INVALID)
        case Order(kind=ChangeKind.ROLE, role=Role() as role):
            return {"roles": _role_rows(names.held(record), role_ids[role])}
        case Order(kind=ChangeKind.FREEZE | ChangeKind.REMOVE):
            return {"active": False}
        case Order(kind=ChangeKind.UNFREEZE):
            return {"active": True}
        case Order(kind=ChangeKind.PIN, secret=str(secret)) if secret:
            return {"password": secret}
    raise BackendRefused(Refusal.UNSUPPORTED, order.kind.value)


def _role_rows(held: list[tuple[Role, Record]], role_id: int) -> list[list[Any]]:
    """The highest row gets the role and keeps its dates; the till's others go; what is not the till's stays.

    Through the user, not by the rows themselves: only so Tryton brings the groups after, and the user's timestamp.
    """
    (_, first), *others = held
    gone = [["delete", [row["id"] for _, row in others]]] if others else []
    return [["write", [first["id"]], {"role": role_id}], *gone]


def added(order: Order, role_ids: Mapping[Role, int]) -> dict[str, Any]:
    """The values of a new user. Raises `BackendRefused`."""
    if order.role is None or not order.number or not _stripped(order.number):
        raise BackendRefused(Refusal.NUMBER_INVALID)
    if not order.name or not _stripped(order.name):
        raise BackendRefused(Refusal.NAME_INVALID)
    secret = {"password": order.secret} if order.secret else {}
    roles = [["create", [{"role": role_ids[order.role]}]]]
    return {"login": order.number, "name": order.name, "roles": roles} | secret
