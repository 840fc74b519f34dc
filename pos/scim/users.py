"""SCIM users as terminal users, and orders as patches. No HTTP here."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from changes.backend import BackendRefused, ChangeKind, Order, Refusal
from changes.till import Role, Status, TerminalUser

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RoleNames:
    """What the three roles are called in the directory."""

    names: Mapping[Role, str]

    def of(self, resource: Resource) -> Role | None:
        """The highest of the three that a user has; None for who is no terminal user."""
        held = {role for role, name in self.names.items() if name in _values(resource)}
        return max(held, key=lambda role: role.rank, default=None)

    def replaced(self, resource: Resource, role: Role) -> list[Mapping[str, Any]]:
        """The user's roles with this one for those of the three; what else they hold stays."""
        ours = set(self.names.values())
        others = [each for each in _roles(resource) if each.get("value") not in ours]
        return [*others, {"value": self.names[role]}]


def _roles(resource: Resource) -> list[Mapping[str, Any]]:
    roles = resource.get("roles") or []
    return [role for role in roles if isinstance(role, Mapping)]


def _values(resource: Resource) -> set[Any]:
    return {role.get("value") for role in _roles(resource)}


def version_of(resource: Resource) -> str:
    """A digest of all that a user is: servers exist whose ETag changes with every other user's."""
    kept = {name: value for name, value in resource.items() if name != "meta"}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:16]


def user_of(resource: Resource, terminal_id: str, names: RoleNames) -> TerminalUser | None:
    """None for who is no terminal user: without an id, a user name, or one of the three roles."""
    role = names.of(resource)
    user_id, number = resource.get("id"), resource.get("userName")
    if role is None or not isinstance(user_id, str) or not isinstance(number, str):
        return None
    # RFC 7643, 4.1.1: a user without `active` is whatever the server takes for the rule, which is active.
    active = resource.get("active", True) is True
    return TerminalUser(
        id=user_id,
        terminal_id=terminal_id,
        number=number,
        name=_name(resource) or number,
        role=role,
        status=Status.ACTIVE if active else Status.FROZEN,
        version=version_of(resource),
    )


def _name(resource: Resource) -> str:
    full = resource.get("name")
    formatted = full.get("formatted") if isinstance(full, Mapping) else None
    return str(resource.get("displayName") or formatted or "")


def wanted(order: Order) -> tuple[str, str | Role | Status]:
    """The one field of a terminal user that the order sets, and to what. Raises `BackendRefused(UNSUPPORTED)`."""
    match order:
        case Order(kind=ChangeKind.RENAME, name=str(name)):
            return "name", name
        case Order(kind=ChangeKind.ROLE, role=Role() as role):
            return "role", role
        case Order(kind=ChangeKind.FREEZE | ChangeKind.UNFREEZE, status=Status() as status):
            return "status", status
        case _:
            raise BackendRefused(Refusal.UNSUPPORTED, order.kind.value)


def holds(user: TerminalUser, order: Order) -> bool:
    """Whether the user is as the order wants. Raises `BackendRefused(UNSUPPORTED)`."""
    field, value = wanted(order)
    return bool(getattr(user, field) == value)


def patch_of(resource: Resource, order: Order, names: RoleNames) -> dict[str, Any]:
    """RFC 7644, 3.5.2: only what is named changes. Raises `BackendRefused(UNSUPPORTED)`."""
    match wanted(order):
        case "role", Role() as role:
            path, value = "roles", names.replaced(resource, role)
        case "status", status:
            path, value = "active", status is Status.ACTIVE  # type: ignore[assignment]  # of its path
        case _, name:
            path, value = "displayName", name  # type: ignore[assignment]
    return {"schemas": [PATCH], "Operations": [{"op": "replace", "path": path, "value": value}]}
