"""The commands that whoever runs the bot types, as they are typed: a shop is added, the bot started and stopped."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import pytest

from demo.model import Part
from demo.server import serve
from tests.clock import FileClock
from tests.e2e.bench import ROOT, BotProcess
from tests.e2e.owner import Owner
from tests.e2e.traces import leaked

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_shop_is_added_claimed_and_its_audit_fits(tmp_path: Path, till: Path) -> None:
    clock = FileClock(tmp_path / "clock")
    async with serve(clock=clock) as telegram:
        bot = BotProcess(tmp_path, telegram, clock, till)
        path = bot.new_till()
        option = f"path={path}"
        code, printed = await bot.command("shop", "add", "林记茶馆", "--backend", "embedded", "--option", option)
        assert code == 0, printed
        claim = re.findall(r"^/start (\S+)$", printed, re.MULTILINE)[0]
        assert f"?start={claim}" in printed, "the invitation as a link, too"

        with bot.log.open("wb") as log:
            running = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                env={**os.environ, **bot.environment, "PYTHONPATH": str(ROOT)},
                cwd=tmp_path,
                stderr=log,
            )
        try:
            owner = Owner(bot, telegram.world.add_person("林老板", Part.OWNER, language_code="zh-hans"))
            owner.say(f"/start {claim}")
            await owner.hear(owner.text("claimed", shop="林记茶馆"), within=40)
            await owner.enrol()
            code, printed = await bot.command("audit", "verify")
            assert (code, "Shop 1: 3 entries fit" in printed) == (0, True), printed
        finally:
            running.send_signal(signal.SIGTERM)
        assert await running.wait() == 0
        assert telegram.unknown_parameters == []
    assert leaked(bot) == set()
