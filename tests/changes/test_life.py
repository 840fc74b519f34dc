"""The life of a change: the moves there are, and no other."""

from itertools import product

import pytest

from changes.life import FINAL, MOVES, OPEN, MoveRefused, State, check_move

ALLOWED = {
    ("proposed", "confirmed"),
    ("proposed", "cancelled"),
    ("proposed", "expired"),
    ("confirmed", "applying"),
    ("confirmed", "failed"),
    ("applying", "applying"),
    ("applying", "unknown"),
    ("applying", "applied"),
    ("applying", "failed"),
    ("unknown", "applying"),
    ("unknown", "unknown"),
    ("unknown", "applied"),
    ("unknown", "failed"),
}


@pytest.mark.parametrize(("source", "target"), list(product(State, State)))
def test_every_move_of_the_table_is_possible_and_every_other_refused(source: State, target: State) -> None:
    if (source.value, target.value) in ALLOWED:
        check_move(source, target)
    else:
        with pytest.raises(MoveRefused):
            check_move(source, target)


def reachable(start: State) -> set[State]:
    found, new = {start}, {start}
    while new:
        new = {target for source in new for target in MOVES[source]} - found
        found |= new
    return found


@pytest.mark.parametrize("state", State)
def test_from_every_state_an_end_can_be_reached(state: State) -> None:
    assert reachable(state) & FINAL


def test_the_till_is_never_asked_without_a_spent_code() -> None:
    """Every way from PROPOSED to a state in which the till may hold the change leads through CONFIRMED."""
    without = {target for target in MOVES[State.PROPOSED] if target is not State.CONFIRMED}
    assert all(reachable(state) <= {State.CANCELLED, State.EXPIRED} for state in without)


def test_open_and_final_are_what_their_names_say() -> None:
    assert {State.APPLIED, State.FAILED, State.CANCELLED, State.EXPIRED} == FINAL
    assert {State.CONFIRMED, State.APPLYING, State.UNKNOWN} == OPEN
    assert not OPEN & FINAL
