"""The Odoo adapter before hostile servers, with the stand-in behind."""

from dataclasses import dataclass

import pytest

from changes.backend import Backend, ChangeKind, Order
from changes.till import Role
from pos.odoo.backend import OdooBackend
from tests.pos.hostile import Hostile
from tests.pos.odoo.standin import DATABASE, KEY, Odoo


@dataclass
class OdooTarget:
    odoo: Odoo
    upstream: str
    secret: str = KEY

    def backend(self, address: str, timeout: float) -> Backend:
        return OdooBackend(address, KEY, DATABASE, timeout=timeout)

    def is_order(self, method: str, path: str, body: bytes) -> bool:
        return path.endswith("/write")

    async def order(self, backend: Backend) -> Order:
        register = self.odoo.register("Front")
        employee = self.odoo.employ("01", "Chen", {register: Role.CASHIER})
        user = await backend.user(str(register), str(employee))
        return Order(ChangeKind.RENAME, str(register), user.id, user.version, name="陈 🍵 مريم")


class TestOdoo(Hostile):
    @pytest.fixture
    def target(self, odoo: Odoo) -> OdooTarget:
        return OdooTarget(odoo, odoo.url)
