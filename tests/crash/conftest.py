"""A campaign of runs on each kind of database."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.crash.arena import arena
from tests.crash.campaign import Campaign, open_campaign
from tests.databases import Databases


@asynccontextmanager
async def _on(kind: str, databases: Databases, folder: Path) -> AsyncIterator[Campaign]:
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(arena())
        yield await open_campaign(stack, opened, databases, folder, kind)


@pytest.fixture
async def campaign(databases: Databases, database_kind: str, tmp_path: Path) -> AsyncIterator[Campaign]:
    async with _on(database_kind, databases, tmp_path) as opened:
        yield opened


@pytest.fixture
async def postgres_campaign(databases: Databases, tmp_path: Path) -> AsyncIterator[Campaign]:
    async with _on("postgres", databases, tmp_path) as opened:
        yield opened


@pytest.fixture
async def sqlite_campaign(databases: Databases, tmp_path: Path) -> AsyncIterator[Campaign]:
    async with _on("sqlite", databases, tmp_path) as opened:
        yield opened
