"""The SCIM adapter before hostile servers, with a real one behind."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from changes.backend import Backend, ChangeKind, Order
from changes.till import Role
from pos.scim.backend import TERMINAL_ID, ScimBackend
from tests.pos.hostile import Hostile
from tests.pos.scim.server import NAMES, TOKEN, Directory


@dataclass
class ScimTarget:
    directory: Directory
    upstream: str
    secret: str = TOKEN

    def backend(self, address: str, timeout: float) -> Backend:
        base = address + urlsplit(self.directory.url).path
        return ScimBackend(base, TOKEN, terminal="All", names=NAMES, timeout=timeout)

    def is_order(self, method: str, path: str, body: bytes) -> bool:
        return method == "PATCH"

    async def order(self, backend: Backend) -> Order:
        user_id = await self.directory.add("01", "Chen", Role.CASHIER)
        user = await backend.user(TERMINAL_ID, user_id)
        return Order(ChangeKind.RENAME, TERMINAL_ID, user_id, user.version, name="陈 🍵 مريم")


class TestScim(Hostile):
    @pytest.fixture
    def target(self, server: str, directory: Directory) -> ScimTarget:
        return ScimTarget(directory, server)
