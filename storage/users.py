"""Terminal users as JSON: what a set holds is in order, so that the same user is the same text."""

from dataclasses import asdict
from typing import Any

from changes.till import Permission, Role, Status, TerminalUser


def as_json(user: TerminalUser) -> dict[str, Any]:
    sets = {"permissions": user.permissions, "terminals": user.terminals}
    return asdict(user) | {name: None if held is None else sorted(held) for name, held in sets.items()}


def from_json(row: dict[str, Any]) -> TerminalUser:
    """Also of a row that was written before users had permissions and terminals."""
    permissions, terminals = row.get("permissions"), row.get("terminals")
    typed = {
        "role": Role(row["role"]),
        "status": Status(row["status"]),
        "permissions": None if permissions is None else frozenset(Permission(each) for each in permissions),
        "terminals": None if terminals is None else frozenset(terminals),
    }
    return TerminalUser(**row | typed)
