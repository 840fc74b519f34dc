"""One run: a till, a Telegram and a database for its own, workers that are struck, and what came of it."""

import asyncio
import os
import secrets
import shutil
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from aiohttp import web

from tests.crash.backend import HttpTill, known_to_registry
from tests.crash.clock import SPEED, FastClock
from tests.crash.ground import Ground
from tests.crash.points import Blow, Strike
from tests.crash.proxy import Cut, Proxy, proxy
from tests.crash.scenarios import SCENARIOS, Press
from tests.crash.telegram import CrashTelegram, Harmed
from tests.crash.till import Behaviour, CrashTill
from tests.crash.verdict import Verdict, an_end_waits, at_rest, intents, judge, kept
from tests.crash.worker import FORKS, Job, ready, work

#: A run that is not at rest after so many seconds of the clock has lost something: the longest takes some minutes.
LONGEST = 1200.0

#: Seconds without news after which a run is looked at all the same.
_QUIET = 0.25
#: Seconds from a message to the commit that says it was sent, about.
_SOON = 0.02


#: How long a stopped process sleeps, in seconds of the clock: longer than any lease or claim.
_SLEEP = 90.0

#: Seconds between looks at whether the machine stands still.
_TICK = 0.05


@dataclass(frozen=True)
class Plan:
    """All that makes a run what it is; the same plan replays it."""

    behaviour: Behaviour
    scenario: str = "rename"
    strike: Strike | None = None
    harmed: Harmed | None = None
    #: The way to PostgreSQL is cut.
    cut: Cut | None = None
    careful: bool = True
    #: How many processes work on PostgreSQL; SQLite has one.
    workers: int = 3


@dataclass(frozen=True)
class Result:
    plan: Plan
    kind: str
    #: Where the blow fell, or, without one, every point in its order.
    places: tuple[str, ...]
    struck: bool
    verdict: Verdict
    #: What the audit has of changes.
    recorded: frozenset[str]
    #: From the blow (without one, from the beginning) to rest, in seconds of the clock.
    to_rest: float
    #: Calls that Telegram got.
    calls: int
    #: Packets to PostgreSQL, where their way can be cut.
    packets: int
    #: The longest that this process stood still meanwhile, in seconds of the clock.
    stall: float
    log: str

    def said(self) -> str:
        """All there is to know of a run that went wrong."""
        where = self.places[-1] if self.struck and self.places else "nowhere"
        faults = "\n".join(self.verdict.faults)
        return f"{self.kind} {self.plan}\nstruck at {where}, stalled {self.stall:.0f} s\n{faults}\n{self.log[-6000:]}"


@dataclass
class Arena:
    """Serves the tills and Telegrams of all its runs."""

    port: int = 0
    _tills: dict[str, CrashTill] = field(default_factory=dict)
    _telegrams: dict[str, CrashTelegram] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def till_url(self, run: str) -> str:
        return f"{self.url}/till/{run}"

    def open(self, run: str, till: CrashTill, telegram: CrashTelegram) -> None:
        self._tills[run], self._telegrams[run] = till, telegram

    def close(self, run: str) -> None:
        del self._tills[run], self._telegrams[run]

    async def ask_till(self, request: web.Request) -> web.StreamResponse:
        till = self._tills.get(request.match_info["run"])
        return web.Response(status=404) if till is None else await till.answer(request)

    async def ask_telegram(self, request: web.Request) -> web.StreamResponse:
        telegram = self._telegrams.get(request.match_info["run"].lstrip("0"))
        return web.Response(status=404) if telegram is None else await telegram.answer(request)


@asynccontextmanager
async def arena() -> AsyncIterator[Arena]:
    made = Arena()
    app = web.Application()
    app.add_routes(
        [
            web.post("/till/{run}/{method}", made.ask_till),
            web.post("/bot1:{run}/{method}", made.ask_telegram),
        ]
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.port = runner.addresses[0][1]
    preparing = CrashTill(Behaviour.APPLIES, _never)
    made.open("prepare", preparing, CrashTelegram(asyncio.Event()))
    await asyncio.to_thread(ready)
    try:
        with known_to_registry(lambda options: HttpTill(options["url"], careful=True)):
            yield made
    finally:
        await runner.cleanup()


def _is_stopped(process: ForkServerProcess) -> bool:
    try:
        stat = Path(f"/proc/{process.pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        # It has ended, and the fork server has not told of it yet.
        return False
    return stat.rpartition(")")[2].split()[0] == "T"


async def _never(_key: str) -> bool:
    return False


class Run:
    """One plan on one ground."""

    def __init__(self, arena: Arena, ground: Ground, plan: Plan) -> None:
        self._arena, self._ground, self._plan = arena, ground, plan
        self._name = f"1{secrets.token_hex(8)}"
        self._folder = ground.folder / self._name
        self._processes: list[ForkServerProcess] = []
        self._stall = 0.0
        self._proxy: Proxy | None = None
        self._till = CrashTill(plan.behaviour, self._audited, plan.careful)
        #: Set when Telegram was called or a process ended.
        self._news = asyncio.Event()
        self._telegram = CrashTelegram(self._news, plan.harmed)

    async def __call__(self) -> Result:
        press = await self._ground.begin(self._plan.scenario)
        self._folder.mkdir()
        self._arena.open(self._name, self._till, self._telegram)
        watching = asyncio.create_task(self._watch_stalls())
        try:
            if self._plan.cut is None:
                return await self._run(press)
            async with proxy(self._plan.cut) as self._proxy:
                return await self._run(press)
        finally:
            watching.cancel()
            for process in self._processes:
                await self._end(process)
            self._arena.close(self._name)
            shutil.rmtree(self._folder)

    async def _run(self, press: Press) -> Result:
        clock = self._clock = FastClock(time.monotonic())
        victim = self._start(press, self._plan.strike, counted=True)
        if not self._ground.database.is_sqlite:
            await self._leads(victim)
            for _ in range(self._plan.workers - 1):
                self._start(press)
        since = 0.0
        struck = False
        refreezes = SCENARIOS[self._plan.scenario].refrozen
        while not await self._at_rest():
            if refreezes and await an_end_waits(self._ground):
                await self._till.refreeze()
                refreezes = False
            if not struck and await self._is_struck(victim):
                struck, since = True, clock.seconds()
                if not victim.is_alive():
                    self._start(press)
            if clock.seconds() - since > LONGEST:
                break
        to_rest = clock.seconds() - since
        while self._till.under_way:  # noqa: ASYNC110 nothing tells of it
            # What comes late counts too.
            await asyncio.sleep(_SOON)
        now = await kept(self._ground)
        verdict = judge(now, self._till, self._telegram, clock)
        places = (self._folder / "places").read_text().splitlines()
        struck = struck or (self._plan.strike is not None and bool(places))
        return Result(
            self._plan,
            self._ground.kind,
            tuple(places),
            struck,
            verdict,
            now.recorded(),
            to_rest,
            self._telegram.calls,
            self._proxy.packets if self._proxy else 0,
            self._stall,
            self._log(),
        )

    async def _watch_stalls(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(_TICK)
            self._stall = max(self._stall, (time.monotonic() - before - _TICK) * SPEED)

    async def _leads(self, victim: ForkServerProcess) -> None:
        """Until it leads, so that all that can be done is done by it; or it was struck before."""
        while victim.is_alive() and not _is_stopped(victim) and self._clock.seconds() < LONGEST:
            if "this process leads" in self._log():
                return
            await asyncio.sleep(_SOON)

    def _log(self) -> str:
        log = self._folder / "log"
        return log.read_text() if log.exists() else ""

    async def _is_struck(self, victim: ForkServerProcess) -> bool:
        """Whether the blow has fallen; who was stopped has slept by then, and is woken."""
        if victim.is_alive():
            if not _is_stopped(victim):
                return False
            await asyncio.sleep(_SLEEP / SPEED)
            os.kill(victim.pid or 0, signal.SIGCONT)
            return True
        starved = self._plan.strike is not None and self._plan.strike.how is Blow.FULL
        # Whoever cannot even start on a full disk is started again by whatever runs it.
        if victim.exitcode != -signal.SIGKILL and not starved:
            raise RuntimeError(f"a worker ended by itself: {self._log()[-3000:]}")
        return True

    async def _at_rest(self) -> bool:
        """Looks when there is news."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_QUIET):
                await self._news.wait()
        self._news.clear()
        await asyncio.sleep(_SOON)
        return await at_rest(self._ground)

    # Processes -------------------------------------------------------------------------------------------------------

    def _start(self, press: Press, strike: Strike | None = None, *, counted: bool = False) -> ForkServerProcess:
        job = Job(
            self._ground.settings(self._arena.url, self._name, self._proxy.port if self._proxy else None),
            self._clock,
            self._arena.till_url(self._name),
            self._plan.careful,
            self._folder,
            press,
            strike,
            counted,
        )
        process = FORKS.Process(target=work, args=(job,), daemon=True)
        process.start()
        self._processes.append(process)
        asyncio.get_running_loop().add_reader(process.sentinel, self._ended, process.sentinel)
        return process

    def _ended(self, sentinel: int) -> None:
        asyncio.get_running_loop().remove_reader(sentinel)
        self._news.set()

    async def _end(self, process: ForkServerProcess) -> None:
        if process.is_alive() and process.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        await asyncio.to_thread(process.join)
        asyncio.get_running_loop().remove_reader(process.sentinel)
        process.close()

    # What is looked at while it happens -----------------------------------------------------------------------------

    async def _audited(self, key: str) -> bool:
        return key.partition(":")[0] in await intents(self._ground)
