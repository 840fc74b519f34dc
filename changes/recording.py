"""What the audit says of a change: who, what, where, before and after; never a secret."""

from typing import Any

from changes.audit import EntryKind, Record
from changes.authority import Actor
from changes.request import ChangeRequest


def _facts(request: ChangeRequest) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "change": request.id,
        "actor": {"id": str(request.actor_id), "name": request.actor_name},
        "terminal": {"id": request.terminal.id, "name": request.terminal.name},
        "user": {"id": request.user.id, "number": request.user.number, "name": request.user.name},
        "action": request.kind.value,
        "before": dict(request.before),
        "after": dict(request.after),
        "forced": request.force and request.user.signed_in,
    }
    return facts if request.undoes is None else facts | {"undoes": request.undoes}


def intent(request: ChangeRequest) -> Record:
    return Record(EntryKind.CHANGE_INTENT, _facts(request))


def unknown(request: ChangeRequest) -> Record:
    return Record(EntryKind.CHANGE_UNKNOWN, _facts(request) | {"result": request.result})


def outcome(request: ChangeRequest) -> Record:
    return Record(EntryKind.CHANGE_OUTCOME, _facts(request) | {"state": request.state.value, "result": request.result})


def by(actor: Actor) -> dict[str, Any]:
    """Who, for entries that are not about a change."""
    return {"actor": {"id": str(actor.person_id), "name": actor.name}}
