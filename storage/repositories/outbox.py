"""The outgoing queue's rows."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from changes.ports import Notice, NoticeKind, QueuedNotice
from storage.tables import outbox

_COPIED = ("chat_id", "shop_id", "person_id", "request_id", "entry_number", "message_id", "due_at", "urgent")

#: PostgreSQL: a transaction that puts a notice tells of it here when it commits (`storage.link` listens).
CHANNEL = "tillkeeper_work"

_DELETES = outbox.c.kind == NoticeKind.DELETE.value
_earlier = outbox.alias()

_goes_before = or_(
    and_(_earlier.c.urgent, ~outbox.c.urgent),
    and_(_earlier.c.urgent == outbox.c.urgent, _earlier.c.id < outbox.c.id),
)

#: What could be sent once it is due. Of one chat the first that waits goes first, urgent ones before others, also while
#: it waits to be tried again; a deletion says nothing, so its place does not matter.
_IN_TURN = and_(
    outbox.c.ended_at.is_(None),
    or_(
        _DELETES,
        ~exists().where(
            _earlier.c.chat_id == outbox.c.chat_id,
            _goes_before,
            _earlier.c.ended_at.is_(None),
            _earlier.c.kind != NoticeKind.DELETE.value,
        ),
    ),
)


_IN_OPEN_CHATS = and_(_IN_TURN, or_(_DELETES, outbox.c.chat_id.not_in(bindparam("besides", expanding=True))))

# What runs for each notice is put together once; the columns of an UPDATE or INSERT are those that it is given.
_NEXT_DUE = select(func.min(outbox.c.due_at)).where(_IN_OPEN_CHATS)
_DUE = (
    select(outbox)
    .where(_IN_OPEN_CHATS, outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.urgent.desc(), outbox.c.id)
    .limit(bindparam("most"))
)
# Another process's rows are passed over while it takes them, and are not due once it has.
_TO_CLAIM = _DUE.with_for_update(skip_locked=True)
_CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("taken", expanding=True)))
    .values(due_at=bindparam("until"), attempts=outbox.c.attempts + 1, error=None)
)
_SET = update(outbox).where(outbox.c.id == bindparam("which"))
_UNTRIED_PROGRESS = (
    select(outbox.c.id, outbox.c.due_at)
    .where(
        outbox.c.kind == NoticeKind.PROGRESS.value,
        outbox.c.request_id == bindparam("request"),
        outbox.c.chat_id == bindparam("chat"),
        outbox.c.attempts == 0,
        outbox.c.ended_at.is_(None),
    )
    .limit(1)
    .with_for_update(skip_locked=True)
)
_REMOVE = delete(outbox).where(outbox.c.id == bindparam("which"))
_PUT = insert(outbox)
_PUT_AND_TELL = _PUT.returning(func.pg_notify(CHANNEL, ""))


class SqlOutbox:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, notice: Notice, now: datetime) -> None:
        if notice.kind is NoticeKind.PROGRESS and await self._waits_untried(notice, now):
            if self._tells:
                await self._connection.execute(select(func.pg_notify(CHANNEL, "")))
            return
        values = {name: getattr(notice, name) for name in _COPIED}
        values |= {"kind": notice.kind.value, "created_at": now, "due_at": notice.due_at or now}
        values |= {"attempts": 0, "delivered": False}
        await self._connection.execute(_PUT_AND_TELL if self._tells else _PUT, values)

    @property
    def _tells(self) -> bool:
        return self._connection.dialect.name == "postgresql"

    async def _waits_untried(self, notice: Notice, now: datetime) -> bool:
        """Whether a notice of the same progress waits: it shows what this transaction writes, so one is enough.

        It is held until the commit, so that nobody sends it before; one that somebody holds does not count. One that
        was put for later makes room for one that is due before.
        """
        same = {"request": notice.request_id, "chat": notice.chat_id}
        waiting = (await self._connection.execute(_UNTRIED_PROGRESS, same)).one_or_none()
        if waiting is None or waiting.due_at <= (notice.due_at or now):
            return waiting is not None
        await self._connection.execute(_REMOVE, {"which": waiting.id})
        return False

    async def due(self, now: datetime, limit: int, besides: Collection[int] = ()) -> tuple[QueuedNotice, ...]:
        return await self._found(_DUE, now, limit, besides)

    async def claim(
        self, now: datetime, until: datetime, limit: int, besides: Collection[int] = ()
    ) -> tuple[QueuedNotice, ...]:
        found = await self._found(_TO_CLAIM, now, limit, besides)
        await self._connection.execute(_CLAIM, {"taken": [queued.id for queued in found], "until": until})
        return tuple(replace(queued, attempts=queued.attempts + 1) for queued in found)

    async def release_all(self, now: datetime) -> None:
        held = and_(outbox.c.ended_at.is_(None), or_(outbox.c.attempts > 0, outbox.c.created_at > now))
        await self._connection.execute(update(outbox).where(held).values(due_at=now))

    async def bring_back(self, now: datetime, *, put_after: datetime, due_after: datetime) -> None:
        late = and_(outbox.c.ended_at.is_(None), or_(outbox.c.created_at > put_after, outbox.c.due_at > due_after))
        await self._connection.execute(update(outbox).where(late).values(due_at=now))

    async def next_due(self, besides: Collection[int] = ()) -> datetime | None:
        due_at: datetime | None = await self._connection.scalar(_NEXT_DUE, {"besides": list(besides)})
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

    async def _found(
        self, query: Select[Any], now: datetime, limit: int, besides: Collection[int]
    ) -> tuple[QueuedNotice, ...]:
        asked = {"now": now, "most": limit, "besides": list(besides)}
        return tuple(
            QueuedNotice(
                row.id,
                Notice(NoticeKind(row.kind), **{name: getattr(row, name) for name in _COPIED}),
                row.attempts,
                row.created_at,
            )
            for row in await self._connection.execute(query, asked)
        )

    async def _set(self, notice_id: int, **values: Any) -> None:
        await self._connection.execute(_SET, {"which": notice_id, **values})
