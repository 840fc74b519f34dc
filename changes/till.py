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


class Permission(StrEnum):
    """What a user may do at the till besides what the role brings: the words that recur across systems."""

    SALE_TAKE = "sale.take"
    SALE_VOID = "sale.void"
    REFUND_ISSUE = "refund.issue"
    PREAUTH_USE = "preauth.use"
    DISCOUNT_APPLY = "discount.apply"
    PRICE_OVERRIDE = "price.override"
    DRAWER_OPEN = "drawer.open"
    REPORT_VIEW = "report.view"
    SETTLEMENT_RUN = "settlement.run"
    USERS_MANAGE = "users.manage"
    SETTINGS_MANAGE = "settings.manage"


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
    #: None where the system knows none, or tells none.
    permissions: frozenset[Permission] | None = None
    #: The ids of the terminals where the user works, in a system where one user can work at several; else None.
    terminals: frozenset[str] | None = None
    #: The till's owner, or another whom it lets nobody freeze, remove or give other rights.
    protected: bool = False


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
