"""`python -m demo` as a visitor starts it, on a folder and a port of its own."""

import asyncio
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from demo.__main__ import BOT, environment
from demo.keys import keys_in
from demo.shop import CLAIM

ROOT = Path(__file__).parents[2]
#: It takes five seconds of an idle machine, and more than a minute of a crowded one.
_START_LIMIT = 120.0


@dataclass(frozen=True)
class Demo:
    url: str
    folder: Path

    @property
    def till(self) -> Path:
        return self.folder / "till.db"

    async def add_guided_shop(self) -> str:
        """A second shop, whose terminals nobody reaches; what its owner has to say to claim it."""
        port = int(self.url.rpartition(":")[2])
        options = ["brand=lakala", "path=register.db", "terminals=收银台 Counter", "users=01:陈晓雨,02:Ana Silva"]
        process = await asyncio.create_subprocess_exec(
            *BOT,
            *("shop", "add", "Lin's Bakery 林记饼屋", "--backend", "guided"),
            *chain(*(("--option", option) for option in options)),
            env=environment(keys_in(self.folder / "keys.json"), port),
            cwd=self.folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await process.communicate()
        claim = CLAIM.search(printed.decode())
        if claim is None:
            raise RuntimeError(printed.decode())
        return claim.group(0)

    def turn_back_what_waits(self, hours: int) -> None:
        """Let the times of waiting changes lie so much earlier."""
        with closing(sqlite3.connect(self.folder / "tillkeeper.db", timeout=10)) as database, database:
            waiting = database.execute("SELECT id, due_at FROM requests WHERE state = 'scheduled'").fetchall()
            for change, due in waiting:
                then = str(datetime.fromisoformat(due) - timedelta(hours=hours))
                database.execute("UPDATE requests SET due_at = ?, next_at = ? WHERE id = ?", (then, then, change))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def demo_on(folder: Path) -> AsyncIterator[Demo]:
    """Started, and ended as Ctrl-C does. Raises `RuntimeError` with what it printed where it does not start."""
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "demo",
        "--data",
        str(folder),
        cwd=ROOT,
        env={**os.environ, "PORT": str(port)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    if process.stdout is None:
        raise RuntimeError("no pipe to the demo")
    try:
        printed = ""
        async with asyncio.timeout(_START_LIMIT):
            while "ready" not in printed:
                line = await process.stdout.readline()
                if not line:
                    raise RuntimeError(printed)
                printed += line.decode()
        yield Demo(f"http://127.0.0.1:{port}", folder)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.communicate()
