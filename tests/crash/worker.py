"""A process of the bot on the run's clock: all that `bot.run` starts, but for polling, whose place the press takes.

A process that has imported everything stands by (`tests.forks`), and each worker is a fork of that.
"""

import asyncio
import gc
import os
import ssl
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import certifi
from aiogram.methods.base import Response
from aiogram.types import Message

from bot import assembly
from bot import run as running
from bot.assembly import Parts
from bot.logs import set_up_logs
from bot.pacing import UNLIMITED
from bot.settings import Settings
from locales import Locales
from tests.crash.backend import HttpTill, known_to_registry
from tests.crash.clock import FastClock, FastLoop
from tests.crash.points import Points, Strike
from tests.crash.scenarios import Press, press
from tests.forks import stand_by

FORKS = stand_by(__name__, "tests.crash.arena", "tests.crash.__main__")

# Parsed before the forks, for all of them.
Locales()

#: A till that is not reached is tried so long, so that a run has an end soon.
TRIED_FOR = timedelta(seconds=90)

#: Each takes some 30 ms to make, and is the same in every process.
_LOCALES = Locales("en")
_TLS = ssl.create_default_context(cafile=certifi.where())
#: Made when first asked for.
_ANSWERS = [Response[Message], Response[Message | bool], Response[bool]]


@dataclass(frozen=True)
class Job:
    settings: Settings
    clock: FastClock
    #: The till's address, and whether it knows keys and versions.
    till: str
    careful: bool
    folder: Path
    press: Press
    strike: Strike | None
    #: Whether it is the first of its run, so that its points are counted.
    counted: bool


def ready() -> None:
    """Returns once forks come at once; waits for the process that they are forks of."""
    first = FORKS.Process(target=_nobody, daemon=True)
    first.start()
    first.join()


def _nobody() -> None:
    pass


def work(job: Job) -> None:
    """Until it is killed."""
    with (job.folder / "log").open("ab") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
        os.dup2(file.fileno(), sys.stdout.fileno())
    gc.freeze()
    set_up_logs("INFO", [])
    _arrange(job)
    till = known_to_registry(lambda _options: HttpTill(job.till, careful=job.careful))
    with till, asyncio.Runner(loop_factory=FastLoop) as runner:
        runner.run(_counted(job))


async def _counted(job: Job) -> None:
    if job.counted:
        Points(job.folder / "places", job.strike).watch(asyncio.get_running_loop())
    await asyncio.create_task(running.run(job.settings, job.clock, UNLIMITED))


def _arrange(job: Job) -> None:
    """What is the same in every run is not made anew; the till is the run's; instead of polling there is the press."""
    vars(assembly)["Locales"] = lambda _default: _LOCALES
    vars(ssl)["create_default_context"] = lambda **_: _TLS
    for name, module in sys.modules.items():
        if name.startswith("changes.") and "TRIED_FOR" in vars(module):
            vars(module)["TRIED_FOR"] = TRIED_FOR
    vars(running).update(
        migrate=_nothing,
        is_current=_yes,
        keep_profile=_nothing,
        make_dispatcher=lambda parts: parts,
        Polling=lambda _bot, parts, *_: Pressing(parts, job.press),
    )


class Pressing:
    """In the place of `bot.polling.Polling`: brings the press to whoever would poll."""

    def __init__(self, parts: Parts, pressed: Press) -> None:
        self._parts, self._pressed = parts, pressed

    async def run(self) -> None:
        await press(self._parts, self._pressed)
        await asyncio.Event().wait()


async def _nothing(*_: Any) -> None:
    """Has been done for all runs, or is not what a run is about."""


async def _yes(*_: Any) -> bool:
    return True
