"""The life of a change: the moves there are, and no other."""

import re
from itertools import product
from pathlib import Path

import pytest

from changes.life import FINAL, MOVES, OPEN, WORKED, MoveRefused, State, check_move

ALLOWED = {
    ("proposed", "confirmed"),
    ("proposed", "scheduled"),
    ("scheduled", "scheduled"),
    ("scheduled", "confirmed"),
    ("scheduled", "failed"),
    ("scheduled", "cancelled"),
    ("proposed", "cancelled"),
    ("proposed", "expired"),
    ("confirmed", "applying"),
    ("confirmed", "failed"),
    ("confirmed", "guided"),
    ("applying", "guided"),
    ("guided", "guided"),
    ("guided", "applying"),
    ("guided", "failed"),
    ("guided", "abandoned"),
    ("applying", "applying"),
    ("applying", "unknown"),
    ("applying", "applied"),
    ("applying", "failed"),
    ("applying", "abandoned"),
    ("unknown", "unknown"),
    ("unknown", "applied"),
    ("unknown", "failed"),
    ("unknown", "abandoned"),
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
    """Every way to a state in which the till may hold the change leads through CONFIRMED."""
    asked = {State.APPLYING, State.UNKNOWN, State.APPLIED, State.ABANDONED}
    assert {source for source, moves in MOVES.items() if moves & asked} == {State.CONFIRMED, *OPEN}
    assert MOVES[State.CONFIRMED] & asked == {State.APPLYING}


def test_what_a_person_does_is_never_applied_without_being_noted_first() -> None:
    assert State.APPLIED not in MOVES[State.GUIDED]


def test_open_and_final_are_what_their_names_say() -> None:
    assert {State.APPLIED, State.FAILED, State.ABANDONED, State.CANCELLED, State.EXPIRED} == FINAL
    assert {State.CONFIRMED, State.GUIDED, State.APPLYING, State.UNKNOWN} == OPEN
    assert {*OPEN, State.SCHEDULED} == WORKED
    assert not WORKED & FINAL


def test_the_drawing_shows_every_move_and_no_other() -> None:
    drawn = (Path(__file__).parents[2] / "docs" / "life.md").read_text("utf-8")
    arrows = re.findall(r"^ +(\w+) --> (\w+)", drawn, re.MULTILINE)
    assert sorted(arrows) == sorted((source.value, target.value) for source, moves in MOVES.items() for target in moves)
