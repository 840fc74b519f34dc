"""The audit's rows. Nothing here changes or deletes one, and triggers refuse both."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Select, Text, bindparam, cast, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from changes.audit import Entry, EntryKind, Head, Record, link
from storage.tables import audit, shops

_PAGE = 500

_HEAD = select(shops.c.head_number, shops.c.head_hash).where(shops.c.id == bindparam("shop"))
#: Locking the shop's row lets one writer at a time take the next number.
_HEAD_TO_MOVE = _HEAD.with_for_update()
_MOVE_HEAD = (
    update(shops)
    .where(shops.c.id == bindparam("shop"))
    .values(head_number=bindparam("number"), head_hash=bindparam("newest"))
)
_ADD = insert(audit)
_ENTRY = select(audit).where(audit.c.shop_id == bindparam("shop"), audit.c.number == bindparam("entry"))


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.shop_id, row.number, row.at, EntryKind(row.kind), row.facts, row.previous, row.hash)


#: As text, so that a row that somebody made unreadable can still be named.
_PLAIN = (
    audit.c.number,
    cast(audit.c.at, Text).label("at"),
    cast(audit.c.kind, Text).label("kind"),
    cast(audit.c.facts, Text).label("facts"),
    cast(audit.c.previous, Text).label("previous"),
    cast(audit.c.hash, Text).label("hash"),
)


def _plain_entry(shop_id: int, row: Row[*tuple[Any, ...]]) -> Entry:
    try:
        at = datetime.fromisoformat(row.at)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        facts = json.loads(row.facts)
        return Entry(shop_id, row.number, at, EntryKind(row.kind), dict(facts), row.previous, row.hash)
    except (ValueError, TypeError):
        nowhere = datetime.min.replace(tzinfo=UTC)
        return Entry(shop_id, row.number, nowhere, EntryKind.SHOP_ADDED, {}, str(row.previous), "")


class SqlAudit:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def append(self, shop_id: int, record: Record, at: datetime) -> Entry:
        entry = link(await self._head(shop_id, _HEAD_TO_MOVE), shop_id, record, at)
        row = {
            "shop_id": shop_id,
            "number": entry.number,
            "at": entry.at,
            "kind": entry.kind.value,
            "facts": dict(entry.facts),
            "previous": entry.previous,
            "hash": entry.hash,
        }
        await self._connection.execute(_ADD, row)
        await self._connection.execute(_MOVE_HEAD, {"shop": shop_id, "number": entry.number, "newest": entry.hash})
        return entry

    async def head(self, shop_id: int) -> Head:
        return await self._head(shop_id, _HEAD)

    async def _head(self, shop_id: int, query: Select[Any]) -> Head:
        row = (await self._connection.execute(query, {"shop": shop_id})).one()
        return Head(row.head_number, row.head_hash)

    async def get(self, shop_id: int, number: int) -> Entry | None:
        row = (await self._connection.execute(_ENTRY, {"shop": shop_id, "entry": number})).one_or_none()
        return None if row is None else _entry(row)

    async def latest(self, shop_id: int, offset: int, limit: int) -> tuple[Entry, ...]:
        query = select(audit).where(audit.c.shop_id == shop_id).order_by(audit.c.number.desc())
        return tuple(_entry(row) for row in await self._connection.execute(query.offset(offset).limit(limit)))

    async def count(self, shop_id: int) -> int:
        query = select(func.count()).select_from(audit).where(audit.c.shop_id == shop_id)
        return await self._connection.scalar(query) or 0

    async def walk(self, shop_id: int) -> AsyncIterator[Entry]:
        """Every entry in the order of its number; one that cannot be read comes with a hash that fits nothing."""
        last: int | None = None
        while True:
            query = select(*_PLAIN).where(audit.c.shop_id == shop_id).order_by(audit.c.number).limit(_PAGE)
            if last is not None:
                query = query.where(audit.c.number > last)
            rows = (await self._connection.execute(query)).all()
            for row in rows:
                yield _plain_entry(shop_id, row)
            if len(rows) < _PAGE:
                return
            last = rows[-1].number
