"""The Tryton adapter before hostile servers, with a real one behind."""

import json
from dataclasses import dataclass

import pytest

from changes.backend import Backend, ChangeKind, Order
from changes.till import Role
from pos.tryton.backend import TERMINAL_ID
from tests.pos.hostile import Hostile
from tests.pos.tryton.server import Server, Shop

pytestmark = pytest.mark.tryton


@dataclass
class TrytonTarget:
    shop: Shop
    upstream: str
    secret: str

    def backend(self, address: str, timeout: float) -> Backend:
        return self.shop.backend(timeout, url=address)

    def is_order(self, method: str, path: str, body: bytes) -> bool:
        return json.loads(body)["method"] in {"model.res.user.write", "model.res.user.create"}

    async def order(self, backend: Backend) -> Order:
        # A session is open then, as it is of a bot that runs.
        user_id = await self.shop.add("01", "Chen", Role.CASHIER)
        user = await backend.user(TERMINAL_ID, user_id)
        return Order(ChangeKind.RENAME, TERMINAL_ID, user_id, user.version, name="陈 🍵 مريم")


class TestTryton(Hostile):
    @pytest.fixture
    def target(self, server: Server, shop: Shop) -> TrytonTarget:
        return TrytonTarget(shop, server.url, server.bot.password)
