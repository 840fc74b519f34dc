"""What stands in the shop: terminals and the people who may use them, in the words every backend shares."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a terminal user may do, from least to most."""

    CASHIER = "cashier"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"

    @property
    def rank(self) -> int:
        return list(Role).index(self)


#: Roles that can still help a stuck cashier at the terminal.
SUPERVISING = frozenset({Role.SUPERVISOR, Role.MANAGER})


class Status(StrEnum):
    ACTIVE = "active"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Terminal:
    """A point-of-sale terminal. `id` is the backend's own."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class TerminalUser:
    """A user of one terminal as the backend knows it now.

    `id` is the backend's own and never changes; `number` is the operator number typed at the till.
    `version` is the backend's token for "not changed since" (empty where it has none). `freeze` names the freeze that
    the user is in or was in last, where the backend can tell one from the next (else empty).
    """

    id: str
    terminal_id: str
    number: str
    name: str
    role: Role
    status: Status
    version: str = ""
    signed_in: bool = False
    freeze: str = ""


@dataclass(frozen=True, slots=True)
class UserQuery:
    """Which users of a terminal to list. `search` matches name or operator number, without regard to case."""

    search: str = ""
    roles: frozenset[Role] = frozenset()
    status: Status | None = None
    offset: int = 0
    limit: int = 8


@dataclass(frozen=True, slots=True)
class UserPage:
    users: tuple[TerminalUser, ...]
    total: int
