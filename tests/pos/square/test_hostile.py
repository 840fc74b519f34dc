"""The Square adapter before hostile servers, with the stand-in behind."""

from dataclasses import dataclass

import pytest

from changes.backend import Backend, ChangeKind, Order
from pos.square.backend import SquareBackend
from tests.pos.hostile import Hostile
from tests.pos.square.standin import TOKEN, Square


@dataclass
class SquareTarget:
    square: Square
    upstream: str
    secret: str = TOKEN

    def backend(self, address: str, timeout: float) -> Backend:
        return SquareBackend(address, TOKEN, timeout=timeout)

    def is_order(self, method: str, path: str, body: bytes) -> bool:
        return method == "PUT"

    async def order(self, backend: Backend) -> Order:
        location = self.square.location("Front")
        member = self.square.employ("01", "Chen", "-", [location])
        user = await backend.user(location, member)
        return Order(ChangeKind.RENAME, location, member, user.version, name="陈 🍵 مريم")


class TestSquare(Hostile):
    @pytest.fixture
    def target(self, square: Square) -> SquareTarget:
        return SquareTarget(square, square.url)
