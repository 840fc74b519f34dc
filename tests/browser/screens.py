"""Pictures of every screen, in both languages, for `docs/screens`: `python -m tests.browser.screens FOLDER`.

One visitor acts on a desktop; a second one, on a phone, looks at the same chat and is what most pictures are of.
"""

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser

from changes.till import Role, UserQuery
from pos.embedded.till import Edit, FaultKind, FaultMethod, NewUser, Till
from tests.browser.demo_process import Demo, demo_on
from tests.browser.visitor import DESKTOP, OWNER, PHONE, Visitor, browser, visitor

STAFF, AGENT = 5100000002, 5100000004

#: Folder prefix -> the page's language button, the browser's language, Telegram's language.
LANGUAGES = {"en": ("en", "en-US", "en"), "zh": ("zh", "zh-CN", "zh-hans")}

#: What the page shows of the bot's messages, with their buttons.
OF_THE_BOT = "[...document.querySelectorAll('.message-theirs')].map(message => message.innerText).join('\\n')"
WINDOW_IS_LAST = (
    "() => [...document.querySelectorAll('.message')].at(-1).matches('.message-theirs:has([data-testid=key])')"
)


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

    async def phone_becomes(self, person: int) -> None:
        await self.phone.become(person)
        await self.phone.id("telegram-language").select_option(LANGUAGES[self.prefix][2])

    async def press(self, *buttons: str) -> None:
        """One after the other, each once the bot has answered the one before: windows share buttons."""
        for button in buttons:
            async with self.answered():
                await self.owner.press(button)

    async def say(self, text: str) -> None:
        """And wait for the window below it: the one above loses its buttons before."""
        async with self.answered():
            await self.owner.say(text)
        await self.owner.page.wait_for_function(WINDOW_IS_LAST)

    @asynccontextmanager
    async def answered(self) -> AsyncIterator[None]:
        """At the end, wait until the bot's messages are others than at the start."""
        before = await self.owner.page.evaluate(OF_THE_BOT)
        yield
        await self.owner.page.wait_for_function(f"before => {OF_THE_BOT} !== before", arg=before)

    async def command(self, text: str) -> None:
        """And wait for its window: older ones above may have the same buttons."""
        await self.owner.say(text)
        await self.owner.page.wait_for_timeout(1500)

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
        await self.by_itself(pin)
        await self.times()
        await self.waiting()
        await self.missed()
        await self.giving_up()
        await self.together()
        await self.drift()
        await self.backup()
        await self.audit()
        await self.guided()

    async def strangers(self) -> None:
        await self.phone_shows("start")
        await self.desktop_shows("start")
        await self.phone_becomes(STAFF)
        await self.phone.id("start").click()
        await self.phone.id("message").nth(1).wait_for()
        await self.phone_shows("stranger")
        await self.phone_becomes(AGENT)
        await self.phone.id("tab-chats").click()
        await self.phone.page.locator("[data-testid^='chat--']").click()
        await self.phone_shows("group")
        await self.phone_becomes(OWNER)

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
        await self.say("a")
        await self.owner.sees("🔎")
        await self.phone_shows("search")

    async def values(self) -> None:
        await self.press("Alice Wang")
        await self.phone_shows("what")
        await self.press("✏️")
        await self.phone_shows("name")
        await self.say("A name that is longer than the till's forty characters")
        await self.phone_shows("name-refused")
        await self.say("Alice <Wang> & 王")
        await self.phone_shows("preview-name")
        await self.press("🔑")
        await self.phone_shows("code")
        await self.say("000000")
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
        await self.say("1234")
        await self.phone_shows("pin-refused")
        await self.press("‹", "🎲")
        await self.phone_shows("preview-pin")
        await self.press("🔑")
        await self.send_code()
        await self.owner.sees("📜")
        await self.owner.page.wait_for_timeout(3000)
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

    async def by_itself(self, pin: str) -> None:
        """A freeze that begins in a minute and lasts one."""
        await self.press("🏠", "👤", "Front 1", "陈晓雨", "❄️", "⏰")
        await self.say({"en": "in 1 minute", "zh": "1分钟后"}[self.prefix])
        await self.press("⌛")
        await self.say({"en": "for 1 minute", "zh": "1分钟"}[self.prefix])
        await self.press("🔑")
        await self.send_code()
        await self.comes_about("✅.*⌛")
        await self.owner.sign_in(0, "01", pin)
        await self.desktop_shows("temporary-began")
        await self.comes_about({"en": "✅.*The end of a temporary", "zh": "✅.*临时修改到期"}[self.prefix])
        await self.owner.sign_in(0, "01", pin)
        await self.desktop_shows("temporary-ended")

    async def comes_about(self, text: str) -> None:
        """What is due within a minute is told of in a message that matches."""
        shown = self.owner.id("message").filter(has_text=re.compile(text, re.DOTALL)).last
        await shown.wait_for(timeout=100_000)
        await self.owner.page.wait_for_timeout(3000)

    async def times(self) -> None:
        tomorrow = {"en": "Tomorrow", "zh": "明天"}[self.prefix]
        await self.press("🏠", "👤", "Front 1", "Tom Baker", "❄️", "⏰")
        await self.phone_shows("when")
        await self.press(tomorrow, "⌛")
        await self.owner.id("key").filter(has_text="♾").wait_for()
        await self.owner.page.wait_for_timeout(1500)
        await self.phone_shows("until")
        await self.say("10/12")
        await self.owner.page.wait_for_timeout(1500)
        await self.phone_shows("until-refused")
        await self.say({"en": "for 3 days", "zh": "3天"}[self.prefix])
        await self.owner.page.wait_for_timeout(1500)
        await self.phone_shows("preview-times")
        await self.press("🔑")
        await self.send_code()
        await self.owner.sees({"en": "Scheduled", "zh": "已定时"}[self.prefix])
        await self.owner.page.wait_for_timeout(1500)
        await self.phone_shows("scheduled")

    async def waiting(self) -> None:
        await self.command("/waiting")
        await self.phone_shows("waiting-list")
        await self.press("Tom Baker")
        await self.phone_shows("waiting-change")
        await self.press("⌛")
        await self.say({"en": "for 5 days", "zh": "5天"}[self.prefix])
        await self.phone_shows("amendment")
        await self.press("🔑")
        await self.send_code()
        await self.owner.sees({"en": "The entry follows", "zh": "操作记录随后发来"}[self.prefix])
        await self.owner.page.wait_for_timeout(1500)
        await self.phone_shows("amended")
        await self.press("🏠")

    async def missed(self) -> None:
        """As if the bot had been away at the time."""
        self.demo.turn_back_what_waits(hours=40)
        # Nothing rings for it: the worker looks by itself twice a minute.
        await self.owner.page.wait_for_timeout(31_000)
        await self.owner.sees("❓")
        await self.phone_shows("missed")
        await self.press("🗑")
        await self.phone_shows("amendment-drop")
        await self.command("/menu")
        await self.press("⚙️")
        await self.owner.page.wait_for_timeout(1500)
        await self.phone_shows("late-changes")

    async def giving_up(self) -> None:
        async with Till(self.demo.till) as till:
            await self.command("/change")
            await self.press("Front 2", "Maria Lopez", "❄️", "🔑")
            await till.set_fault(FaultKind.DOWN, times=50)
            await self.send_code()
            await self.owner.sees("🛑")
            await self.phone_shows("give-up")
            await self.owner.press("🛑")
            await self.owner.page.wait_for_timeout(500)
            await self.desktop_shows("given-up")
            await self.owner.page.keyboard.press("Escape")
            await till.clear_faults()
            await self.owner.page.wait_for_timeout(3000)

    async def together(self) -> None:
        await self.command("/change")
        await self.press("Front 2", "👥")
        await self.phone_shows("together")
        await self.press("❄️")
        await self.phone_shows("together-who")
        await self.press("👀")
        await self.phone_shows("together-preview")
        await self.press("🔑")
        await self.send_code()
        await self.owner.sees("📋")
        await self.owner.page.wait_for_timeout(8000)
        await self.phone_shows("together-entry")
        over = {"en": "5 are over", "zh": "5 项已全部结束"}[self.prefix]
        await self.owner.id("message").filter(has_text=over).last.scroll_into_view_if_needed()
        await self.desktop_shows("together")

    async def drift(self) -> None:
        """Somebody changes users at the till itself; the bot looks once a minute here."""
        async with Till(self.demo.till) as till:
            terminal = (await till.terminals())[-1]
            user = (await till.users(terminal.id, UserQuery())).users[0]
            edit = Edit(role=Role.MANAGER)
            await till.change(terminal.id, user.id, edit, version=user.version, key="at-the-till")
            await till.add_user(terminal.id, NewUser("88", "Eve", Role.SUPERVISOR, "480316"))
        await self.comes_about("👀")
        await self.phone_shows("drift")

    async def backup(self) -> None:
        await self.command("/backup")
        await self.phone_shows("backup")
        await self.press({"en": "Make a backup", "zh": "生成备份"}[self.prefix])
        await self.send_code()
        await self.owner.sees({"en": "Write it down", "zh": "请抄下来"}[self.prefix])
        await self.owner.page.wait_for_timeout(1500)
        await self.phone.id("message").filter(has_text="🔐").last.scroll_into_view_if_needed()
        await self.phone_shows("backup-passphrase")
        await self.command("/backup")
        await self.press("♻️")
        await self.owner.page.wait_for_timeout(1500)
        await self.phone_shows("restore")

    async def audit(self) -> None:
        await self.say("/audit")
        await self.owner.page.wait_for_timeout(1500)
        await self.phone_shows("audit")
        await self.desktop_shows("audit")
        await self.press("↩️")
        await self.phone_shows("undo")
        await self.command("/till")
        await self.owner.sees("🧪")
        await self.phone_shows("till-card")

    async def guided(self) -> None:
        """A shop whose terminals nobody reaches, and a freeze there from start to end."""
        await self.command(await self.demo.add_guided_shop())
        await self.command("/menu")
        await self.press("林记饼屋", "🖥️")
        await self.owner.page.wait_for_timeout(1500)
        await self.phone_shows("guided-till")
        await self.press("🏠", "林记饼屋", "👤", "收银台", "陈晓雨", "❄️")
        await self.phone_shows("guided-preview")
        await self.press("🔑")
        await self.send_code()
        await self.owner.sees("☐ 6")
        await self.owner.page.wait_for_timeout(1500)
        await self.phone_shows("guided-card")
        for step in range(1, 7):
            await self.press(f"☐ {step}")
            await self.owner.sees(f"☑ {step}")
            if step == 3:
                await self.owner.page.wait_for_timeout(1500)
                await self.phone_shows("guided-ticked")
        works = {"en": "Checked, it works", "zh": "已核对，没问题"}[self.prefix]
        await self.owner.id("key").filter(has_text=works).wait_for()
        await self.owner.page.wait_for_timeout(1500)
        await self.phone_shows("guided-check")
        await self.press(works)
        await self.owner.sees({"en": "noted", "zh": "并记录"}[self.prefix])
        await self.owner.page.wait_for_timeout(3000)
        await self.phone_shows("guided-done")


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
    os.environ["DRIFT_MINUTES"] = "1"
    for old in folder.glob("*.png"):
        old.unlink()
    for file in chain(*asyncio.run(all_languages(folder))):
        shrink(file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
