"""A bot as a process of its own, a Telegram of its own, a till: what the whole is driven with."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyotp
from cryptography.fernet import Fernet

from bot.assembly import open_parts
from bot.settings import Settings
from changes.claiming import AddShop
from demo.model import Message, Part, Person
from demo.server import Telegram, serve
from demo.world import Press
from pos.embedded.sample import seed
from pos.embedded.till import Till
from storage.migrate import migrate
from tests.clock import FileClock

ROOT = Path(__file__).parents[2]
ZONE = "Asia/Shanghai"


class BotProcess:
    """`tests.e2e.bot_process` on a folder; its log is read back after it ended."""

    def __init__(self, folder: Path, telegram: Telegram, clock: FileClock) -> None:
        self.folder, self.telegram, self.clock = folder, telegram, clock
        self.key = Fernet.generate_key().decode()
        self.database = folder / "tillkeeper.db"
        self.log = folder / "bot.log"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            "BOT_TOKEN": self.telegram.token,
            "BOT_API_BASE": self.telegram.url,
            "DATABASE_URL": f"sqlite+aiosqlite:///{self.database}",
            "SECRET_KEYS": self.key,
            "TEST_CLOCK": str(self.folder / "clock"),
            "LOG_LEVEL": "DEBUG",
        }

    @property
    def settings(self) -> Settings:
        return Settings(
            _env_file=None,  # type: ignore[call-arg]
            bot_token=self.telegram.token,  # type: ignore[arg-type]  # pydantic makes a SecretStr of it
            bot_api_base=self.telegram.url,
            database_url=self.environment["DATABASE_URL"],
            secret_keys=self.key,  # type: ignore[arg-type]
        )

    async def start(self) -> None:
        """Returns once it polls."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.e2e.bot_process",
                env={**os.environ, **self.environment},
                cwd=ROOT,
                stderr=log,
            )
        async with asyncio.timeout(30):
            while not self.telegram.world.updates.polling:
                if self._process.returncode is not None:
                    raise RuntimeError(self.log.read_text()[-3000:])
                await asyncio.sleep(0.02)

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and wait for the end; the exit code."""
        if self._process is None:
            return 0
        process, self._process = self._process, None
        if process.returncode is None:
            process.send_signal(how)
        return await process.wait()


@asynccontextmanager
async def bot_on(folder: Path) -> AsyncIterator[BotProcess]:
    """A migrated database, a Telegram, and a started bot."""
    clock = FileClock(folder / "clock")
    async with serve(clock=clock) as telegram:
        bot = BotProcess(folder, telegram, clock)
        async with open_parts(bot.settings, clock) as parts:
            await migrate(parts.database)
        await bot.start()
        try:
            yield bot
        finally:
            await bot.stop()


@dataclass
class Owner:
    """A person at the bot, and what they have in their hands: a chat and an authenticator."""

    bot: BotProcess
    person: Person
    secret: str = field(default="", repr=False)

    @property
    def telegram(self) -> Telegram:
        return self.bot.telegram

    @property
    def chat(self) -> int:
        return self.person.id

    def said(self) -> list[Message]:
        """The bot's messages that stand in the chat."""
        return self.telegram.world.from_bot(self.chat)

    def say(self, text: str) -> Message:
        return self.telegram.world.send_text(self.person, text)

    async def hear(self, containing: str, *, after: int = 0, within: float = 10.0) -> Message:
        return await self.telegram.world.until_bot_says(self.chat, containing, after=after, timeout=within)

    async def ask(self, text: str, containing: str) -> Message:
        """Say something; the bot's answer that has `containing` and came below or was edited."""
        said = self.say(text)
        return await self.hear(containing, after=said.message_id)

    def window(self) -> Message:
        """The last message of the bot that has buttons."""
        return [message for message in self.said() if message.keyboard][-1]

    async def press(self, button: str, *, on: Message | None = None) -> Press:
        """Press the button whose text has `button`, and wait until the bot answered."""
        message = on or self.window()
        shown = [each["text"] for row in message.keyboard for each in row]
        texts = [text for text in shown if button in text]
        if len(texts) != 1:
            raise LookupError(f"{len(texts)} buttons with {button!r} among {shown}")
        press = self.telegram.world.press(self.person, message, texts[0])
        await press.answered()
        return press

    async def walk(self, *buttons: str) -> Message:
        """Press one after another; the window that is shown then."""
        for button in buttons:
            await self.press(button)
        return self.window()

    def code(self) -> str:
        """The authenticator's code now."""
        return pyotp.TOTP(self.secret).at(self.bot.clock.now())

    def next_code(self) -> str:
        """The code of a fresh step, as one who waits for it sees."""
        now = self.bot.clock.now().timestamp()
        self.bot.clock.turn(seconds=30 - now % 30 + 1)
        return self.code()

    def wrong_code(self) -> str:
        """Six digits that are no code of this minute or the next."""
        step = int(self.bot.clock.now().timestamp()) // 30
        near = {pyotp.TOTP(self.secret).generate_otp(step + more) for more in range(-4, 5)}
        return next(f"{digits:06d}" for digits in range(1_000_000) if f"{digits:06d}" not in near)

    async def enrol(self) -> None:
        """From the shown key to the menu."""
        key = await self.hear("type this key")
        self.secret = re.findall(r"[A-Z2-7]{32}", key.text)[0]
        await self.hear("Now type the six digits")
        self.say(self.code())
        await self.hear("What would you like to do?")


@dataclass
class Shop:
    """A shop with an embedded till, and its owner at the menu."""

    id: int
    owner: Owner
    till: Till
    claim: str


@asynccontextmanager
async def shop_of(bot: BotProcess, *, language: str = "en", enrol: bool = True) -> AsyncIterator[Shop]:
    """A new shop on a new till, claimed by a new person unless `enrol` is False."""
    number = len(list(bot.folder.glob("till-*.db")))
    path = bot.folder / f"till-{number}.db"
    person = bot.telegram.world.add_person("Boss Lin", Part.OWNER, language_code=language)
    async with Till(path) as till:
        await seed(till, pin="480316")
        async with open_parts(bot.settings, bot.clock) as parts:
            made = await AddShop(parts.store, bot.clock)(
                "Lin's Tea House", ZONE, "embedded", {"path": str(path), "timeout": "2"}
            )
        shop = Shop(made.shop.id, Owner(bot, person), till, made.code)
        if enrol:
            shop.owner.say(f"/start {made.code}")
            await shop.owner.enrol()
        yield shop
