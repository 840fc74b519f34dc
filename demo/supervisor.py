"""Keeps the bot's process running: started, restarted with growing pauses when it dies, stopped with the server."""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Longer than the tether waits before it kills.
STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds before a restart: `first`, then twice as long each time up to `longest`; anew after a `steady` run."""

    first: float = 1.0
    longest: float = 30.0
    steady: float = 60.0


class Supervisor:
    """Runs `command` in `folder`, its output appended to `log`. `died` is told each time the process ends."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        log: Path,
        died: Callable[[], None],
        pauses: Pauses = Pauses(),
    ) -> None:
        self._command = command
        self._environment = environment
        self._folder = folder
        self._log = log
        self._died = died
        self._pauses = pauses
        self._stopping = asyncio.Event()
        #: How often the process was started.
        self.starts = 0

    async def run(self) -> None:
        """Until `stop`; the process has ended when this returns."""
        loop = asyncio.get_running_loop()
        pause = self._pauses.first
        while not self._stopping.is_set():
            began = loop.time()
            await self._run_once()
            self._died()
            if loop.time() - began >= self._pauses.steady:
                pause = self._pauses.first
            await self._rest(pause)
            pause = min(pause * 2, self._pauses.longest)

    def stop(self) -> None:
        """Ask the process to end and start it no more."""
        self._stopping.set()

    async def _run_once(self) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "demo.tether",
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=dict(self._environment),
                cwd=self._folder,
                # A Ctrl-C in the terminal is for this server, which then stops the bot in order.
                start_new_session=True,
            )
        self.starts += 1
        ended = asyncio.create_task(process.wait())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if process.stdin is not None:
                process.stdin.close()
            try:
                await asyncio.wait_for(ended, STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
