"""One-time claims, by their digests."""

from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import claims


class SqlClaims:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, shop_id: int, digest: str, expires_at: datetime) -> None:
        unused = (claims.c.shop_id == shop_id, claims.c.ended_at.is_(None))
        await self._connection.execute(update(claims).where(*unused).values(ended_at=expires_at))
        await self._connection.execute(insert(claims).values(digest=digest, shop_id=shop_id, expires_at=expires_at))

    async def spend(self, digest: str, person_id: int, now: datetime) -> int | None:
        good = (claims.c.digest == digest, claims.c.ended_at.is_(None), claims.c.expires_at > now)
        spent = update(claims).where(*good).values(ended_at=now, person_id=person_id).returning(claims.c.shop_id)
        shop_id: int | None = await self._connection.scalar(spent)
        return shop_id
