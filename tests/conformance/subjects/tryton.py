"""A Tryton server of the session, emptied for each case.

On PostgreSQL: on SQLite Tryton does not notice every parallel write.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from changes.backend import Backend
from changes.till import Role
from tests.conformance.subject import Subject, closed_after
from tests.pos.tryton.server import Shop

NEEDS = ("tryton", "postgres")


@dataclass
class TrytonSubject:
    shop: Shop
    backend: Backend
    terminal_id: str = "all"

    async def add(self, number: str, name: str, role: Role) -> str:
        return await self.shop.add(number, name, role)

    async def rename(self, user_id: str, name: str) -> None:
        await self.shop.write(user_id, name=name)

    async def remove(self, user_id: str) -> bool:
        # Nobody is deleted there; who has none of the till's roles is no user of it any more.
        await self.shop.take_roles(user_id)
        return True


@asynccontextmanager
async def opened(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    shop = Shop(request.getfixturevalue("tryton"))
    try:
        await shop.clear()
        async with closed_after(shop.backend()) as backend:
            yield TrytonSubject(shop, backend)
    finally:
        await shop.close()
