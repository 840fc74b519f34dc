"""What was last seen at the terminals, sealed."""

import zlib
from datetime import datetime

import structlog
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from changes.sightings import Blind, Sighting
from storage.rosters import as_text, from_text
from storage.tables import blind_spots, sightings
from storage.vault import Vault, VaultError

log = structlog.get_logger()


def _place(shop_id: int, terminal_id: str) -> str:
    return f"sightings.roster:{shop_id}:{terminal_id}"


class SqlSightings:
    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        self._connection, self._vault = connection, vault

    async def of_shop(self, shop_id: int) -> tuple[Sighting, ...]:
        found = []
        for row in await self._connection.execute(select(sightings).where(sightings.c.shop_id == shop_id)):
            try:
                roster = from_text(self._vault.open(_place(shop_id, row.terminal_id), row.sealed_roster))
            except (VaultError, LookupError, TypeError, ValueError, zlib.error) as odd:
                # Its key is gone, or it is damaged: the terminal is seen as for the first time.
                log.error("a sighting cannot be read", shop=shop_id, error=type(odd).__name__)
                continue
            found.append(Sighting(roster, row.began_at))
        return tuple(found)

    async def keep(self, shop_id: int, sighting: Sighting, after: datetime | None) -> bool:
        terminal_id = sighting.roster.terminal.id
        sealed = self._vault.seal(_place(shop_id, terminal_id), as_text(sighting.roster))
        values = {"began_at": sighting.began_at, "sealed_roster": sealed}
        this = (sightings.c.shop_id == shop_id, sightings.c.terminal_id == terminal_id)
        if after is None:
            # There may be one that nobody can read.
            await self._connection.execute(delete(sightings).where(*this))
            await self._connection.execute(insert(sightings).values(shop_id=shop_id, terminal_id=terminal_id, **values))
            return True
        kept = await self._connection.execute(
            update(sightings).where(*this, sightings.c.began_at == after).values(values)
        )
        return kept.rowcount == 1

    async def blind(self, shop_id: int) -> Blind | None:
        query = select(blind_spots.c.since, blind_spots.c.told).where(blind_spots.c.shop_id == shop_id)
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else Blind(row.since, row.told)

    async def set_blind(self, shop_id: int, blind: Blind | None) -> None:
        await self._connection.execute(delete(blind_spots).where(blind_spots.c.shop_id == shop_id))
        if blind is not None:
            values = {"since": blind.since, "told": blind.told}
            await self._connection.execute(insert(blind_spots).values(shop_id=shop_id, **values))
