"""What all tests share: which need something of the machine, databases of their own, a shop on a till."""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import settings

from storage.engine import Database
from storage.store import SqlStore
from storage.vault import Vault
from tests.changes.bench import Bench, bench_on
from tests.clock import HandClock
from tests.databases import POSTGRES, REDIS, Databases, listens
from tests.pos import sdk_needed
from tests.pos.tryton import template

# The same examples every time, however slow the machine.
settings.register_profile("tests", derandomize=True, deadline=None, database=None)
settings.load_profile("tests")


@dataclass(frozen=True)
class Need:
    """Something of the machine that marked tests cannot do without."""

    name: str
    is_there: Callable[[], bool]


#: By marker. Where it is missing the tests are left out and named in the summary; in CI they fail.
NEEDS = {
    "postgres": Need(f"a PostgreSQL server at {POSTGRES.host}:{POSTGRES.port}", lambda: listens(POSTGRES, 5432)),
    "redis": Need(f"a Redis server at {REDIS.host}:{REDIS.port}", lambda: listens(REDIS, 6379)),
    "tryton": Need("a Tryton server in .tryton (make .tryton/installed)", template.is_installed),
    "sdk": Need("the packages squareup and sumup (make check)", sdk_needed.is_there),
    "browser": Need("chromium", lambda: shutil.which("chromium") is not None),
}

_MISSING = pytest.StashKey[Need]()

#: Folders whose files take longest: begun last, one of them would be waited for alone.
_FIRST = ("browser", "crash", "demo", "e2e")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.parent.name not in _FIRST)
    for marker, need in NEEDS.items():
        marked = [item for item in items if item.get_closest_marker(marker)]
        if marked and not need.is_there():
            for item in marked:
                item.stash[_MISSING] = need


def pytest_runtest_setup(item: pytest.Item) -> None:
    need = item.stash.get(_MISSING, None)
    if need is None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"in CI nothing is left out, and {need.name} is missing", pytrace=False)
    pytest.skip(f"left out: {need.name} is missing")


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
async def database(databases: Databases, database_kind: str) -> AsyncIterator[Database]:
    """A migrated database without rows, once on SQLite and once on PostgreSQL."""
    async with databases.fresh(database_kind) as url:
        made = Database(url)
        yield made
        await made.close()


@pytest.fixture
async def sqlite_database(databases: Databases) -> AsyncIterator[Database]:
    """The same on SQLite alone, for what does not depend on the database."""
    async with databases.fresh("sqlite") as url:
        made = Database(url)
        yield made
        await made.close()


@pytest.fixture
def vault() -> Vault:
    return Vault([Fernet.generate_key().decode()])


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store(database: Database, vault: Vault) -> SqlStore:
    return SqlStore(database, vault)


@pytest.fixture
async def bench(database: Database, vault: Vault, clock: HandClock, tmp_path: Path) -> AsyncIterator[Bench]:
    """A shop with an enrolled owner and a till, on each kind of database."""
    async with bench_on(database, SqlStore(database, vault), clock, tmp_path) as made:
        yield made


@pytest.fixture
async def sqlite_bench(
    sqlite_database: Database, vault: Vault, clock: HandClock, tmp_path: Path
) -> AsyncIterator[Bench]:
    """The same on SQLite alone."""
    async with bench_on(sqlite_database, SqlStore(sqlite_database, vault), clock, tmp_path) as made:
        yield made
