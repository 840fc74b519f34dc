from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pos.embedded.backend import EmbeddedBackend
from pos.embedded.till import Till
from tests.pos.bench import QUICK, Shop, furnish, reached


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    path = tmp_path / "till.db"
    async with Till(path, hasher=QUICK) as till:
        yield await furnish(till, path)


@pytest.fixture
async def backend(shop: Shop) -> AsyncIterator[EmbeddedBackend]:
    async with reached(shop.path) as made:
        yield made
