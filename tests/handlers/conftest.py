from collections.abc import AsyncIterator, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from changes.claiming import NewClaim
from tests.handlers.bench import Bench, bench_in
from tests.handlers.person import Person


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged, unrendered: to draw an exception takes seconds."""
    with capture_logs() as captured:
        yield captured


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
