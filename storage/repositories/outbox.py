"""The outgoing queue's rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from changes.ports import Notice, NoticeKind, QueuedNotice
from storage.tables import outbox

_COPIED = ("chat_id", "shop_id", "person_id", "request_id", "entry_number", "message_id", "due_at")


class SqlOutbox:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, notice: Notice, now: datetime) -> None:
        values = {name: getattr(notice, name) for name in _COPIED}
        values |= {"kind": notice.kind.value, "created_at": now, "due_at": notice.due_at or now}
        await self._connection.execute(insert(outbox).values(attempts=0, delivered=False, **values))

    async def due(self, now: datetime, limit: int) -> tuple[QueuedNotice, ...]:
        earlier = outbox.alias()
        # Of one chat the first that waits goes first, also while it waits to be tried again.
        overtakes = exists().where(
            earlier.c.chat_id == outbox.c.chat_id,
            earlier.c.id < outbox.c.id,
            earlier.c.ended_at.is_(None),
            or_(earlier.c.due_at <= now, earlier.c.attempts > 0),
        )
        query = select(outbox).where(outbox.c.ended_at.is_(None), outbox.c.due_at <= now, ~overtakes)
        rows = await self._connection.execute(query.order_by(outbox.c.id).limit(limit))
        return tuple(
            QueuedNotice(
                row.id,
                Notice(NoticeKind(row.kind), **{name: getattr(row, name) for name in _COPIED}),
                row.attempts,
                row.created_at,
            )
            for row in rows
        )

    async def next_due(self) -> datetime | None:
        first = select(func.min(outbox.c.due_at)).where(outbox.c.ended_at.is_(None))
        due_at: datetime | None = await self._connection.scalar(first)
        return due_at

    async def sent(self, notice_id: int, now: datetime) -> None:
        await self._set(notice_id, ended_at=now, delivered=True, error=None)

    async def failed(self, notice_id: int, error: str, now: datetime) -> None:
        await self._set(notice_id, ended_at=now, error=error)

    async def set_message(self, notice_id: int, message_id: int) -> None:
        await self._set(notice_id, message_id=message_id)

    async def postpone(self, notice_id: int, due_at: datetime, error: str) -> None:
        await self._set(notice_id, due_at=due_at, error=error, attempts=outbox.c.attempts + 1)

    async def _set(self, notice_id: int, **values: Any) -> None:
        await self._connection.execute(update(outbox).where(outbox.c.id == notice_id).values(values))
