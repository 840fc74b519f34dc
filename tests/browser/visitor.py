"""A visitor at the demo's page: what a hand does there, and pictures of what an eye sees."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, async_playwright, expect

CHROMIUM = "/usr/bin/chromium"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

OWNER = 5100000001
#: The demo's shop is there, and so is whoever looks at it.
ZONE = "Asia/Shanghai"

#: Milliseconds to wait for what the bot does.
PATIENCE = 15_000
#: And for the authenticator's next code.
A_STEP = 40_000


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        try:
            yield chromium
        finally:
            await chromium.close()


class Visitor:
    """One page. `faults` collects what the page itself got wrong: errors in the console and uncaught ones."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._note)

    def _note(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.faults.append(f"{said.text} ({said.location['url']})")

    def id(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    async def become(self, person: int) -> None:
        await self.id(f"person-{person}").click()

    async def page_in(self, language: str) -> None:
        """`en` or `zh`: the page's own texts."""
        await self.id(f"lang-{language}").click()

    async def say(self, text: str) -> None:
        await self.id("composer").fill(text)
        await self.id("send").click()

    async def press(self, text: str) -> None:
        """The newest inline button that has `text`; it stays in place while the bot answers."""
        await self.id("key").filter(has_text=text).last.click()

    async def sees(self, text: str) -> None:
        """The newest message that has `text` is there."""
        await self.id("message").filter(has_text=text).last.wait_for()

    async def sees_no(self, text: str) -> None:
        await expect(self.id("message").filter(has_text=text)).to_have_count(0, timeout=PATIENCE)

    async def message(self, text: str) -> str:
        return await self.id("message").filter(has_text=text).last.inner_text()

    async def code(self, after: str = "") -> str:
        """What the authenticator shows, once it is not `after` any more."""
        await self.id("tab-authenticator").click()
        shown = self.id("authenticator-code").first
        await shown.wait_for()
        if after:
            await expect(shown).not_to_have_text(re.compile(rf"{after[:3]}\D*{after[3:]}"), timeout=A_STEP)
        return re.sub(r"\D", "", await shown.inner_text())

    async def sign_in(self, terminal: int, number: str, pin: str) -> str:
        """At the till; what its display says then."""
        await self.id("tab-till").click()
        await self.page.locator("[data-testid^='till-terminal-']").nth(terminal).click()
        await self.id("till-number").fill(number)
        await self.id("till-pin").fill(pin)
        result = self.id("till-result")
        before = await result.inner_text()
        await self.id("till-sign-in").click()
        await expect(result).not_to_have_text(before, timeout=PATIENCE)
        return await result.inner_text()

    async def picture(self, file: Path) -> None:
        """Once nothing moves any more. A page in the background is not drawn."""
        await self.page.bring_to_front()
        await self.page.wait_for_timeout(500)
        await self.page.screenshot(path=file, animations="disabled")


@asynccontextmanager
async def visitor(chromium: Browser, url: str, size: dict[str, int], locale: str = "en") -> AsyncIterator[Visitor]:
    context = await chromium.new_context(
        viewport={"width": size["width"], "height": size["height"]}, locale=locale, timezone_id=ZONE
    )
    try:
        page = await context.new_page()
        made = Visitor(page)
        await page.goto(url)
        await made.id("person-" + str(OWNER)).wait_for()
        yield made
    finally:
        await context.close()
