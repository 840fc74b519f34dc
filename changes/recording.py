"""What the audit says of a change: who, what, where, before and after; never a secret."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from changes.audit import EntryKind, Record
from changes.authority import Actor
from changes.backend import ChangeKind
from changes.case import Case
from changes.request import ChangeRequest

#: What is recorded of one user who goes and another who comes in their place.
HAND_OVER = "hand-over"

#: What is recorded of changes of several kinds that bring a till back to a backup.
RESTORE = "restore"


def _facts(request: ChangeRequest) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "change": request.id,
        "actor": {"id": str(request.actor_id), "name": request.actor_name},
        "terminal": {"id": request.terminal.id, "name": request.terminal.name},
        "user": _user(request),
        "action": request.kind.value,
        "before": dict(request.before),
        "after": dict(request.after),
        "forced": request.force and request.user.signed_in,
    }
    more = {
        "undoes": request.undoes,
        "due": _written(request.due_at),
        "until": _written(request.until),
        "ends": request.ends,
        "batch": request.batch,
    }
    return facts | {name: value for name, value in more.items() if value is not None}


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def intent(request: ChangeRequest) -> Record:
    return Record(EntryKind.CHANGE_INTENT, _facts(request))


def unknown(request: ChangeRequest) -> Record:
    return Record(EntryKind.CHANGE_UNKNOWN, _facts(request) | {"result": request.result})


def outcome(request: ChangeRequest) -> Record:
    """Of a change that was due, with the minutes that it was late."""
    facts = _facts(request) | {"state": request.state.value, "result": request.result}
    if request.due_at is not None and request.finished_at is not None:
        facts["late"] = max(0, (request.finished_at - request.due_at) // timedelta(minutes=1))
    return Record(EntryKind.CHANGE_OUTCOME, facts)


def answered(request: ChangeRequest, case: Case, actor: Actor) -> Record:
    """What a person at the till said, and how many of the steps they had ticked."""
    said = "" if case.answer is None else case.answer.value
    facts = {"brand": case.guide.brand, "answer": said, "ticked": len(case.ticked), "steps": len(case.guide.steps)}
    return Record(EntryKind.CHANGE_ANSWERED, _facts(request) | facts | _amended_by(actor))


def dropped(request: ChangeRequest, actor: Actor | None = None) -> Record:
    """`actor` is who dropped it, where somebody did."""
    return Record(EntryKind.CHANGE_DROPPED, _facts(request) | {"result": request.result} | _amended_by(actor))


def moved(request: ChangeRequest, actor: Actor) -> Record:
    """The request as it waits from now on."""
    return Record(EntryKind.CHANGE_MOVED, _facts(request) | _amended_by(actor))


def missed(request: ChangeRequest) -> Record:
    return Record(EntryKind.CHANGE_MISSED, _facts(request))


def batch_outcome(together: Sequence[ChangeRequest]) -> Record:
    """How changes that were confirmed together ended, by number."""
    first = together[0]
    states = Counter(request.state.value for request in together)
    facts: dict[str, Any] = {
        "batch": first.batch,
        "actor": {"id": str(first.actor_id), "name": first.actor_name},
        "action": first.kind.value,
        "states": dict(states),
    }
    by_kind = {request.kind: request for request in together}
    comes_instead = any("instead" in request.after for request in together)
    if len(by_kind) > 1 and not comes_instead:
        facts["action"] = RESTORE
    elif len(by_kind) > 1:
        goes, comes = (_user(by_kind[kind]) for kind in (ChangeKind.FREEZE, ChangeKind.ADD))
        facts |= {"action": HAND_OVER, "from": goes, "to": comes}
    return Record(EntryKind.BATCH_OUTCOME, facts)


def _user(request: ChangeRequest) -> dict[str, str]:
    return {"id": request.user.id, "number": request.user.number, "name": request.user.name}


def _amended_by(actor: Actor | None) -> dict[str, Any]:
    return {} if actor is None else {"by": by(actor)["actor"]}


def by(actor: Actor) -> dict[str, Any]:
    """Who, for entries that are not about a change."""
    return {"actor": {"id": str(actor.person_id), "name": actor.name}}
