"""Square's team members as terminal users, and orders as what is written of them. No HTTP here.

Objects of Square's library are not checked when they are made, so each field is looked at before it is believed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from changes.backend import AnswerLost, BackendRefused, ChangeKind, Order, Refusal
from changes.till import Role, Status, Terminal, TerminalUser

#: Square wants a first and a last name. Who has one word for a name has this for a last one; it is never shown.
NO_LAST_NAME = "-"

_EVERYWHERE, _THERE = "ALL_CURRENT_AND_FUTURE_LOCATIONS", "EXPLICIT_LOCATIONS"

#: Square's word for a status, both ways.
_STATUS = {Status.ACTIVE: "ACTIVE", Status.FROZEN: "INACTIVE"}

Fields = Mapping[str, Any]


def listed(answer: Any, name: str) -> list[Any]:
    """What an answer lists; nothing where it leaves the list out. Raises `AnswerLost` where it has no list there."""
    things = getattr(answer, name, None)
    if things is None and hasattr(answer, name):
        return []
    if not isinstance(things, list):
        raise AnswerLost("no Square answer")
    return things


def terminals_of(locations: Iterable[Any]) -> list[Terminal]:
    """The locations where the business is active. Raises `AnswerLost`."""
    return [
        Terminal(_text(location, "id"), _said(location, "name") or _text(location, "id"))
        for location in locations
        if _said(location, "status") == "ACTIVE"
    ]


def user_of(member: Any, terminal_id: str, terminals: Iterable[Terminal]) -> TerminalUser | None:
    """None for who does not work at the location. Raises `AnswerLost` for what is no team member."""
    user_id = _text(member, "id")
    at = _locations(member, frozenset(terminal.id for terminal in terminals))
    if terminal_id not in at:
        return None
    owner = getattr(member, "is_owner", None) is True
    number, name = _said(member, "reference_id") or user_id, _name(member)
    status = Status.ACTIVE if _text(member, "status") == "ACTIVE" else Status.FROZEN
    return TerminalUser(
        id=user_id,
        terminal_id=terminal_id,
        number=number,
        name=name or number,
        role=Role.MANAGER if owner else Role.CASHIER,
        status=status,
        version=_digest([user_id, number, name, status, sorted(at)]),
        terminals=at,
        protected=owner,
    )


def number_of(member: Any) -> str:
    return _said(member, "reference_id")


def _name(member: Any) -> str:
    first, last = _said(member, "given_name"), _said(member, "family_name")
    return " ".join(part for part in (first, "" if last == NO_LAST_NAME else last) if part)


def _locations(member: Any, every: frozenset[str]) -> frozenset[str]:
    """Of those that there are. Who is assigned to none by name works at all."""
    assigned = getattr(member, "assigned_locations", None)
    if _said(assigned, "assignment_type") != _THERE:
        return every
    return every.intersection(each for each in listed(assigned, "location_ids") if isinstance(each, str))


def _text(thing: Any, name: str) -> str:
    said = _said(thing, name)
    if not said:
        raise AnswerLost("no Square answer")
    return said


def _said(thing: Any, name: str) -> str:
    said = getattr(thing, name, None)
    return said if isinstance(said, str) else ""


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def holds(user: TerminalUser, order: Order) -> bool:
    """Whether the user is as the order wants. Raises `BackendRefused(OTHER)` for an order without its field."""
    match order:
        case Order(kind=ChangeKind.RENAME, name=str(name)):
            return user.name == name
        case Order(kind=ChangeKind.FREEZE | ChangeKind.UNFREEZE, status=Status() as status):
            return user.status is status
        case Order(kind=ChangeKind.ASSIGN, terminals=frozenset() as terminals):
            return user.terminals == terminals
        case Order(kind=ChangeKind.ADD, number=str(number), name=str(name), role=Role() as role):
            wanted = (number, name, role, Status.ACTIVE)
            return (user.number, user.name, user.role, user.status) == wanted
        case _:
            raise BackendRefused(Refusal.OTHER, "malformed order")


def written(order: Order) -> Fields:
    """What is written of a member: only what is named changes. Raises `BackendRefused`."""
    match order:
        case Order(kind=ChangeKind.RENAME, name=str(name)):
            return _named(name)
        case Order(kind=ChangeKind.FREEZE | ChangeKind.UNFREEZE, status=Status() as status):
            return {"status": _STATUS[status]}
        case Order(kind=ChangeKind.ASSIGN, terminals=frozenset() as terminals):
            return {"assigned_locations": _assigned(terminals)}
        case Order(kind=ChangeKind.ADD, number=str(number), name=str(name)):
            assigned = _assigned([order.terminal_id])
            return {**_named(name), "reference_id": number, "status": "ACTIVE", "assigned_locations": assigned}
        case _:
            raise BackendRefused(Refusal.OTHER, "malformed order")


def _named(name: str) -> Fields:
    first, _, last = name.strip().rpartition(" ")
    if not last:
        raise BackendRefused(Refusal.NAME_INVALID)
    return {"given_name": first or last, "family_name": last if first else NO_LAST_NAME}


def _assigned(terminals: Iterable[str]) -> Fields:
    return {"assignment_type": _THERE, "location_ids": sorted(terminals)}
