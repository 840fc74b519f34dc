"""The SumUp adapter before hostile servers, with the stand-in behind."""

from dataclasses import dataclass

import pytest

from changes.backend import Backend, ChangeKind, Order
from pos.sumup.backend import TERMINAL_ID, SumUpBackend
from tests.pos.hostile import Hostile
from tests.pos.sumup.standin import KEY, MERCHANT, SumUp


@dataclass
class SumUpTarget:
    sumup: SumUp
    upstream: str
    secret: str = KEY

    def backend(self, address: str, timeout: float) -> Backend:
        return SumUpBackend(address, KEY, MERCHANT, terminal="All", timeout=timeout)

    def is_order(self, method: str, path: str, body: bytes) -> bool:
        return method == "PUT"

    async def order(self, backend: Backend) -> Order:
        member = self.sumup.employ("01@example.com", "Chen", ["role_employee"])
        user = await backend.user(TERMINAL_ID, member)
        return Order(ChangeKind.RENAME, TERMINAL_ID, member, user.version, name="陈 🍵 مريم")


class TestSumUp(Hostile):
    @pytest.fixture
    def target(self, sumup: SumUp) -> SumUpTarget:
        return SumUpTarget(sumup, sumup.url)
