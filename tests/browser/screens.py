"""Pictures of every screen, in both languages, for `docs/screens`: `python -m tests.browser.screens FOLDER`.

One visitor acts on a desktop; a second one, on a phone, looks at the same chat and is what most pictures are of.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser

from pos.embedded.till import FaultKind, FaultMethod, Till
from tests.browser.demo_process import Demo, demo_on
from tests.browser.visitor import DESKTOP, OWNER, PHONE, Visitor, browser, visitor

STAFF, AGENT = 5100000002, 5100000004

#: Folder prefix -> the page's language button, the browser's language, Telegram's language.
LANGUAGES = {"en": ("en", "en-US", "en"), "zh": ("zh", "zh-CN", "zh-hans")}


@dataclass
class Walk:
    """An owner's way through every screen in one language."""

    prefix: str
    folder: Path
    demo: Demo
    owner: Visitor
    phone: Visitor
    spent: str = ""
    taken: list[Path] = field(default_factory=list)

    async def phone_shows(self, name: str) -> None:
        file = self.folder / f"{self.prefix}-{len(self.taken):02d}-{name}.png"
        await self.phone.picture(file)
        self.taken.append(file)

    async def desktop_shows(self, name: str) -> None:
        file = self.folder / f"{self.prefix}-desktop-{name}.png"
        await self.owner.picture(file)
        self.taken.append(file)

    async def press(self, *buttons: str) -> None:
        for button in buttons:
            await self.owner.press(button)

    async def send_code(self) -> None:
        self.spent = await self.owner.code(after=self.spent)
        await self.owner.say(self.spent)

    async def all(self) -> None:
        await self.strangers()
        await self.enrolment()
        await self.menu()
        await self.values()
        pin = await self.pin()
        await self.freeze(pin)
        await self.faults()
        await self.audit()

    async def strangers(self) -> None:
        await self.phone_shows("start")
        await self.desktop_shows("start")
        await self.phone.become(STAFF)
        await self.phone.id("start").click()
        await self.phone.id("message").nth(1).wait_for()
        await self.phone_shows("stranger")
        await self.phone.become(AGENT)
        await self.phone.id("tab-chats").click()
        await self.phone.page.locator("[data-testid^='chat--']").click()
        await self.phone_shows("group")
        await self.phone.become(OWNER)

    async def enrolment(self) -> None:
        await self.owner.id("start").click()
        await self.owner.id("scan").wait_for()
        await self.phone_shows("enrol")
        await self.owner.id("scan").click()
        await self.owner.code()
        await self.phone.id("tab-authenticator").click()
        await self.phone_shows("authenticator")
        await self.phone.id("tab-chats").click()
        await self.owner.say("000000")
        await self.owner.sees("✖")
        await self.phone_shows("enrol-wrong-code")
        await self.send_code()
        await self.owner.sees("✅")
        await self.phone_shows("menu")
        await self.desktop_shows("menu")

    async def menu(self) -> None:
        await self.press("❓")
        await self.phone_shows("help")
        await self.press("🏠", "🌐")
        await self.phone_shows("language")
        await self.press("🏠", "👤")
        await self.phone_shows("terminals")
        await self.press("Front 1")
        await self.phone_shows("users")
        await self.owner.say("a")
        await self.owner.sees("🔎")
        await self.phone_shows("search")

    async def values(self) -> None:
        await self.press("Alice Wang")
        await self.phone_shows("what")
        await self.press("✏️")
        await self.phone_shows("name")
        await self.owner.say("A name that is longer than the till's forty characters")
        await self.phone_shows("name-refused")
        await self.owner.say("Alice <Wang> & 王")
        await self.phone_shows("preview-name")
        await self.press("🔑")
        await self.phone_shows("code")
        await self.owner.say("000000")
        await self.phone_shows("code-wrong")
        await self.press("🏠", "👤", "Bar", "吴昊", "🎖")
        await self.phone_shows("role")
        await self.press({"en": "Cashier", "zh": "收银员"}[self.prefix])
        await self.phone_shows("preview-last-supervisor")
        await self.press("✖")

    async def pin(self) -> str:
        await self.press("👤", "Front 1", "陈晓雨", "🔢")
        await self.phone_shows("pin")
        await self.press("⌨️")
        await self.owner.say("1234")
        await self.phone_shows("pin-refused")
        await self.press("‹", "🎲")
        await self.phone_shows("preview-pin")
        await self.press("🔑")
        await self.send_code()
        await self.owner.sees("📜")
        await self.phone_shows("pin-done")
        await self.desktop_shows("done")
        pin: str = re.findall(r"\b\d{6}\b", await self.owner.message("🔐"))[0]
        await self.owner.sign_in(0, "01", pin)
        await self.desktop_shows("till")
        await self.phone.id("tab-till").click()
        await self.phone_shows("till")
        await self.phone.id("tab-chats").click()
        await self.press("🗑")
        return pin

    async def freeze(self, pin: str) -> None:
        await self.press("🏠", "👤", "Front 1", "陈晓雨", "❄️", "⬜")
        await self.phone_shows("preview-freeze-signed-in")
        await self.press("🔑")
        await self.send_code()
        await self.owner.page.wait_for_timeout(3000)
        await self.phone_shows("freeze-done")
        await self.owner.sign_in(0, "01", pin)
        await self.phone.id("tab-till").click()
        await self.desktop_shows("till-frozen")
        await self.phone.id("tab-chats").click()

    async def faults(self) -> None:
        async with Till(self.demo.till) as till:
            await self.press("🏠", "👤", "Front 1", "陈晓雨", "☀️", "🔑")
            await till.set_fault(FaultKind.LOST)
            await till.set_fault(FaultKind.WRONG_READBACK, method=FaultMethod.READ)
            await self.send_code()
            await self.owner.sees("❔")
            await self.phone_shows("unknown")
            await self.owner.sees("🙋")
            await self.press("🏠", "👤", "Front 1", "李强", "🎖", {"en": "Supervisor", "zh": "主管"}[self.prefix])
            await self.phone_shows("preview-more-rights")
            await self.press("🔑")
            await till.set_fault(FaultKind.DOWN, times=3)
            await self.send_code()
            await self.owner.sees("⏳")
            await self.owner.page.wait_for_timeout(1500)
            await self.phone_shows("waiting")
            await till.clear_faults()
            await self.press("🏠", "👤", "Front 2", "Daniel Kim", "❄️", "🔑")
            await till.set_fault(FaultKind.REFUSED)
            await self.send_code()
            await self.owner.sees("❌")
            await self.phone_shows("failed")

    async def audit(self) -> None:
        await self.owner.say("/audit")
        await self.owner.page.wait_for_timeout(1500)
        await self.phone_shows("audit")
        await self.desktop_shows("audit")


async def picture_all(prefix: str, folder: Path, chromium: Browser) -> list[Path]:
    page_language, locale, telegram_language = LANGUAGES[prefix]
    async with AsyncExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory())
        demo = await stack.enter_async_context(demo_on(Path(data)))
        owner = await stack.enter_async_context(visitor(chromium, demo.url, DESKTOP, locale))
        phone = await stack.enter_async_context(visitor(chromium, demo.url, PHONE, locale))
        for each in (owner, phone):
            await each.page_in(page_language)
        await owner.id("telegram-language").select_option(telegram_language)
        walk = Walk(prefix, folder, demo, owner, phone)
        await walk.all()
        if owner.faults or phone.faults:
            raise RuntimeError(f"the page had faults: {owner.faults + phone.faults}")
        return walk.taken


def shrink(file: Path) -> None:
    """A palette is enough to look at, and a third of the size."""
    Image.open(file).convert("RGB").quantize(128).save(file, optimize=True)


async def all_languages(folder: Path) -> list[list[Path]]:
    async with browser() as chromium:
        return await asyncio.gather(*(picture_all(prefix, folder, chromium) for prefix in LANGUAGES))


def main(arguments: Sequence[str]) -> int:
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    for file in chain(*asyncio.run(all_languages(folder))):
        shrink(file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
