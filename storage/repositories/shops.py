"""Shops, and the sealed options that open their tills."""

import json
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from changes.audit import FIRST_PREVIOUS
from changes.ports import Shop
from storage.tables import shops
from storage.vault import Vault

SHOP_COLUMNS = (shops.c.id, shops.c.name, shops.c.zone, shops.c.backend, shops.c.late_limit)
_SHOP = select(*SHOP_COLUMNS).where(shops.c.id == bindparam("shop"))


def shop_of(row: Row[*tuple[Any, ...]]) -> Shop:
    return Shop(row.id, row.name, row.zone, row.backend, row.late_limit)


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
        sealed = self._vault.seal(_place(shop_id), json.dumps(options))
        await self._connection.execute(update(shops).where(shops.c.id == shop_id).values(sealed_options=sealed))
        return replace(shop, id=shop_id)

    async def get(self, shop_id: int) -> Shop | None:
        row = (await self._connection.execute(_SHOP, {"shop": shop_id})).one_or_none()
        return None if row is None else shop_of(row)

    async def all(self) -> tuple[Shop, ...]:
        rows = await self._connection.execute(select(*SHOP_COLUMNS).order_by(shops.c.id))
        return tuple(shop_of(row) for row in rows)

    async def options(self, shop_id: int) -> dict[str, str]:
        """Raises `LookupError` where there is no such shop."""
        sealed = await self._connection.scalar(select(shops.c.sealed_options).where(shops.c.id == shop_id))
        if sealed is None:
            raise LookupError(f"no shop {shop_id}")
        options: dict[str, str] = json.loads(self._vault.open(_place(shop_id), sealed))
        return options

    async def set_late_limit(self, shop_id: int, minutes: int | None) -> None:
        await self._connection.execute(update(shops).where(shops.c.id == shop_id).values(late_limit=minutes))
