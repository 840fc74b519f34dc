"""A small HTTP server as a process of its own, so that it shares no event loop with what is measured."""

import asyncio
import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvloop
from aiohttp import web

#: Importing the bot takes seconds, and each child would anew. Fork before a loop or a thread is there.
PROCESSES = multiprocessing.get_context("fork")

_START_LIMIT = 30.0


def serve(routes: list[web.RouteDef], ready: Any) -> None:
    """Serve on a free port of 127.0.0.1 until the process is ended; send the address into the connection `ready`."""

    async def forever() -> None:
        app = web.Application()
        app.add_routes(routes)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ready.send(f"http://127.0.0.1:{runner.addresses[0][1]}")
        await asyncio.Event().wait()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(forever())


@contextmanager
def server(run: Callable[[Any], None]) -> Iterator[str]:
    """The address of a server that runs meanwhile. `run` is given the connection to send it into."""
    here, there = PROCESSES.Pipe(duplex=False)
    with process(run, there):
        if not here.poll(_START_LIMIT):
            raise RuntimeError(f"{run.__name__} does not start")
        yield here.recv()


@contextmanager
def process(run: Callable[..., None], *given: Any) -> Iterator[None]:
    """A process that runs meanwhile, and is then asked to end."""
    child = PROCESSES.Process(target=run, args=given, daemon=True)
    child.start()
    try:
        yield
    finally:
        child.terminate()
        child.join()
