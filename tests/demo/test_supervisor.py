"""The bot's process: kept running, stopped with the server, never left behind. Stand-ins play the bot."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from demo.supervisor import Pauses, Supervisor

CHECKOUT = Path(__file__).parents[2]
QUICK = Pauses(first=0.01, longest=0.02, steady=60)
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
#: Says who it is, then waits to be stopped, and says so.
PATIENT = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("stopped", flush=True), sys.exit(0)))
print("pid", os.getpid(), flush=True)
time.sleep(60)
"""


async def until(found: Callable[[], bool]) -> None:
    """Look at a file that another process writes."""
    async with asyncio.timeout(20):
        while not found():  # noqa: ASYNC110 nothing tells of a file
            await asyncio.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pids(log: Path) -> list[int]:
    lines = log.read_text().splitlines() if log.exists() else []
    return [int(line.removeprefix("pid ")) for line in lines if line.startswith("pid ")]


@asynccontextmanager
async def supervised(folder: Path, script: str, deaths: list[int]) -> AsyncIterator[Supervisor]:
    log = folder / "bot.log"
    command = [sys.executable, "-c", script]
    supervisor = Supervisor(command, ENVIRONMENT, folder, log, lambda: deaths.append(1), QUICK)
    running = asyncio.create_task(supervisor.run())
    try:
        yield supervisor
    finally:
        supervisor.stop()
        await running


async def test_it_stops_the_process_in_order(tmp_path: Path) -> None:
    log, deaths = tmp_path / "bot.log", list[int]()
    async with supervised(tmp_path, PATIENT, deaths):
        await until(lambda: bool(pids(log)))
        assert is_alive(pids(log)[0])
    assert not is_alive(pids(log)[0])
    assert "stopped" in log.read_text()
    assert deaths == [1]


async def test_it_starts_again_what_dies(tmp_path: Path) -> None:
    deaths: list[int] = []
    async with supervised(tmp_path, "raise SystemExit('no luck')", deaths) as supervisor:
        await until(lambda: supervisor.starts >= 3)
    assert len(deaths) == supervisor.starts
    assert (tmp_path / "bot.log").read_text().count("no luck") >= 2


async def test_a_killed_process_is_started_again(tmp_path: Path) -> None:
    log = tmp_path / "bot.log"
    async with supervised(tmp_path, PATIENT, []):
        await until(lambda: len(pids(log)) == 1)
        os.kill(pids(log)[0], 9)
        await until(lambda: len(pids(log)) == 2)


async def test_the_tether_ends_the_bot_when_the_server_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "bot.log"
    script = f"""
import asyncio, os, sys
from pathlib import Path
from demo.supervisor import Supervisor
command = [sys.executable, "-c", {PATIENT!r}]
asyncio.run(Supervisor(command, dict(os.environ), Path({str(tmp_path)!r}), Path({str(log)!r}), lambda: None).run())
"""
    server = await asyncio.create_subprocess_exec(sys.executable, "-c", script, env=ENVIRONMENT)
    await until(lambda: bool(pids(log)))
    server.kill()
    await server.wait()
    await until(lambda: not is_alive(pids(log)[0]))
    assert "stopped" in log.read_text()
