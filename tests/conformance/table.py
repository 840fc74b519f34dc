"""`python -m tests.conformance.table`: runs the cases and writes into docs/backends/README.md who holds which.

One row for each case, one column for each backend. Nothing changes from run to run while the outcomes are the same.
"""

import inspect
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import IntEnum
from importlib import import_module
from pathlib import Path

import pytest

from tests.conformance import subjects

PAGE = Path(__file__).parents[2] / "docs" / "backends" / "README.md"

_FOLDER = Path(__file__).parent
_BEGIN = "<!-- written by `make conformance`, from a run -->"
_END = "<!-- to here -->"


class Outcome(IntEnum):
    """From the best to the worst."""

    HELD = 0
    NOT_OFFERED = 1
    NOT_RUN = 2
    FAILED = 3

    @property
    def shown(self) -> str:
        return ("held", "–", "not run", "**failed**")[self]


#: By case and backend.
Outcomes = Mapping[tuple[str, str], Outcome]


class Watching:
    """A plugin of pytest that runs the cases alone and notes what becomes of each on each backend."""

    def __init__(self) -> None:
        self._seen: defaultdict[tuple[str, str], set[Outcome]] = defaultdict(set)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if "case" in dict(item.user_properties)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            properties = dict(report.user_properties)
            self._seen[str(properties["case"]), str(properties["backend"])].add(_outcome(report))

    @property
    def outcomes(self) -> dict[tuple[str, str], Outcome]:
        """Of a case with several values the worst, without those that the backend does not offer."""
        return {of: max(seen - {Outcome.NOT_OFFERED}, default=Outcome.NOT_OFFERED) for of, seen in self._seen.items()}


def _outcome(report: pytest.TestReport) -> Outcome:
    if report.skipped:
        # A case says itself what is not offered; before it begins, what it runs against is missing.
        return Outcome.NOT_OFFERED if report.when == "call" else Outcome.NOT_RUN
    return Outcome.HELD if report.passed else Outcome.FAILED


def cases() -> list[str]:
    """The names of all test functions that run on a subject, in their order."""
    found = []
    for path in sorted(_FOLDER.glob("test_*.py")):
        module = import_module(f"tests.conformance.{path.stem}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            is_here = name.startswith("test_") and function.__module__ == module.__name__
            if is_here and "subject" in inspect.signature(function).parameters:
                found.append((path.stem, function.__code__.co_firstlineno, name))
    return [name for _, _, name in sorted(found)]


def table(outcomes: Outcomes) -> str:
    """As Markdown. What did not run is said to be so."""
    backends = subjects.names()

    def row(case: str) -> str:
        return _row(said(case), (outcomes.get((case, name), Outcome.NOT_RUN).shown for name in backends))

    head = [_row("Case", (f"`{name}`" for name in backends)), _row("---", ("---" for _ in backends))]
    return "\n".join([*head, *map(row, cases())])


def said(case: str) -> str:
    return case.removeprefix("test_").replace("_", " ")


def _row(first: str, cells: Iterable[str]) -> str:
    return f"| {' | '.join([first, *cells])} |"


def parted(page: str) -> tuple[str, str, str]:
    """What stands before the table, the table, and what follows. Raises `ValueError` where the marks are gone."""
    begin, end = page.index(_BEGIN) + len(_BEGIN), page.index(_END)
    return page[:begin], page[begin:end].strip(), page[end:]


def main() -> int:
    watching = Watching()
    pytest.main([str(_FOLDER), "-n", "0", "-q", "-p", "no:cacheprovider"], plugins=[watching])
    before, _, after = parted(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(f"{before}\n\n{table(watching.outcomes)}\n\n{after}", encoding="utf-8")
    return 0 if watching.outcomes and Outcome.FAILED not in watching.outcomes.values() else 1


if __name__ == "__main__":
    sys.exit(main())
