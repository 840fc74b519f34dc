"""The table of docs/backends/README.md is of the cases and backends there are. Its cells come from a run of its own."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.conformance import subjects
from tests.conformance.table import PAGE, Outcome, Watching, cases, parted, said, table


@pytest.fixture
def rows() -> list[list[str]]:
    _, written, _ = parted(PAGE.read_text(encoding="utf-8"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in written.splitlines()]


def test_it_has_a_row_for_each_case_and_a_column_for_each_backend(rows: list[list[str]]) -> None:
    assert rows[0] == ["Case", *(f"`{name}`" for name in subjects.names())], "run `make conformance`"
    assert [row[0] for row in rows[2:]] == [said(case) for case in cases()], "run `make conformance`"


def test_nothing_in_it_failed_or_was_left_out(rows: list[list[str]]) -> None:
    assert {cell for row in rows[2:] for cell in row[1:]} == {Outcome.HELD.shown, Outcome.NOT_OFFERED.shown}


def test_the_cases_are_found() -> None:
    assert "test_pages_are_in_order_complete_and_without_repeats" in cases()
    assert len(cases()) > 20
    assert "test_the_cases_are_found" not in cases()


@pytest.mark.parametrize(
    ("reports", "shown"),
    [
        ([("call", "passed")], "held"),
        ([("call", "passed"), ("call", "skipped")], "held"),
        ([("call", "skipped"), ("call", "skipped")], "–"),
        ([("setup", "skipped")], "not run"),
        ([("setup", "failed")], "**failed**"),
        ([("call", "passed"), ("teardown", "failed")], "**failed**"),
        ([("call", "failed"), ("call", "passed"), ("call", "skipped")], "**failed**"),
        ([], "not run"),
    ],
)
def test_a_cell_tells_the_worst_of_what_was_run(reports: list[tuple[str, str]], shown: str) -> None:
    watching, case, name = Watching(), cases()[0], subjects.names()[0]
    for when, outcome in reports:
        watching.pytest_runtest_logreport(report(case, name, when, outcome))
    line = table(watching.outcomes).splitlines()[2]
    assert line.startswith(f"| {said(case)} | {shown} | ")


def report(case: str, backend: str, when: str, outcome: str) -> Any:
    properties = [("backend", backend), ("case", case)]
    states = {state: outcome == state for state in ("passed", "skipped", "failed")}
    return SimpleNamespace(user_properties=properties, when=when, **states)
