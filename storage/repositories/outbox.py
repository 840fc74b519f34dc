"""The outgoing queue's rows."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from changes.ports import Notice, NoticeKind, QueuedNotice
from storage.tables import outbox

_COPIED = ("chat_id", "shop_id", "person_id", "request_id", "entry_number", "message_id", "due_at")

_DELETES = outbox.c.kind == NoticeKind.DELETE.value
_earlier = outbox.alias()

#: What could be sent once it is due. Of one chat the first that waits goes first, also while it waits to be tried
#: again; a deletion says nothing, so its place does not matter.
_IN_TURN = and_(
    outbox.c.ended_at.is_(None),
    or_(
        _DELETES,
        ~exists().where(
            _earlier.c.chat_id == outbox.c.chat_id,
            _earlier.c.id < outbox.c.id,
            _earlier.c.ended_at.is_(None),
            _earlier.c.kind != NoticeKind.DELETE.value,
        ),
    ),
)


def _due(now: datetime, limit: int) -> Select[Any]:
    return select(outbox).where(_IN_TURN, outbox.c.due_at <= now).order_by(outbox.c.id).limit(limit)


class SqlOutbox:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, notice: Notice, now: datetime) -> None:
        values = {name: getattr(notice, name) for name in _COPIED}
        values |= {"kind": notice.kind.value, "created_at": now, "due_at": notice.due_at or now}
        await self._connection.execute(insert(outbox).values(attempts=0, delivered=False, **values))

    async def due(self, now: datetime, limit: int) -> tuple[QueuedNotice, ...]:
        return await self._found(_due(now, limit))

    async def claim(self, now: datetime, until: datetime, limit: int) -> tuple[QueuedNotice, ...]:
        # Another process's rows are passed over while it takes them, and are not due once it has.
        found = await self._found(_due(now, limit).with_for_update(skip_locked=True))
        taken = update(outbox).where(outbox.c.id.in_([queued.id for queued in found]))
        await self._connection.execute(taken.values(due_at=until, attempts=outbox.c.attempts + 1, error=None))
        return tuple(replace(queued, attempts=queued.attempts + 1) for queued in found)

    async def release_all(self, now: datetime) -> None:
        held = and_(outbox.c.ended_at.is_(None), or_(outbox.c.attempts > 0, outbox.c.created_at > now))
        await self._connection.execute(update(outbox).where(held).values(due_at=now))

    async def next_due(self) -> datetime | None:
        due_at: datetime | None = await self._connection.scalar(select(func.min(outbox.c.due_at)).where(_IN_TURN))
        return due_at

    async def sent(self, notice_id: int, now: datetime) -> None:
        await self._set(notice_id, ended_at=now, delivered=True, error=None)

    async def failed(self, notice_id: int, error: str, now: datetime) -> None:
        await self._set(notice_id, ended_at=now, error=error)

    async def set_message(self, notice_id: int, message_id: int) -> None:
        await self._set(notice_id, message_id=message_id)

    async def postpone(self, notice_id: int, due_at: datetime, error: str) -> None:
        await self._set(notice_id, due_at=due_at, error=error)

    async def forget_ended(self, before: datetime) -> None:
        await self._connection.execute(delete(outbox).where(outbox.c.ended_at < before))

    async def _found(self, query: Select[Any]) -> tuple[QueuedNotice, ...]:
        return tuple(
            QueuedNotice(
                row.id,
                Notice(NoticeKind(row.kind), **{name: getattr(row, name) for name in _COPIED}),
                row.attempts,
                row.created_at,
            )
            for row in await self._connection.execute(query)
        )

    async def _set(self, notice_id: int, **values: Any) -> None:
        await self._connection.execute(update(outbox).where(outbox.c.id == notice_id).values(values))
