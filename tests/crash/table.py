"""The runs of the long form: a row of figures for each way a till behaves and for each scenario, on each database."""

import shlex
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from tests.crash.arena import Result

_COUNTED = ("lost", "twice", "unwanted", "unaudited", "told_wrongly", "broken", "duplicates")

_HEAD = (
    "places",
    "kills",
    "lost",
    "twice",
    "unwanted",
    "unaudited",
    "told wrongly",
    "chain broken",
    "duplicates",
    "rest p50 s",
    "rest p95 s",
)


@dataclass(frozen=True)
class Row:
    """One run."""

    database: str
    behaviour: str
    scenario: str
    place: str
    time: int
    struck: bool
    counts: dict[str, int]
    to_rest: float
    #: What went wrong, and the log; empty where nothing did.
    faults: str

    @classmethod
    def of(cls, result: Result) -> "Row":
        plan, verdict = result.plan, result.verdict
        strike = plan.strike
        return cls(
            result.kind,
            plan.behaviour.value,
            plan.scenario,
            strike.place if strike else "",
            strike.time if strike else 0,
            result.struck,
            {name: getattr(verdict, name) for name in _COUNTED},
            result.to_rest,
            result.said() if verdict.faults else "",
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def replay(self) -> str:
        """The command that does it again."""
        given = {"database": self.database, "behaviour": self.behaviour, "scenario": self.scenario}
        where = {"place": self.place, "time": str(self.time)}
        words = [word for name, value in (given | where).items() for word in (f"--{name}", value)]
        return shlex.join(["python", "-m", "tests.crash", *words])


def tables(rows: list[Row]) -> str:
    """In Markdown."""
    return f"{_table(rows, 'behaviour', 'till')}\n\n{_table(rows, 'scenario', 'scenario')}"


def _table(rows: list[Row], by: str, title: str) -> str:
    kind = attrgetter("database", by)
    lines = [_cells(which, list(group)) for which, group in groupby(sorted(rows, key=kind), kind)]
    lines.append(_cells(("all", ""), rows))
    marks = ["---", "---", *("---:" for _ in _HEAD)]
    return "\n".join(f"| {' | '.join(line)} |" for line in [["database", title, *_HEAD], marks, *lines])


def _cells(which: tuple[str, str], rows: list[Row]) -> list[str]:
    struck = [row for row in rows if row.struck]
    rests = sorted(row.to_rest for row in struck) or [0.0]
    return [
        *which,
        str(len({row.place for row in struck})),
        str(len(struck)),
        *(str(sum(row.counts[name] for row in rows)) for name in _COUNTED),
        *(f"{rests[int(len(rests) * part)]:.0f}" for part in (0.5, 0.95)),
    ]
