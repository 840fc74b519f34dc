"""Drift: what of a terminal's users differs from the last look and did not come through the bot.

What the bot did meanwhile is taken into account by doing it to the older list as well. Of a user whom a change of the
bot's may still reach nothing is said: the next look tells, then against the same older user.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from changes.backend import Capabilities, ChangeKind, Order, Scope, Support
from changes.life import FINAL, State
from changes.request import ChangeRequest, joined
from changes.roster import Roster
from changes.till import Status, Terminal, TerminalUser


class Drift(StrEnum):
    """What can differ. Each has a text in every language (`drift-*`)."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    NUMBER = "number"
    ROLE = "role"
    FROZEN = "frozen"
    UNFROZEN = "unfrozen"
    PERMISSIONS = "permissions"
    TERMINALS = "terminals"


@dataclass(frozen=True, slots=True)
class Difference:
    """`user` is as at the till now, or as last seen where they are gone. Of an added user only `after` is set."""

    what: Drift
    terminal: Terminal
    user: TerminalUser
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    differences: tuple[Difference, ...]
    #: What the next look is to be compared with.
    keep: Roster


def compare(
    before: Roster, now: Roster, through: Sequence[ChangeRequest], can: Capabilities, settled: datetime
) -> Compared:
    """`through` are the shop's changes since the older look; what the till was asked after `settled` may yet show."""
    old = {user.id: user for user in before.users}
    new = {user.id: user for user in now.users}
    found: list[Difference] = []
    keep: list[TerminalUser] = []
    for user_id in {**old, **new}:
        was, is_ = old.get(user_id), new.get(user_id)
        mine = _Changes.of(was or is_, now.terminal, through, can)
        expected = mine.done_to(was)
        if not mine.are_settled(settled):
            keep += [expected] if expected is not None else []
            continue
        keep += [is_] if is_ is not None else []
        seen_all = now.complete if is_ is None else before.complete or was is not None
        if seen_all:
            found += mine.unexplained(expected, is_, now.terminal)
    return Compared(tuple(found), replace(now, users=tuple(keep)))


def once_for_all(differences: Iterable[Difference], can: Capabilities) -> tuple[Difference, ...]:
    """Where a user is one and the same at all terminals, each difference once."""
    if can.scope is not Scope.SHOP:
        return tuple(differences)
    first: dict[tuple[str, ...], Difference] = {}
    for each in differences:
        first.setdefault((each.user.id, each.what, each.before, each.after), each)
    return tuple(first.values())


@dataclass(frozen=True, slots=True)
class _Changes:
    """The bot's changes of one user, in the order in which they ended."""

    requests: tuple[ChangeRequest, ...]
    can: Capabilities

    @classmethod
    def of(
        cls, user: TerminalUser | None, terminal: Terminal, through: Sequence[ChangeRequest], can: Capabilities
    ) -> "_Changes":
        def about(request: ChangeRequest) -> bool:
            if user is None or (can.scope is Scope.TERMINAL and request.terminal.id != terminal.id):
                return False
            if request.kind is ChangeKind.ADD:
                return request.after["number"] == user.number
            return request.user.id == user.id

        mine = sorted(filter(about, through), key=lambda each: each.finished_at or each.created_at)
        return cls(tuple(mine), can)

    def are_settled(self, settled: datetime) -> bool:
        moments = [moment for request in self.requests for moment in (request.asked_at, request.finished_at) if moment]
        return all(request.state in FINAL for request in self.requests) and max(moments, default=settled) <= settled

    def done_to(self, user: TerminalUser | None) -> TerminalUser | None:
        """The user as the bot's changes left them."""
        for request in self._ended(State.APPLIED):
            if request.kind is ChangeKind.REMOVE:
                user = None
            elif user is not None and request.kind not in (ChangeKind.PIN, ChangeKind.ADD):
                user = _changed(user, request.order())
        return user

    def unexplained(
        self, expected: TerminalUser | None, now: TerminalUser | None, terminal: Terminal
    ) -> Iterator[Difference]:
        if self._may_be_anything():
            return
        if expected is None or now is None:
            yield from _come_or_gone(expected, now, terminal)
            return
        values = _values(expected)
        for what, after in _values(now).items():
            if what in values and after != values[what] and not self._may_be(what, after):
                yield Difference(_named(what, after), terminal, now, values[what], after)

    def _ended(self, *states: State) -> tuple[ChangeRequest, ...]:
        return tuple(request for request in self.requests if request.state in states)

    def _may_be_anything(self) -> bool:
        """Where a system does a change in its own way nobody can say what else that shows as."""
        done = self._ended(State.APPLIED)
        odd = any(self.can.operations.get(request.kind) is not Support.NATIVE for request in done)
        appears = {ChangeKind.ADD, ChangeKind.ASSIGN}
        doubted = appears | {ChangeKind.REMOVE}
        return (
            odd
            or any(request.kind in appears for request in done)
            or any(request.kind in doubted for request in self._doubted())
        )

    def _doubted(self) -> tuple[ChangeRequest, ...]:
        """The till was asked for these and may hold them after all."""
        asked = self._ended(State.ABANDONED, State.FAILED)
        return tuple(request for request in asked if request.asked_at is not None)

    def _may_be(self, what: Drift, after: str) -> bool:
        """A role brings its permissions along, and the other way round."""
        together = {ChangeKind.ROLE: Drift.PERMISSIONS, ChangeKind.PERMISSIONS: Drift.ROLE}
        if any(together.get(request.kind) is what for request in self._ended(State.APPLIED)):
            return True
        return any(each.after.get(_FIELDS.get(what, "")) == after for each in self._doubted())


#: Under which name a change holds it.
_FIELDS: Mapping[Drift, str] = {
    Drift.RENAMED: "name",
    Drift.ROLE: "role",
    Drift.FROZEN: "status",
    Drift.PERMISSIONS: "permissions",
    Drift.TERMINALS: "terminals",
}


def _changed(user: TerminalUser, order: Order) -> TerminalUser:
    return replace(
        user,
        name=order.name if order.name is not None else user.name,
        role=order.role or user.role,
        status=order.status or user.status,
        permissions=user.permissions if order.permissions is None else order.permissions,
        terminals=user.terminals if order.terminals is None else order.terminals,
    )


def _come_or_gone(expected: TerminalUser | None, now: TerminalUser | None, terminal: Terminal) -> Iterator[Difference]:
    if expected is None and now is not None:
        yield Difference(Drift.ADDED, terminal, now, after=now.role.value)
    if expected is not None and now is None:
        yield Difference(Drift.REMOVED, terminal, expected, before=expected.role.value)


def _values(user: TerminalUser) -> dict[Drift, str]:
    """What a person would call another user; not what a till counts for itself. What it does not tell is left out."""
    values = {
        Drift.RENAMED: user.name,
        Drift.NUMBER: user.number,
        Drift.ROLE: user.role.value,
        Drift.FROZEN: user.status.value,
    }
    if user.permissions is not None:
        values[Drift.PERMISSIONS] = joined(user.permissions)
    if user.terminals is not None:
        values[Drift.TERMINALS] = joined(user.terminals)
    return values


def _named(what: Drift, after: str) -> Drift:
    return Drift.UNFROZEN if what is Drift.FROZEN and after == Status.ACTIVE else what
