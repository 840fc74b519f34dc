"""What was last seen at the shops' terminals, and since when a till was not seen at all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from changes.roster import Roster


@dataclass(frozen=True, slots=True)
class Sighting:
    """`began_at` is when that look began: what the till was asked later it may not show."""

    roster: Roster
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Blind:
    """A till that was not seen since; `told` is whether the owners know."""

    since: datetime
    told: bool = False


class Sightings(Protocol):
    async def of_shop(self, shop_id: int) -> tuple[Sighting, ...]:
        """The last of each terminal; what no key opens any more is left out."""
        ...

    async def keep(self, shop_id: int, sighting: Sighting, after: datetime | None) -> bool:
        """Keep it in place of the one that began `after`; False (and nothing kept) where that is not the last."""
        ...

    async def blind(self, shop_id: int) -> Blind | None: ...
    async def set_blind(self, shop_id: int, blind: Blind | None) -> None: ...
