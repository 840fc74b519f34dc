from collections.abc import AsyncIterator, Iterator

import pytest

from pos.tryton.backend import TrytonBackend
from tests.pos.tryton.server import Server, Shop, tryton_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with tryton_server("sqlite", tmp_path_factory.mktemp("tryton")) as made:
        yield made


@pytest.fixture
async def shop(server: Server) -> AsyncIterator[Shop]:
    made = Shop(server)
    await made.clear()
    yield made
    await made.close()


@pytest.fixture
async def backend(shop: Shop) -> AsyncIterator[TrytonBackend]:
    made = shop.backend()
    yield made
    await made.close()
