"""Authenticators. Their seeds are sealed; a step is spent by compare-and-set."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from changes.codes import Factor
from storage.tables import factors
from storage.vault import Vault

_UNLOCKED: dict[str, Any] = {"failures": 0, "locked_until": None}

#: The row is locked so that wrong codes that arrive together are all counted.
_FACTOR = select(factors).where(factors.c.person_id == bindparam("person")).with_for_update()


def _place(person_id: int) -> str:
    return f"factors.secret:{person_id}"


class SqlFactors:
    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        self._connection, self._vault = connection, vault

    async def get(self, person_id: int) -> Factor | None:
        row = (await self._connection.execute(_FACTOR, {"person": person_id})).one_or_none()
        if row is None:
            return None
        return Factor(
            person_id=row.person_id,
            secret=self._vault.open(_place(person_id), row.sealed_secret),
            confirmed=row.confirmed,
            shown_at=row.shown_at,
            last_timecode=row.last_timecode,
            failures=row.failures,
            locked_until=row.locked_until,
        )

    async def show(self, factor: Factor) -> bool:
        unconfirmed = (factors.c.person_id == factor.person_id, factors.c.confirmed.is_(False))
        await self._connection.execute(delete(factors).where(*unconfirmed))
        standing = select(factors.c.person_id).where(factors.c.person_id == factor.person_id)
        if await self._connection.scalar(standing) is not None:
            return False
        await self._connection.execute(
            insert(factors).values(
                person_id=factor.person_id,
                sealed_secret=self._vault.seal(_place(factor.person_id), factor.secret),
                confirmed=False,
                shown_at=factor.shown_at,
                last_timecode=0,
                failures=factor.failures,
                locked_until=factor.locked_until,
            )
        )
        return True

    async def spend(self, person_id: int, timecode: int) -> bool:
        where = (factors.c.confirmed.is_(True), factors.c.last_timecode < timecode)
        return await self._take(person_id, timecode, *where)

    async def confirm(self, person_id: int, timecode: int) -> bool:
        return await self._take(person_id, timecode, factors.c.confirmed.is_(False), confirmed=True)

    async def _take(self, person_id: int, timecode: int, *where: Any, **values: Any) -> bool:
        statement = update(factors).where(factors.c.person_id == person_id, *where)
        taken = await self._connection.execute(statement.values(last_timecode=timecode, **_UNLOCKED, **values))
        return taken.rowcount == 1

    async def remove(self, person_id: int) -> bool:
        removed = await self._connection.execute(delete(factors).where(factors.c.person_id == person_id))
        return removed.rowcount == 1

    async def fail(self, person_id: int, failures: int, locked_until: datetime | None) -> None:
        values = {"failures": failures, "locked_until": locked_until}
        await self._connection.execute(update(factors).where(factors.c.person_id == person_id).values(values))
