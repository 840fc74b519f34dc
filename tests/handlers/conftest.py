from collections.abc import AsyncIterator, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from changes.claiming import NewClaim
from tests.databases import REDIS, Databases, forget_conversations
from tests.handlers.bench import FILE, Bench, bench_in
from tests.handlers.person import Person


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged, unrendered: to draw an exception takes seconds."""
    with capture_logs() as captured:
        yield captured


@pytest.fixture
async def bench(tmp_path: Path, databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """On SQLite; with `EVERYWHERE` on PostgreSQL and Redis too."""
    if getattr(request, "param", "sqlite") == "sqlite":
        databases.sqlite_copy(tmp_path / FILE)
        async with bench_in(tmp_path) as made:
            yield made
        return
    redis_url = REDIS.render_as_string(hide_password=False)
    async with (
        databases.fresh("postgres") as url,
        bench_in(tmp_path, database_url=url, redis_url=redis_url) as made,
    ):
        yield made
        forget_conversations(made.bot.id)


@pytest.fixture
async def claim(bench: Bench) -> NewClaim:
    """A shop that waits for its owner."""
    return await bench.shop()


@pytest.fixture
async def owner(bench: Bench, claim: NewClaim) -> Person:
    """The owner of one shop, with an authenticator, before the first message."""
    return await bench.owner(claim)
