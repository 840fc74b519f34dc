"""What a point-of-sale system is to Tillkeeper: one protocol, its capabilities, and the ways it can fail.

BackendError
├── NotReached      nothing reached the till, so nothing was applied: asking again is safe
├── AnswerLost      the till may have applied it: only reading back can tell
└── BackendRefused  the till answered no, so nothing was applied; `reason` says why
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from changes.till import Permission, Role, Status, Terminal, TerminalUser, UserPage, UserQuery


class ChangeKind(StrEnum):
    RENAME = "rename"
    PIN = "pin"
    ROLE = "role"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    PERMISSIONS = "permissions"
    #: At which terminals a user may work, where one user can work at several.
    ASSIGN = "assign"
    ADD = "add"
    REMOVE = "remove"


class Support(StrEnum):
    """How a backend does an operation."""

    NATIVE = "native"
    EMULATED = "emulated"
    GUIDED = "guided"
    NONE = "none"


class Scope(StrEnum):
    """How far a user reaches: what is changed of a user of one terminal is changed wherever they are the same."""

    TERMINAL = "terminal"
    SHOP = "shop"


class Evidence(StrEnum):
    """What an adapter was checked against."""

    REAL_SERVER = "real-server"
    SPECIFICATION = "specification"
    UNCONFIRMED = "unconfirmed"


class SecretKind(StrEnum):
    """What a user signs in with."""

    #: ASCII digits only.
    PIN = "pin"
    #: Any characters that a keyboard has.
    PASSWORD = "password"  # noqa: S105 a kind, not a secret


@dataclass(frozen=True, slots=True)
class SecretRules:
    """The bounds of a till's secret: from `shortest` to `longest` characters; the bot makes them `made` long.

    Where `made` is 0 the bot makes none and is told none: who will use the secret types it at the till.
    """

    shortest: int
    longest: int
    made: int
    kind: SecretKind = SecretKind.PIN


@dataclass(frozen=True, slots=True)
class NumberRules:
    """What an operator number may be: from `shortest` to `longest` characters, none of them a space."""

    shortest: int = 1
    longest: int = 32
    #: Whether only ASCII digits are taken.
    digits: bool = False
    #: Numbers that the system keeps for itself.
    reserved: frozenset[str] = frozenset()


class Emulation(StrEnum):
    """What really happens where a backend does an operation in another way. Each has a text (`emulated-*`)."""

    #: The user is kept and loses every right at the till.
    RIGHTS_TAKEN = "rights-taken"
    #: The user is removed, and added anew later.
    REMOVED = "removed"
    #: The user gets a password that nobody knows.
    SECRET_CHANGED = "secret-changed"  # noqa: S105 a way, not a secret
    #: The user is frozen for good and stays in the list.
    FROZEN = "frozen"
    #: The till knows no names: the name is kept in the list that the bot has of its users.
    NAME_LISTED = "name-listed"


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One thing that a person does. `text` is how its text ends (`guided-step-*`)."""

    text: str
    #: Whether the brand is known to be so; else the step is marked.
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """How a person does an operation at the till: its steps, and how they see whether it holds (`guided-check-*`)."""

    #: Whose terminals these are (`brand-*`).
    brand: str
    steps: tuple[GuideStep, ...]
    check: str
    #: How long a password is there.
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend can do, said before the owner starts."""

    operations: Mapping[ChangeKind, Support]
    secret: SecretRules
    name_longest: int
    roles: tuple[Role, ...]
    #: A repeated `apply` with the same key does not apply twice.
    idempotent: bool
    #: A stale `expected_version` is refused.
    versioned: bool
    #: `confirm` can tell whether a secret was taken.
    confirms_secret: bool
    evidence: Evidence
    scope: Scope = Scope.TERMINAL
    #: A freeze ends the session of who is signed in; else it counts from the next sign-in on, as far as is known.
    ends_sessions: bool = False
    #: What the system knows of the neutral permissions; empty where a user has none besides a role.
    permissions: frozenset[Permission] = frozenset()
    #: What the number of an added user may be.
    number: NumberRules = NumberRules()
    #: So many users at most has a terminal; None where that is not known.
    users_most: int | None = None
    #: For each operation that is `EMULATED`, and for a `GUIDED` one where it is another, what really happens.
    emulations: Mapping[ChangeKind, Emulation] = field(default_factory=dict)
    #: For each operation that is `GUIDED`, and no other, what a person does.
    guides: Mapping[ChangeKind, Guide] = field(default_factory=dict)
    #: Whose terminals a person is guided at (`brand-*`); else empty.
    brand: str = ""

    def offers(self, kind: ChangeKind) -> bool:
        return self.operations.get(kind, Support.NONE) is not Support.NONE

    def is_guided(self, kind: ChangeKind) -> bool:
        return self.operations.get(kind) is Support.GUIDED


@dataclass(frozen=True, slots=True)
class Order:
    """One change for one user, as a backend is asked to apply it. Exactly the fields of its kind are set.

    RENAME name; PIN secret; ROLE role; PERMISSIONS permissions; ASSIGN terminals; FREEZE and UNFREEZE none, FREEZE and
    REMOVE maybe force; ADD number, name, role and, where the till's secrets are told to it, secret. Of an ADD there is
    no user yet: `user_id` and `expected_version` are empty, and it is read back by the operator number.
    """

    kind: ChangeKind
    terminal_id: str
    user_id: str
    expected_version: str
    name: str | None = None
    role: Role | None = None
    #: The new secret; kept out of `repr` so that it reaches no log.
    secret: str | None = field(default=None, repr=False)
    #: Freeze or remove even while the user is signed in (their session ends).
    force: bool = False
    number: str | None = None
    #: All that the user is to have.
    permissions: frozenset[Permission] | None = None
    #: The ids of all terminals that the user is to work at.
    terminals: frozenset[str] | None = None

    @property
    def status(self) -> Status | None:
        """The status the user has once the order is applied; None where the order leaves it."""
        return {ChangeKind.FREEZE: Status.FROZEN, ChangeKind.UNFREEZE: Status.ACTIVE}.get(self.kind)


class Refusal(StrEnum):
    """Why a till says no. Each has a text in every language (`till-refused-*`)."""

    USER_GONE = "user-gone"
    TERMINAL_GONE = "terminal-gone"
    STALE_VERSION = "stale-version"
    SIGNED_IN = "signed-in"
    SECRET_SHORT = "secret-short"  # noqa: S105 a reason, not a secret
    SECRET_LONG = "secret-long"  # noqa: S105
    SECRET_NOT_DIGITS = "secret-not-digits"  # noqa: S105
    NAME_INVALID = "name-invalid"
    DUPLICATE_NUMBER = "duplicate-number"
    NUMBER_INVALID = "number-invalid"
    DUPLICATE_NAME = "duplicate-name"
    #: The system's rules for passwords do not allow this one.
    SECRET_WEAK = "secret-weak"  # noqa: S105
    #: The till has no room for another user.
    FULL = "full"
    #: The till changes nobody who is frozen.
    FROZEN = "frozen"
    #: The last who may manage or use the till, the till's owner, or another whom it protects.
    PROTECTED = "protected"
    UNSUPPORTED = "unsupported"
    #: The till does not take the account that the bot has there, or it may not do this.
    ACCOUNT = "account"
    OTHER = "other"


class BackendError(Exception):
    """The root of everything a backend may raise."""


class NotReached(BackendError):
    """Nothing reached the till, or it said "not now": nothing was applied."""

    def __init__(self, detail: str = "", *, after: float = 0.0) -> None:
        """`after` are the seconds that the till asks to be left alone for; 0 where it says none."""
        super().__init__(detail)
        self.after = after


class AnswerLost(BackendError):
    """The till was asked and its answer never came: it may have been applied."""


class BackendRefused(BackendError):
    """The till answered no: nothing was applied."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(reason.value, detail)
        self.reason = reason
        self.detail = detail


class Backend(Protocol):
    """A point-of-sale system. Every method may raise `BackendError`; each bounds its own waiting."""

    @property
    def capabilities(self) -> Capabilities: ...

    async def terminals(self) -> tuple[Terminal, ...]:
        """All terminals of the shop, in a stable order."""
        ...

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        """One page of a terminal's users by operator number. Raises `BackendRefused(TERMINAL_GONE)`."""
        ...

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        """The user as it is now. Raises `BackendRefused(USER_GONE)`."""
        ...

    async def apply(self, order: Order, key: str) -> None:
        """Ask the till to apply `order`. `key` names the attempt: where `idempotent`, a repeat applies nothing."""
        ...

    async def confirm(self, order: Order) -> bool | None:
        """Read back: does the till now hold what `order` asked for? None where it cannot tell."""
        ...

    async def close(self) -> None: ...
