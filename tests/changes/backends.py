"""A backend that stands before the real till: tells what it is asked, and does at a call what a test wants done."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from changes.backend import Backend, Capabilities, ChangeKind, Order, Support
from changes.till import Terminal, TerminalUser, UserPage, UserQuery

Act = Callable[[], Awaitable[None]]


@dataclass
class Before:
    """Passes every call on to `till`. `acts` are done once each, at the next call of the method they are under.

    A name like `apply` acts before the till is asked, `applied` after it answered.
    """

    till: Backend
    #: The keys of `apply`, one for each call.
    keys: list[str] = field(default_factory=list)
    #: The names of all calls about a user, in order.
    calls: list[str] = field(default_factory=list)
    acts: dict[str, Act] = field(default_factory=dict)
    #: False: says that it refuses no stale version.
    versioned: bool = True
    #: Fields of its capabilities that are other than the till's.
    other: dict[str, Any] = field(default_factory=dict)
    #: The ids of the users whom it protects.
    protects: frozenset[str] = frozenset()

    @property
    def capabilities(self) -> Capabilities:
        return replace(self.till.capabilities, versioned=self.versioned, **self.other)

    async def _called(self, name: str) -> None:
        self.calls.append(name)
        await self._act(name)

    async def _act(self, name: str) -> None:
        act = self.acts.pop(name, None)
        if act is not None:
            await act()

    async def terminals(self) -> tuple[Terminal, ...]:
        return await self.till.terminals()

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        page = await self.till.users(terminal_id, query)
        return UserPage(tuple(replace(user, protected=user.id in self.protects) for user in page.users), page.total)

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        await self._called("user")
        user = await self.till.user(terminal_id, user_id)
        return replace(user, protected=user.id in self.protects)

    async def apply(self, order: Order, key: str) -> None:
        self.keys.append(key)
        await self._called("apply")
        await self.till.apply(order, key)
        await self._act("applied")

    async def confirm(self, order: Order) -> bool | None:
        await self._called("confirm")
        return await self.till.confirm(order)

    async def close(self) -> None:
        await self.till.close()


@dataclass
class Sharing(Before):
    """A till whose users can work at several terminals."""

    places: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def capabilities(self) -> Capabilities:
        can = super().capabilities
        return replace(can, operations={**can.operations, ChangeKind.ASSIGN: Support.NATIVE})

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        user = await super().user(terminal_id, user_id)
        return replace(user, terminals=self.places.get(user_id, frozenset({terminal_id})))

    async def apply(self, order: Order, key: str) -> None:
        assert order.terminals is not None
        self.places[order.user_id] = order.terminals

    async def confirm(self, order: Order) -> bool | None:
        return self.places.get(order.user_id) == order.terminals


def raising(error: BaseException) -> Act:
    async def act() -> None:
        raise error

    return act
