"""Shops, and the sealed options that open their tills."""

import json
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from changes.audit import FIRST_PREVIOUS
from changes.ports import Shop
from storage.tables import blind_spots, claims, shops, sightings
from storage.vault import Vault

SHOP_COLUMNS = (shops.c.id, shops.c.name, shops.c.zone, shops.c.backend, shops.c.late_limit, shops.c.removed_at)
_SHOP = select(*SHOP_COLUMNS).where(shops.c.id == bindparam("shop"))


def shop_of(row: Row[*tuple[Any, ...]]) -> Shop:
    return Shop(row.id, row.name, row.zone, row.backend, row.late_limit, row.removed_at)


def _place(shop_id: int) -> str:
    return f"shops.options:{shop_id}"


class SqlShops:
    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        self._connection, self._vault = connection, vault

    async def add(self, name: str, zone: str, backend: str, options: dict[str, str]) -> Shop:
        # The id is part of what is sealed, so the row comes first.
        shop = Shop(0, name, zone, backend)
        values = asdict(shop) | {"sealed_options": "", "head_hash": FIRST_PREVIOUS}
        del values["id"]
        shop_id = await self._connection.scalar(insert(shops).values(values).returning(shops.c.id))
        if shop_id is None:
            raise RuntimeError("the database returned no id for a new shop")
        sealed = self._sealed(shop_id, options)
        await self._connection.execute(update(shops).where(shops.c.id == shop_id).values(sealed_options=sealed))
        return replace(shop, id=shop_id)

    async def get(self, shop_id: int) -> Shop | None:
        row = (await self._connection.execute(_SHOP, {"shop": shop_id})).one_or_none()
        return None if row is None else shop_of(row)

    async def all(self, *, removed: bool = False) -> tuple[Shop, ...]:
        which = true() if removed else shops.c.removed_at.is_(None)
        rows = await self._connection.execute(select(*SHOP_COLUMNS).where(which).order_by(shops.c.id))
        return tuple(shop_of(row) for row in rows)

    async def options(self, shop_id: int) -> dict[str, str]:
        """Raises `LookupError` where there is no such shop."""
        sealed = await self._connection.scalar(select(shops.c.sealed_options).where(shops.c.id == shop_id))
        if sealed is None:
            raise LookupError(f"no shop {shop_id}")
        options: dict[str, str] = json.loads(self._vault.open(_place(shop_id), sealed))
        return options

    async def edit(self, shop: Shop, options: dict[str, str]) -> None:
        values = {"name": shop.name, "zone": shop.zone, "sealed_options": self._sealed(shop.id, options)}
        await self._connection.execute(update(shops).where(shops.c.id == shop.id).values(values))

    async def remove(self, shop_id: int, now: datetime) -> None:
        gone = {"removed_at": now, "sealed_options": self._sealed(shop_id, {})}
        await self._connection.execute(update(shops).where(shops.c.id == shop_id).values(gone))
        unused = (claims.c.shop_id == shop_id, claims.c.ended_at.is_(None))
        await self._connection.execute(update(claims).where(*unused).values(ended_at=now))
        for seen in (sightings, blind_spots):
            await self._connection.execute(delete(seen).where(seen.c.shop_id == shop_id))

    def _sealed(self, shop_id: int, options: dict[str, str]) -> str:
        return self._vault.seal(_place(shop_id), json.dumps(options))

    async def set_late_limit(self, shop_id: int, minutes: int | None) -> None:
        await self._connection.execute(update(shops).where(shops.c.id == shop_id).values(late_limit=minutes))
