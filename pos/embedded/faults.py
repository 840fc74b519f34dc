"""Faults the till is told to show, so that people and tests can see what becomes of a change when a till fails.

They stand in the till's file, so one process can set what another meets.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from pos.embedded.database import Database


class FaultKind(StrEnum):
    #: Does its work and answers after `seconds`.
    SLOW = "slow"
    #: Cannot be reached; nothing is done.
    DOWN = "down"
    #: Says no, for no reason of its own.
    REFUSED = "refused"
    #: Does its work; the answer is lost.
    LOST = "lost"
    #: The question is lost, and the asker cannot know it.
    LOST_BEFORE = "lost_before"
    #: `confirm` answers False, whatever is true. No other call meets it.
    WRONG_READBACK = "wrong_readback"


class FaultMethod(StrEnum):
    """Which calls meet the fault: `apply`, every call that reads, or any."""

    APPLY = "apply"
    READ = "read"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that the next `times` calls of `method` meet. `seconds` matters to `SLOW` alone."""

    kind: FaultKind
    times: int = 1
    seconds: float = 0
    method: FaultMethod = FaultMethod.APPLY

    def __post_init__(self) -> None:
        if self.times < 1:
            raise ValueError("a fault happens once or more often")
        if not (math.isfinite(self.seconds) and self.seconds >= 0):
            raise ValueError("a fault lasts zero seconds or more")


async def put(database: Database, fault: Fault) -> None:
    async with database.transaction() as tx:
        await tx.run(
            "INSERT INTO fault (kind, times, seconds, method) VALUES (:kind, :times, :seconds, :method)",
            kind=fault.kind.value,
            times=fault.times,
            seconds=fault.seconds,
            method=fault.method.value,
        )


async def clear(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run("DELETE FROM fault")


async def pending(database: Database) -> tuple[Fault, ...]:
    """The faults still to be met, oldest first."""
    rows = await database.rows("SELECT kind, times, seconds, method FROM fault ORDER BY id")
    return tuple(Fault(FaultKind(r["kind"]), r["times"], r["seconds"], FaultMethod(r["method"])) for r in rows)


_NEXT = """
    SELECT id, kind, times, seconds, method FROM fault
    WHERE CASE kind WHEN 'wrong_readback' THEN :confirming ELSE method IN (:method, 'any') END
    ORDER BY id LIMIT 1
"""


async def take(database: Database, method: FaultMethod, *, confirming: bool = False) -> Fault | None:
    """The oldest fault that this call meets, which is thereby used up once."""
    # Faults are rare and a transaction costs a sync of the disk, so first a look.
    if not await database.rows(_NEXT, method=method.value, confirming=confirming):
        return None
    async with database.transaction() as tx:
        rows = await tx.rows(_NEXT, method=method.value, confirming=confirming)
        if not rows:
            return None
        row = rows[0]
        await tx.run("DELETE FROM fault WHERE id = :id AND times = 1", id=row["id"])
        await tx.run("UPDATE fault SET times = times - 1 WHERE id = :id", id=row["id"])
    return Fault(FaultKind(row["kind"]), 1, row["seconds"], FaultMethod(row["method"]))
