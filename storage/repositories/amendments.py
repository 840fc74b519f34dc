"""What is asked of waiting changes and not confirmed yet."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from changes.amendment import Amendment, AmendmentKind
from storage.tables import amendments

_COPIED = (
    "id",
    "shop_id",
    "request_id",
    "actor_id",
    "actor_name",
    "chat_id",
    "moment",
    "created_at",
    "expires_at",
)


class SqlAmendments:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, amendment: Amendment) -> None:
        values = {name: getattr(amendment, name) for name in _COPIED} | {"kind": amendment.kind.value}
        await self._connection.execute(insert(amendments).values(values))

    async def get(self, amendment_id: str) -> Amendment | None:
        query = select(amendments).where(amendments.c.id == amendment_id, amendments.c.ended_at.is_(None))
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Amendment(kind=AmendmentKind(row.kind), **{name: getattr(row, name) for name in _COPIED})

    async def end(self, amendment_id: str, now: datetime) -> bool:
        open_one = (amendments.c.id == amendment_id, amendments.c.ended_at.is_(None))
        ended = await self._connection.execute(update(amendments).where(*open_one).values(ended_at=now))
        return ended.rowcount == 1

    async def end_all(self, person_id: int, now: datetime) -> int:
        open_ones = (amendments.c.actor_id == person_id, amendments.c.ended_at.is_(None))
        ended = await self._connection.execute(update(amendments).where(*open_ones).values(ended_at=now))
        return ended.rowcount
