"""What is kept of a terminal before a change of one of its users."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from changes.roster import Roster
from changes.till import TerminalUser


class Kept(StrEnum):
    """What became of the list beside a change."""

    TAKEN = "taken"
    #: The terminal has more users than are kept.
    CUT = "cut"
    #: Kept with another change that the same code confirmed.
    SHARED = "shared"
    #: The till did not tell; the change went on all the same.
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was kept before a change. `roster` is None where `kept` says so, or where nobody came to take it."""

    taken_at: datetime
    user: TerminalUser
    kept: Kept | None
    roster: Roster | None


class Snapshots(Protocol):
    async def keep(self, request_id: str, user: TerminalUser, at: datetime) -> None:
        """Keep the user before a change; of one who is to be added, who that will be."""
        ...

    async def keep_roster(self, request_id: str, kept: Kept, roster: Roster | None) -> None:
        """Keep with it what became of the list of all users of the terminal."""
        ...

    async def get(self, request_id: str) -> Snapshot | None: ...
    async def forget(self, before: datetime) -> None:
        """Remove those that were taken earlier."""
        ...
