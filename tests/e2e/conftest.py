"""One bot for most tests, each with a shop, owner and till of its own; a bot of their own for those who kill it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.bench import BotProcess, bot_on, make_till
from tests.e2e.shops import Shop, shop_of
from tests.e2e.traces import leaked

session = pytest_asyncio.fixture(scope="session", loop_scope="session")
each = pytest_asyncio.fixture(loop_scope="session")


@session
async def till(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return await make_till(tmp_path_factory.mktemp("till") / "till.db")


@session
async def bot(tmp_path_factory: pytest.TempPathFactory, till: Path) -> AsyncIterator[BotProcess]:
    """At the end of the run: everything the bot asked was understood, nothing secret was logged, every chain fits."""
    async with bot_on(tmp_path_factory.mktemp("bot"), till) as running:
        yield running
        assert running.telegram.unknown_parameters == []
        code, printed = await running.command("audit", "verify")
        assert code == 0, printed
    assert leaked(running) == set()


@each
async def shop(bot: BotProcess) -> AsyncIterator[Shop]:
    async with shop_of(bot) as made:
        yield made


@each
async def lone(tmp_path: Path, till: Path) -> AsyncIterator[Shop]:
    """A shop whose bot serves nobody else, so that it may be killed."""
    async with bot_on(tmp_path, till) as running, shop_of(running) as made:
        yield made
        assert running.telegram.unknown_parameters == []
        assert await made.entries()
    assert leaked(running) == set()
