"""The bot as its command line runs it, but on a clock that tests turn.

Importing the bot takes seconds. So a process that has imported it once stands by, and each bot is a fork of that.
"""

import asyncio
import multiprocessing
import os
import sys
from pathlib import Path

import uvloop

from bot import outgoing, worker
from bot.logs import set_up_logs
from bot.run import run
from bot.settings import Settings
from tests.clock import FileClock

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])


def run_bot(settings: Settings, clock: Path, log: Path) -> None:
    """Until a signal; what it logs is added to `log`."""
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    # A turned clock rings no bell: look again soon.
    vars(outgoing)["_MOST_WAIT"] = vars(worker)["_MOST_WAIT"] = 0.3
    set_up_logs(settings.log_level, [settings.bot_token.get_secret_value(), *settings.keys])
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(settings, FileClock(clock)))
