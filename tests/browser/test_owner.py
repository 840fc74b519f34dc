"""As an owner would, in a real browser: claim, scan, change a PIN, see it open the till; freeze, see it closed."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.demo_process import demo_on
from tests.browser.visitor import DESKTOP, browser, visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


async def test_an_owner_changes_a_pin_and_freezes_a_cashier(tmp_path: Path) -> None:
    async with demo_on(tmp_path / "demo") as demo, browser() as chromium, visitor(chromium, demo.url, DESKTOP) as owner:
        await owner.id("start").click()
        await owner.id("scan").click()
        first = await owner.code()
        await owner.say(first)
        await owner.sees("Your authenticator is set up")
        await owner.sees_no("type this key")
        await owner.sees_no(first)
        await owner.picture(tmp_path / "menu.png")

        for button in ("👤", "Front 1", "陈晓雨", "🔢", "🎲", "🔑"):
            await owner.press(button)
        second = await owner.code(after=first)
        await owner.say(second)
        await owner.sees("Applied and read back")
        shown = await owner.message("New PIN of")
        pin = re.findall(r"\b\d{6}\b", shown)[0]
        await owner.picture(tmp_path / "pin.png")
        assert "陈晓雨" in await owner.sign_in(0, "01", pin)
        await owner.press("🗑")
        await owner.sees_no("New PIN of")
        await owner.picture(tmp_path / "till.png")

        await owner.press("🏠")
        for button in ("👤", "Front 1", "陈晓雨", "❄️"):
            await owner.press(button)
        await owner.sees("⚠️")
        await owner.press("⬜")
        await owner.press("🔑")
        await owner.say(await owner.code(after=second))
        await owner.sees("Active → Frozen")
        await owner.sees("session was ended")
        await expect(owner.id("till-result")).not_to_contain_text("陈晓雨")
        assert "陈晓雨" not in await owner.sign_in(0, "01", pin)
        await owner.picture(tmp_path / "frozen.png")
        assert owner.faults == []
