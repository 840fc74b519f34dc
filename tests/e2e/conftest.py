"""One bot for most tests, each with a shop, an owner and a till of its own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.bench import BotProcess, Shop, bot_on, shop_of


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotProcess]:
    async with bot_on(tmp_path_factory.mktemp("bot")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def shop(bot: BotProcess) -> AsyncIterator[Shop]:
    async with shop_of(bot) as made:
        yield made
