"""Several bot processes on one PostgreSQL and one Redis, with a Telegram of their own."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from demo.server import Telegram, serve
from tests.clock import FileClock
from tests.databases import REDIS, Databases, forget_conversations
from tests.e2e.bench import BotProcess
from tests.e2e.bot_process import FORKS, run_bot

REDIS_URL = REDIS.render_as_string(hide_password=False)

_START_LIMIT = 40.0
_LOOK_AGAIN = 0.02


@dataclass
class Member:
    """One process of a fleet."""

    process: ForkServerProcess
    log: Path

    def logged(self, event: str) -> int:
        """How often it logged this."""
        return self.log.read_text().count(f'"event": "{event}"') if self.log.exists() else 0

    @property
    def leads(self) -> bool:
        """As its log has it: a link may also be lost by one that does not lead."""
        log = self.log.read_text() if self.log.exists() else ""
        return log.rfind('"event": "this process leads"') > log.rfind('"event": "the link to the database is lost"')

    def send(self, which: signal.Signals) -> None:
        assert self.process.pid is not None
        os.kill(self.process.pid, which)

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int | None:
        """Send the signal and wait for the end; the exit code."""
        self.send(how)
        await asyncio.to_thread(self.process.join)
        return self.process.exitcode


class Fleet(BotProcess):
    """What acts for all of them: their settings, Telegram, database and tills."""

    def __init__(self, folder: Path, telegram: Telegram, clock: FileClock, till: Path, url: str) -> None:
        super().__init__(folder, telegram, clock, till)
        self._url = url
        #: More settings of every process, as environment variables.
        self.more: dict[str, str] = {}
        self.members: list[Member] = []

    @property
    def database_url(self) -> str:
        return self._url

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"REDIS_URL": REDIS_URL} | self.more

    async def join(self, *, listen: str = "", **how: Any) -> Member:
        """One process more, told how to run as `run_bot` takes it; returns once it runs.

        `listen` is where it takes the deliveries of a webhook.
        """
        log = self.folder / f"bot-{len(self.members)}.log"
        settings = self.settings.model_copy(update={"webhook_listen": listen} if listen else {})
        args = (settings, self.folder / "clock", log)
        member = Member(FORKS.Process(target=run_bot, args=args, kwargs=how, daemon=True), log)
        self.members.append(member)
        await asyncio.to_thread(member.process.start)
        await self.sees(lambda: member.logged("the bot is running"), within=_START_LIMIT)
        return member

    async def sees(self, happened: Callable[[], object], within: float = 15.0) -> None:
        """Until it is so: logs and rows bring no news."""
        async with asyncio.timeout(within):
            while not happened():  # noqa: ASYNC110 see above
                await asyncio.sleep(_LOOK_AGAIN)

    def leaders(self) -> list[Member]:
        return [member for member in self.members if member.process.is_alive() and member.leads]

    async def leader(self) -> Member:
        """The one that leads, once there is one."""
        await self.sees(self.leaders)
        (leader,) = self.leaders()
        return leader

    async def end(self) -> None:
        for member in self.members:
            if member.process.is_alive():
                member.send(signal.SIGCONT)
                await member.end(signal.SIGKILL)
        forget_conversations(int(self.telegram.token.partition(":")[0]))


@asynccontextmanager
async def fleet_of(size: int, folder: Path, till: Path, databases: Databases, **how: Any) -> AsyncIterator[Fleet]:
    """So many running processes; how each is told to run as `run_bot` takes it."""
    clock = FileClock(folder / "clock")
    async with databases.fresh("postgres") as url, serve(clock=clock) as telegram:
        fleet = Fleet(folder, telegram, clock, till, url)
        try:
            for _ in range(size):
                await fleet.join(**how)
            if size:
                await fleet.leader()
            yield fleet
        finally:
            telegram.faults.clear()
            await fleet.end()
