"""A backup of a shop: its terminals, their users and its settings. No PIN and no key is in it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from changes.errors import BackupUnreadable
from changes.ports import Shop
from changes.request import joined
from changes.roster import Roster
from changes.till import Permission, Role, Status, Terminal, TerminalUser


@dataclass(frozen=True, slots=True)
class Backup:
    made_at: datetime
    shop: str
    zone: str
    backend: str
    late_limit: int | None
    rosters: tuple[Roster, ...]

    @property
    def users(self) -> int:
        return sum(len(roster.users) for roster in self.rosters)


def backup_of(shop: Shop, rosters: tuple[Roster, ...], now: datetime) -> Backup:
    return Backup(now, shop.name, shop.zone, shop.backend, shop.late_limit, rosters)


def as_content(backup: Backup) -> dict[str, Any]:
    """As JSON; what stands in it is named here, so nothing gets in by itself."""
    return {
        "made_at": backup.made_at.astimezone(UTC).isoformat(timespec="seconds"),
        "shop": backup.shop,
        "zone": backup.zone,
        "backend": backup.backend,
        "late_limit": backup.late_limit,
        "terminals": [
            {
                "id": roster.terminal.id,
                "name": roster.terminal.name,
                "complete": roster.complete,
                "users": [_user_content(user) for user in roster.users],
            }
            for roster in backup.rosters
        ],
    }


def _user_content(user: TerminalUser) -> dict[str, Any]:
    return {
        "id": user.id,
        "number": user.number,
        "name": user.name,
        "role": user.role.value,
        "status": user.status.value,
        "permissions": None if user.permissions is None else joined(user.permissions),
        "terminals": None if user.terminals is None else sorted(user.terminals),
    }


def from_content(content: Any) -> Backup:
    """Raises `BackupUnreadable` for what `as_content` did not make."""
    try:
        made_at = datetime.fromisoformat(content["made_at"])
        rosters = tuple(_roster(each) for each in content["terminals"])
        shop, zone, backend = (str(content[name]) for name in ("shop", "zone", "backend"))
        late_limit = content["late_limit"]
        if made_at.tzinfo is None or not (late_limit is None or isinstance(late_limit, int)):
            raise ValueError
    except (LookupError, TypeError, ValueError, AttributeError) as odd:
        raise BackupUnreadable from odd
    return Backup(made_at, shop, zone, backend, late_limit, rosters)


def _roster(content: Any) -> Roster:
    terminal = Terminal(str(content["id"]), str(content["name"]))
    users = tuple(_user(terminal, each) for each in content["users"])
    return Roster(terminal, users, bool(content["complete"]))


def _user(terminal: Terminal, content: Any) -> TerminalUser:
    permissions, terminals = content["permissions"], content["terminals"]
    return TerminalUser(
        id=str(content["id"]),
        terminal_id=terminal.id,
        number=str(content["number"]),
        name=str(content["name"]),
        role=Role(content["role"]),
        status=Status(content["status"]),
        permissions=None if permissions is None else frozenset(Permission(each) for each in permissions.split()),
        terminals=None if terminals is None else frozenset(str(each) for each in terminals),
    )
