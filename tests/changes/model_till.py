"""A till in memory for the model test: keys and versions as the embedded one has them, and every way to fail."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from changes.backend import (
    AnswerLost,
    BackendRefused,
    Capabilities,
    ChangeKind,
    Guide,
    GuideStep,
    NotReached,
    Order,
    Refusal,
    Support,
)
from changes.till import Role, Status, Terminal, TerminalUser, UserPage, UserQuery
from pos.embedded.backend import CAPABILITIES

TERMINAL = Terminal("front", "Front 前台")

GUIDE = Guide("other", tuple(map(GuideStep, ("open-operators", "delete-number", "sign-off-supervisor"))), "refused")

Act = Callable[[], Awaitable[None]]


class Fault(StrEnum):
    """What the next call meets; of `apply` unless said otherwise."""

    #: No call reaches it.
    DOWN = "down"
    LOST_BEFORE = "lost before"
    LOST_AFTER = "lost after"
    REFUSES = "refuses"
    #: The answer is lost, and the question arrives later.
    ON_ITS_WAY = "on its way"
    #: `confirm` says no, whatever is true.
    LIES = "lies"


_OF_APPLY = frozenset(Fault) - {Fault.DOWN, Fault.LIES}


@dataclass
class Held:
    """A user with the PIN and the count of freezes."""

    user: TerminalUser
    pin: str = "246802"


def _user(number: str, name: str, role: Role) -> Held:
    return Held(TerminalUser(f"user-{number}", TERMINAL.id, number, name, role, Status.ACTIVE, "1", freeze="0"))


@dataclass
class ModelTill:
    """`asked` hears of every call of `apply` before anything else happens; an act is done once, in its next call."""

    asked: Callable[[str], Awaitable[None]]
    users_held: dict[str, Held] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    acts: dict[str, Act] = field(default_factory=dict)
    #: The keys that were applied, in order, each with the user and the version it left.
    applied: list[tuple[str, str, str]] = field(default_factory=list)
    on_its_way: list[tuple[Order, str]] = field(default_factory=list)
    #: Whether a read-back has lied.
    has_lied: bool = False
    #: What only a person can do at it.
    guided: frozenset[ChangeKind] = frozenset()

    def __post_init__(self) -> None:
        for held in (_user("01", "陈晓雨", Role.CASHIER), _user("91", "Grace Liu", Role.MANAGER)):
            self.users_held[held.user.id] = held

    @property
    def capabilities(self) -> Capabilities:
        by_person = dict.fromkeys(self.guided, Support.GUIDED)
        guides = dict.fromkeys(self.guided, GUIDE)
        return replace(CAPABILITIES, operations={**CAPABILITIES.operations, **by_person}, guides=guides)

    async def terminals(self) -> tuple[Terminal, ...]:
        return (TERMINAL,)

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        found = tuple(held.user for held in self.users_held.values())
        return UserPage(found, len(found))

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        await self._act("user")
        self._take(Fault.DOWN)
        return self.users_held[user_id].user

    async def apply(self, order: Order, key: str) -> None:
        await self.asked(key)
        await self._act("apply")
        self._take(Fault.DOWN)
        fault = self._take(*_OF_APPLY)
        match fault:
            case Fault.REFUSES:
                raise BackendRefused(Refusal.OTHER)
            case Fault.LOST_BEFORE:
                raise AnswerLost
            case Fault.ON_ITS_WAY:
                self.on_its_way.append((order, key))
                raise AnswerLost
        self.arrive(order, key)
        await self._act("applied")
        if fault is Fault.LOST_AFTER:
            raise AnswerLost

    async def confirm(self, order: Order) -> bool | None:
        await self._act("confirm")
        self._take(Fault.DOWN)
        if self._take(Fault.LIES):
            self.has_lied = True
            return False
        held = self.users_held[order.user_id]
        return all(
            wanted in (None, now)
            for wanted, now in (
                (order.name, held.user.name),
                (order.role, held.user.role),
                (order.status, held.user.status),
                (order.secret, held.pin),
            )
        )

    async def close(self) -> None:
        return None

    def arrive(self, order: Order, key: str) -> None:
        """Raises `BackendRefused(STALE_VERSION)`; a key that was applied before does nothing."""
        if key in self.applied_keys():
            return
        if self.users_held[order.user_id].user.version != order.expected_version:
            raise BackendRefused(Refusal.STALE_VERSION)
        self.change(order)
        self.applied.append((key, order.user_id, self.users_held[order.user_id].user.version))

    def change(self, order: Order) -> None:
        """As somebody may also do by hand."""
        held = self.users_held[order.user_id]
        user = held.user
        frozen_anew = order.kind is ChangeKind.FREEZE and user.status is Status.ACTIVE
        held.user = replace(
            user,
            name=order.name or user.name,
            role=order.role or user.role,
            status=order.status or user.status,
            version=str(int(user.version) + 1),
            freeze=str(int(user.freeze) + frozen_anew),
        )
        held.pin = order.secret or held.pin

    def applied_keys(self) -> list[str]:
        return [key for key, _, _ in self.applied]

    def changed_since(self, key: str) -> bool:
        """Whether the user was changed after `key` was applied."""
        return any(
            applied == key and self.users_held[user_id].user.version != version
            for applied, user_id, version in self.applied
        )

    def _take(self, *kinds: Fault) -> Fault | None:
        """The fault that waits first, where it is one of these. Raises `NotReached` for `DOWN`."""
        if not self.faults or self.faults[0] not in kinds:
            return None
        fault = self.faults.popleft()
        if fault is Fault.DOWN:
            raise NotReached
        return fault

    async def _act(self, name: str) -> None:
        act = self.acts.pop(name, None)
        if act is not None:
            await act()
