from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from changes.claiming import NewClaim
from tests.handlers.bench import Bench, bench_in
from tests.handlers.person import Person


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_in(tmp_path) as made:
        yield made


@pytest.fixture
async def claim(bench: Bench) -> NewClaim:
    """A shop that waits for its owner."""
    return await bench.shop()


@pytest.fixture
async def owner(bench: Bench, claim: NewClaim) -> Person:
    """The owner of one shop, with an authenticator, before the first message."""
    return await bench.owner(claim)
