"""From the arrival of the code to the posted entry, as a multiple of what cannot be spared.

The whole bot runs as in production: polling over HTTP, SQLite on disk, the worker and the outgoing queue; Telegram and
the till are processes of their own. Between the rounds the floor is measured: one write and one read at the till, one
durable commit, one message, each by itself with nothing around it.
"""

import asyncio
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pyotp
import uvloop
from cryptography.fernet import Fernet

from benchmarks.served import PROCESSES, process, server
from benchmarks.telegram import PERSON, TOKEN, Person, run_telegram
from benchmarks.till import FIRST_NAME, TERMINAL, HttpBackend, run_till
from bot.assembly import open_parts
from bot.logs import set_up_logs
from bot.pacing import UNLIMITED
from bot.run import run
from bot.settings import Settings
from changes.authority import Actor, ChatKind
from changes.claiming import AddShop
from locales import Locales
from pos import registry
from pos.kind import Kind, Options
from storage.migrate import migrate

#: Rounds are made for so long, in seconds; the first ones do not count: connections are opened, statements compiled.
_LASTS = 24.0
_WARM_UP = 3
#: Fewer rounds that count tell nothing, however slow the machine is.
_LEAST = 5
#: Seconds a call takes at the till: the ratio that is aimed at.
GOALS = {0.0: 3.5, 0.05: 1.25}

_KIND = "benchmark"
#: Seconds in which what a round leaves to do is done.
_REST = 0.05


class TurnedClock:
    """The machine's time plus an offset that processes share: a code is for a step of 30 seconds."""

    def __init__(self) -> None:
        self._ahead = PROCESSES.RawValue("d", 0.0)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead.value)

    def turn(self, seconds: float) -> None:
        self._ahead.value += seconds


def run_bot(settings: Settings, clock: TurnedClock, log: Path) -> None:
    """Until it is ended, as `python -m bot` runs it but for Telegram's limits."""
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    set_up_logs(settings.log_level, [settings.bot_token.get_secret_value(), *settings.keys])
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        # One owner here makes more changes than Telegram lets be told in a chat.
        runner.run(run(settings, clock, UNLIMITED))


def _know_till() -> None:
    async def nothing(_options: Options) -> None:
        """The till stands."""

    kind = Kind(lambda given: HttpBackend(given["url"], versioned=True), nothing)
    vars(registry)["_OURS"][_KIND] = kind


@dataclass
class Owner:
    """At the bot, with an authenticator."""

    person: Person
    clock: TurnedClock
    authenticator: pyotp.TOTP
    name: str = FIRST_NAME
    changes: int = 0

    async def ask_for_change(self) -> None:
        """Up to the window that waits for the code."""
        texts = Locales().choose(None, str(PERSON["language_code"]))
        # Buttons, a code of its own for each change, and Telegram's limits: all want that time passes.
        self.clock.turn(61)
        await self.person.say("/change")
        for button in (TERMINAL.name, self.name, texts.plain("change-kind-rename")):
            await self.person.press(button)
        self.name = f"Chen {self.changes}"
        await self.person.say(self.name)
        await self.person.press(texts.plain("preview-confirm"))

    async def confirm(self) -> float:
        """Type the code; seconds until the entry was posted."""
        begun = await self.person.say(self.authenticator.at(self.clock.now()))
        ended = await self.person.entry_came(self.changes)
        self.changes += 1
        return ended - begun


@dataclass
class Bare:
    """What a change cannot do without, each by itself; the seconds it took."""

    session: aiohttp.ClientSession
    telegram: str
    till: str
    database: sqlite3.Connection
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def floor(self) -> float:
        """The medians, added up, in seconds."""
        return sum(statistics.median(times) for times in self.took.values())

    async def set_pause(self, seconds: float) -> None:
        await self._post(f"{self.till}/pause", json={"seconds": seconds})

    async def measure(self, name: str) -> None:
        await self._timed(
            "write", lambda: self._post(f"{self.till}/user", json={"name": name, "version": "", "key": ""})
        )
        await self._timed("read", self.name_at_till)
        await self._timed("commit", self._commit)
        message = {"chat_id": str(PERSON["id"]), "text": "✓ an entry as long as they are, more or less: " + "x" * 150}
        await self._timed("send", lambda: self._post(f"{self.telegram}/bot{TOKEN}/sendMessage", data=message))

    async def _timed(self, what: str, do: Callable[[], Awaitable[object]]) -> None:
        begun = time.monotonic()
        await do()
        self.took[what].append(time.monotonic() - begun)

    async def _post(self, url: str, **what: Any) -> None:
        async with self.session.post(url, **what) as answer:
            await answer.read()

    async def name_at_till(self) -> str:
        async with self.session.get(f"{self.till}/user") as answer:
            return str((await answer.json())["name"])

    async def _commit(self) -> None:
        self.database.execute("BEGIN IMMEDIATE")
        self.database.execute("INSERT INTO bare VALUES (?)", ("x" * 500,))
        self.database.execute("COMMIT")


def open_plain(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE bare (value TEXT)")
    return database


async def make_owner(settings: Settings, clock: TurnedClock, till: str) -> pyotp.TOTP:
    """A shop on the till, claimed by the person, whose authenticator is enrolled."""
    actor = Actor(int(str(PERSON["id"])), str(PERSON["first_name"]), int(str(PERSON["id"])), ChatKind.PRIVATE)
    async with open_parts(settings, clock) as parts:
        await migrate(parts.database)
        new = await AddShop(parts.store, clock)("Lin's Tea House", "Asia/Shanghai", _KIND, {"url": till})
        await parts.use.claim(actor, new.code, "en")
        authenticator = pyotp.TOTP((await parts.use.begin_enrolment(actor)).secret)
        await parts.use.confirm_enrolment(actor, authenticator.at(clock.now()))
    return authenticator


@dataclass
class Bench:
    folder: Path
    telegram: str
    till: str
    clock: TurnedClock
    authenticator: pyotp.TOTP

    async def measure(self) -> None:
        async with aiohttp.ClientSession() as session:
            owner = Owner(Person(session, self.telegram), self.clock, self.authenticator)
            bare = {
                seconds: Bare(session, self.telegram, self.till, open_plain(self.folder / f"bare-{seconds}.db"))
                for seconds in GOALS
            }
            took: dict[float, list[float]] = {seconds: [] for seconds in GOALS}
            ends = time.monotonic() + _LASTS
            while time.monotonic() < ends or len(took[max(GOALS)]) < _WARM_UP + _LEAST:
                for seconds in GOALS:
                    took[seconds].append(await self._round(owner, bare[seconds], seconds))
        for seconds, goal in GOALS.items():
            show(seconds, goal, took[seconds][_WARM_UP:], bare[seconds])

    async def _round(self, owner: Owner, bare: Bare, seconds: float) -> float:
        """A change at a till that takes so long a call, then the floor: seconds from the code to the entry."""
        await owner.ask_for_change()
        await bare.set_pause(seconds)
        await asyncio.sleep(_REST)
        took = await owner.confirm()
        await asyncio.sleep(_REST)
        if await bare.name_at_till() != owner.name:
            raise RuntimeError(f"the till does not hold {owner.name!r}")
        await bare.measure(owner.name)
        await bare.set_pause(0)
        return took


def show(seconds: float, goal: float, took: list[float], bare: Bare) -> None:
    parts = ", ".join(f"{what} {statistics.median(times) * 1000:.2f}" for what, times in bare.took.items())
    median, late = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    print(f"a till that takes {seconds * 1000:.0f} ms a call, {len(took)} changes")
    print(f"  floor  {bare.floor * 1000:6.1f} ms ({parts})")
    print(f"  median {median * 1000:6.1f} ms = {median / bare.floor:.2f} x the floor; the goal is {goal}")
    print(f"  p95    {late * 1000:6.1f} ms = {late / bare.floor:.2f} x the floor")


def main() -> None:
    clock = TurnedClock()
    _know_till()
    with (
        tempfile.TemporaryDirectory(prefix="tillkeeper-") as name,
        server(run_telegram) as telegram,
        server(run_till) as till,
    ):
        folder = Path(name)
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            bot_token=TOKEN,  # type: ignore[arg-type]  # as from outside, like the keys
            bot_api_base=telegram,
            database_url=f"sqlite+aiosqlite:///{folder / 'tillkeeper.db'}",
            secret_keys=Fernet.generate_key().decode(),  # type: ignore[arg-type]
        )
        authenticator = asyncio.run(make_owner(settings, clock, till))
        with process(run_bot, settings, clock, folder / "bot.log"):
            asyncio.run(Bench(folder, telegram, till, clock, authenticator).measure())


if __name__ == "__main__":
    main()
