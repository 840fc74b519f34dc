"""A bot as a process of its own, a Telegram of its own, and the shops' tills: what the whole is driven with."""

import asyncio
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from cryptography.fernet import Fernet

from bot.assembly import Parts, open_parts
from bot.settings import Settings
from demo.server import Telegram, serve
from pos.embedded.sample import seed
from pos.embedded.till import Till
from tests.clock import FileClock
from tests.e2e.bot_process import FORKS, run_bot

ROOT = Path(__file__).parents[2]

#: The first PIN of the cashier 01 of every terminal.
FIRST_PIN = "480316"

_START_LIMIT = 40.0
_LOOK_AGAIN = 0.1


class BotProcess:
    """`tests.e2e.bot_process` on a folder, and all that it works with."""

    def __init__(
        self, folder: Path, telegram: Telegram, clock: FileClock, till: Path, *, reads_beside: bool = False
    ) -> None:
        self.folder, self.telegram, self.clock = folder, telegram, clock
        self._till = till
        self.key = Fernet.generate_key().decode()
        self.database = folder / "tillkeeper.db"
        self.log = folder / "bot.log"
        self._reads_beside = reads_beside
        #: Codes, PINs and seeds that were in play: none may be found where it does not belong.
        self.secrets = {telegram.token, self.key}
        self._process: ForkServerProcess | None = None

    @property
    def database_url(self) -> str:
        return f"sqlite+aiosqlite:///{self.database}"

    @property
    def environment(self) -> dict[str, str]:
        """For the command line."""
        return {
            "BOT_TOKEN": self.telegram.token,
            "BOT_API_BASE": self.telegram.url,
            "DATABASE_URL": self.database_url,
            "SECRET_KEYS": self.key,
            "LOG_LEVEL": "DEBUG",
            "DRIFT_MINUTES": "60" if self._reads_beside else "0",
            "SNAPSHOT_DAYS": "90" if self._reads_beside else "0",
        }

    @property
    def settings(self) -> Settings:
        given = {name.lower(): value for name, value in self.environment.items()}
        return Settings(_env_file=None, **given)  # type: ignore[call-arg,arg-type]  # pydantic reads them as from outside

    async def start(self) -> None:
        """Returns once it polls."""
        process = FORKS.Process(target=run_bot, args=(self.settings, self.folder / "clock", self.log), daemon=True)
        self._process = process
        with self.telegram.world.hub.listen() as news:
            await asyncio.to_thread(process.start)
            try:
                async with asyncio.timeout(_START_LIMIT):
                    while (await news.get()).type != "poll":
                        pass
            except TimeoutError as late:
                raise RuntimeError(self.log.read_text()[-3000:]) from late

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and wait for the end; the exit code."""
        process, self._process = self._process, None
        if process is None or process.pid is None:
            return 0
        os.kill(process.pid, how)
        await asyncio.to_thread(process.join)
        code = process.exitcode
        process.close()
        return 0 if code is None else code

    async def kill(self) -> None:
        await self.stop(signal.SIGKILL)

    async def turn_until(self, happened: Callable[[], object]) -> None:
        """Turn the clock a little at a time until it happens: for what is tried again after growing pauses.

        Not while the till is asked: to the bot its answer would be late.
        """
        async with asyncio.timeout(30):
            while not happened():
                self.clock.turn(seconds=20)
                await asyncio.sleep(_LOOK_AGAIN)

    async def until(self, happened: Callable[[], Awaitable[bool]]) -> None:
        """Until something is so in a file that the bot writes: no news tells of that."""
        async with asyncio.timeout(30):
            while not await happened():  # noqa: ASYNC110 see above
                await asyncio.sleep(_LOOK_AGAIN)

    @asynccontextmanager
    async def parts(self) -> AsyncIterator[Parts]:
        """The same database, from this process."""
        async with open_parts(self.settings, self.clock) as parts:
            yield parts

    def sql(self, statement: str) -> None:
        """Do something to the database behind the bot's back."""
        connection = sqlite3.connect(self.database, timeout=10)
        try:
            connection.executescript(statement)
        finally:
            connection.close()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Whoever wants to write to the database meanwhile has to wait, and may do so for ten seconds."""
        connection = sqlite3.connect(self.database, timeout=10, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield
        finally:
            connection.close()

    def query(self, statement: str, *values: object) -> list[sqlite3.Row]:
        connection = sqlite3.connect(self.database, timeout=10)
        try:
            connection.row_factory = sqlite3.Row
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def new_till(self) -> Path:
        """The file of a till with the sample people."""
        path = self.folder / f"till-{len(list(self.folder.glob('till-*.db')))}.db"
        shutil.copy(self._till, path)
        return path

    async def command(self, *arguments: str) -> tuple[int, str]:
        """`python -m bot ARGUMENTS` on the same database: its exit code and all it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            env={**os.environ, **self.environment, "PYTHONPATH": str(ROOT)},
            cwd=self.folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await process.communicate()
        return process.returncode or 0, printed.decode()


async def make_till(path: Path) -> Path:
    """A till to copy from: hashing its PINs takes seconds."""
    async with Till(path) as till:
        await seed(till, pin=FIRST_PIN)
    return path


@asynccontextmanager
async def bot_on(folder: Path, till: Path, *, reads_beside: bool = False) -> AsyncIterator[BotProcess]:
    """A Telegram and a started bot; shops get copies of `till`.

    `reads_beside`: it looks for drift and keeps snapshots. That would meet the faults that other tests set.
    """
    clock = FileClock(folder / "clock")
    async with serve(clock=clock) as telegram:
        bot = BotProcess(folder, telegram, clock, till, reads_beside=reads_beside)
        await bot.start()
        try:
            yield bot
        finally:
            telegram.faults.clear()
            await bot.stop()
