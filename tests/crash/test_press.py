"""Codes typed while the bot is killed: none is lost. `make crash` does it sixty times on each database."""

from pathlib import Path

import pytest

from tests.crash.crowd import bot_of, press_and_kill
from tests.databases import Databases
from tests.e2e.bench import make_till

pytestmark = pytest.mark.timeout(300)

_KILLS = 2
_OWNERS = 4


async def test_no_code_is_lost_to_a_kill(databases: Databases, database_kind: str, tmp_path: Path) -> None:
    till = await make_till(tmp_path / "till.db")
    async with bot_of(database_kind, tmp_path, till, databases) as bot:
        tally = await press_and_kill(bot, _KILLS, _OWNERS)
    assert tally.lost == []
    assert tally.recorded >= _KILLS
