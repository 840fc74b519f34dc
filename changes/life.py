"""The life of a change: its states and the moves between them. Everything that moves a change asks here."""

from enum import StrEnum


class State(StrEnum):
    #: Shown to the owner, waiting for a code.
    PROPOSED = "proposed"
    #: A code was spent on it and the intent is in the audit; it waits for its time, its turn or the owner's word.
    SCHEDULED = "scheduled"
    #: A code was spent on it, the intent is in the audit and its time is now; the till was not asked yet.
    CONFIRMED = "confirmed"
    #: A person at the till is doing it, step by step; the backend is not asked before they say that it is done.
    GUIDED = "guided"
    #: The till is being asked, or will be asked again because it certainly was not reached.
    APPLYING = "applying"
    #: The till may have applied it: being read back.
    UNKNOWN = "unknown"
    #: The till holds it.
    APPLIED = "applied"
    #: The till does not hold it.
    FAILED = "failed"
    #: Given up while nobody knew whether the till holds it.
    ABANDONED = "abandoned"
    #: Dropped before the till was asked: given up, or replaced by another request.
    CANCELLED = "cancelled"
    #: No code came in time.
    EXPIRED = "expired"


MOVES: dict[State, frozenset[State]] = {
    State.PROPOSED: frozenset({State.CONFIRMED, State.SCHEDULED, State.CANCELLED, State.EXPIRED}),
    State.SCHEDULED: frozenset({State.SCHEDULED, State.CONFIRMED, State.FAILED, State.CANCELLED}),
    State.CONFIRMED: frozenset({State.GUIDED, State.APPLYING, State.FAILED}),
    State.GUIDED: frozenset({State.GUIDED, State.APPLYING, State.FAILED, State.ABANDONED}),
    State.APPLYING: frozenset(
        {State.GUIDED, State.APPLYING, State.UNKNOWN, State.APPLIED, State.FAILED, State.ABANDONED}
    ),
    State.UNKNOWN: frozenset({State.UNKNOWN, State.APPLIED, State.FAILED, State.ABANDONED}),
    State.APPLIED: frozenset(),
    State.FAILED: frozenset(),
    State.ABANDONED: frozenset(),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset(),
}

#: A code was spent, its time has come and the end is not known yet: such a change keeps its terminal user busy.
OPEN = frozenset({State.CONFIRMED, State.GUIDED, State.APPLYING, State.UNKNOWN})

#: What the worker looks after.
WORKED = OPEN | {State.SCHEDULED}

FINAL = frozenset(state for state, moves in MOVES.items() if not moves)


class MoveRefused(Exception):
    """A change cannot go from this state to that one."""


def check_move(source: State, target: State) -> None:
    """Raise `MoveRefused` unless a change in `source` may become `target`."""
    if target not in MOVES[source]:
        raise MoveRefused(f"{source} -> {target}")
