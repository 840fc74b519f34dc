"""The demo's shop: added once, its claim offered until it is used, renewed when it has ended. The bot is a stand-in."""

import os
import sys
from pathlib import Path

import pytest

from demo.server import Telegram
from demo.shop import NAME, NoShop, Shop, invitation_of, mark_used
from tests.clock import HandClock

#: Writes down how it was called, and answers like the bot's command line.
STAND_IN = """
import pathlib, sys
calls = pathlib.Path("calls")
text = calls.read_text() if calls.exists() else ""
calls.write_text(text + "|".join(sys.argv[1:]) + "\\n")
print("Shop 1 added: send this line before tomorrow")
print("/start code" + str(text.count("\\n") + 1))
"""


def shop_in(telegram: Telegram, folder: Path, script: str = STAND_IN) -> Shop:
    return Shop(telegram.world, [sys.executable, "-c", script], dict(os.environ), folder, "till.db")


def code(telegram: Telegram) -> str:
    invitation = invitation_of(telegram.world)
    assert invitation is not None
    return invitation.code


async def test_the_shop_is_added_once(telegram: Telegram, tmp_path: Path) -> None:
    for _ in range(2):
        await shop_in(telegram, tmp_path).make_ready()
    assert (tmp_path / "calls").read_text() == f"shop|add|{NAME}|--backend|embedded|--option|path=till.db\n"
    assert code(telegram) == "code1"


async def test_a_claim_that_ended_unused_is_renewed(telegram: Telegram, tmp_path: Path, clock: HandClock) -> None:
    shop = shop_in(telegram, tmp_path)
    await shop.make_ready()
    clock.turn(hours=24)
    await shop.make_ready()
    assert (tmp_path / "calls").read_text().splitlines()[1:] == ["shop|claim|1"]
    assert code(telegram) == "code2"


async def test_a_used_claim_is_not_renewed(telegram: Telegram, tmp_path: Path, clock: HandClock) -> None:
    shop = shop_in(telegram, tmp_path)
    await shop.make_ready()
    mark_used(telegram.world, "/start code1")
    clock.turn(hours=48)
    await shop.make_ready()
    assert code(telegram) == "code1"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("raise SystemExit('the database cannot be opened')", "the database cannot be opened"),
        ("print('Shop 1 added')", "Shop 1 added"),
        ("raise SystemExit(3)", "exit code 3, and no claim"),
    ],
)
async def test_a_bot_that_does_not_add_it_is_said(telegram: Telegram, tmp_path: Path, script: str, why: str) -> None:
    with pytest.raises(NoShop, match=why):
        await shop_in(telegram, tmp_path, script).make_ready()
    assert invitation_of(telegram.world) is None
