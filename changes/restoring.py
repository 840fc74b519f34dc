"""What a restore would do: the differences between a backup and the till now, as far as the till can be brought back.

Nothing is removed by a restore. Who was frozen and is gone is not added: that would let in somebody who was kept out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from changes.backend import Capabilities, ChangeKind
from changes.backup import Backup
from changes.cautions import AGAINST
from changes.errors import NameRefused
from changes.names import new_name
from changes.request import touched, value_of
from changes.roster import Roster
from changes.till import Status, Terminal, TerminalUser


class Why(StrEnum):
    """Why something is left as it is. Each has a text in every language (`restore-left-*`)."""

    TERMINAL_GONE = "terminal-gone"
    #: Gone, and the till cannot add them so.
    CANNOT_ADD = "cannot-add"
    WAS_FROZEN = "was-frozen"
    #: Their number, or their place at the till, is another person's now: nobody is renamed into somebody else.
    SOMEBODY_ELSE = "somebody-else"
    NUMBER = "number"
    TERMINALS = "terminals"
    #: A role brings permissions of its own along: what still differs then is for a second time.
    PERMISSIONS = "permissions"
    #: The till cannot change this of a user.
    CANNOT_CHANGE = "cannot-change"
    PROTECTED = "protected"
    LATE_LIMIT = "late-limit"


@dataclass(frozen=True, slots=True)
class Left:
    """`user` is as in the backup; None where it is about more than one."""

    why: Why
    terminal: Terminal | None = None
    user: TerminalUser | None = None
    kind: ChangeKind | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One change: of `user` as they are now, or, to be added, as they were."""

    kind: ChangeKind
    terminal: Terminal
    user: TerminalUser
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    steps: tuple[Step, ...]
    left: tuple[Left, ...]
    #: Users of the till that are not in the backup: they stay as they are.
    unknown: int


def is_of(backup: Backup, backend: str, shop: str, now: Sequence[Roster]) -> bool:
    """Whether a backup can be this shop's: the same kind of till, and a terminal that is known.

    Under another name at least half of its users must be there as they were: ids of tills are often small numbers.
    """
    pairs = list(_pairs(backup, now))
    if backup.backend != backend or not any(roster is not None for _, roster in pairs):
        return False
    if backup.shop.casefold() == shop.casefold():
        return True
    there = {(user.id, user.number, user.name) for roster in now for user in roster.users}
    were = [(user.id, user.number, user.name) for roster in backup.rosters for user in roster.users]
    return sum(each in there for each in were) * 2 >= max(len(were), 1)


def plan(backup: Backup, now: Sequence[Roster], can: Capabilities) -> Plan:
    """Doing its steps leaves no difference but what is `left` and who is `unknown`."""
    steps: list[Step] = []
    left: list[Left] = []
    unknown = sum(len(roster.users) for roster in now)
    for was, there in _pairs(backup, now):
        if there is None:
            left.append(Left(Why.TERMINAL_GONE, was.terminal))
            continue
        for user, current in _people(was, there):
            if current is not None and _is_another(user, current):
                left.append(Left(Why.SOMEBODY_ELSE, there.terminal, user))
                continue
            unknown -= current is not None
            found = _missing(user, there, can) if current is None else _differing(user, current, there.terminal, can)
            for each in found:
                if isinstance(each, Step):
                    steps.append(each)
                else:
                    left.append(each)
    return Plan(tuple(steps), tuple(left), unknown)


def _pairs(backup: Backup, now: Sequence[Roster]) -> Iterator[tuple[Roster, Roster | None]]:
    """Terminals by their id; at a till that was set up anew, by their name."""
    by_id = {roster.terminal.id: roster for roster in now}
    by_name: dict[str, list[Roster]] = {}
    known = {roster.terminal.id for roster in backup.rosters}
    for roster in now:
        if roster.terminal.id not in known:
            by_name.setdefault(roster.terminal.name.casefold(), []).append(roster)
    for was in backup.rosters:
        same = by_name.get(was.terminal.name.casefold(), [])
        yield was, by_id.get(was.terminal.id) or (same.pop() if len(same) == 1 else None)


def _people(was: Roster, now: Roster) -> Iterator[tuple[TerminalUser, TerminalUser | None]]:
    """Users by their id, else by their operator number; each current one once."""
    by_id = {user.id: user for user in now.users}
    known = {user.id for user in was.users if user.id in by_id}
    by_number = {user.number: user for user in now.users if user.id not in known}
    for user in was.users:
        yield user, by_id.get(user.id) or by_number.pop(user.number, None)


def _is_another(user: TerminalUser, now: TerminalUser) -> bool:
    if user.name.casefold() == now.name.casefold():
        return False
    return user.id != now.id or user.number != now.number


def _missing(user: TerminalUser, there: Roster, can: Capabilities) -> Iterator[Step | Left]:
    if user.status is Status.FROZEN:
        yield Left(Why.WAS_FROZEN, there.terminal, user)
    elif not can.offers(ChangeKind.ADD) or user.role not in can.roles or not there.complete:
        yield Left(Why.CANNOT_ADD, there.terminal, user)
    else:
        yield Step(ChangeKind.ADD, there.terminal, user)


def _differing(user: TerminalUser, now: TerminalUser, terminal: Terminal, can: Capabilities) -> Iterator[Step | Left]:
    if user.number != now.number:
        yield Left(Why.NUMBER, terminal, user)
    if None not in (user.terminals, now.terminals) and user.terminals != now.terminals:
        yield Left(Why.TERMINALS, terminal, user)
    for kind in _kinds(user, now):
        if now.protected and kind in AGAINST:
            yield Left(Why.PROTECTED, terminal, user)
        elif kind is ChangeKind.PERMISSIONS and user.role is not now.role:
            yield Left(Why.PERMISSIONS, terminal, user)
        elif not _may(kind, user, can):
            yield Left(Why.CANNOT_CHANGE, terminal, user, kind)
        else:
            value = None if kind in (ChangeKind.FREEZE, ChangeKind.UNFREEZE) else value_of(touched(kind, user))
            yield Step(kind, terminal, now, value)


def _kinds(user: TerminalUser, now: TerminalUser) -> Iterator[ChangeKind]:
    """What brings `now` back to `user`. Who is to be frozen is frozen first, who is to be let in is let in last."""
    if user.status is not now.status and user.status is Status.FROZEN:
        yield ChangeKind.FREEZE
    if user.name != now.name:
        yield ChangeKind.RENAME
    if user.role is not now.role:
        yield ChangeKind.ROLE
    if None not in (user.permissions, now.permissions) and user.permissions != now.permissions:
        yield ChangeKind.PERMISSIONS
    if user.status is not now.status and user.status is Status.ACTIVE:
        yield ChangeKind.UNFREEZE


def _may(kind: ChangeKind, user: TerminalUser, can: Capabilities) -> bool:
    if not can.offers(kind):
        return False
    match kind:
        case ChangeKind.ROLE:
            return user.role in can.roles
        case ChangeKind.PERMISSIONS:
            return (user.permissions or frozenset()) <= can.permissions
        case ChangeKind.RENAME:
            try:
                return new_name(user.name, can.name_longest) == user.name
            except NameRefused:
                return False
    return True
