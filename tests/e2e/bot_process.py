"""The bot as its command line runs it, but on a clock that tests turn.

Importing the bot takes seconds. So a process that has imported it once stands by, and each bot is a fork of that.
"""

import asyncio
import os
import sys
from pathlib import Path

import uvloop

from bot import outgoing, watching, worker
from bot.logs import set_up_logs
from bot.pacing import UNLIMITED
from bot.run import run
from bot.settings import Settings
from locales import Locales
from storage import link
from tests.clock import FileClock
from tests.forks import stand_by

FORKS = stand_by(__name__)

# Parsed before the forks, for all of them.
Locales()


def run_bot(
    settings: Settings, clock: Path, log: Path, *, looks_again: float = 0.3, server_waits: int | None = None
) -> None:
    """Until a signal; what it logs is added to `log`.

    It waits at most `looks_again` seconds for a bell, and PostgreSQL `server_waits` milliseconds for a sign of life.
    """
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    # A turned clock rings no bell: look again soon.
    vars(outgoing)["_MOST_WAIT"] = vars(worker)["_MOST_WAIT"] = vars(watching)["_BETWEEN"] = looks_again
    if server_waits is not None:
        vars(link)["_SERVER_WAITS"] = server_waits
    set_up_logs(settings.log_level, [settings.bot_token.get_secret_value(), *settings.keys])
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        # This Telegram bears what tests do in a hurry; `tests/bot/test_limits.py` is about the limits.
        runner.run(run(settings, FileClock(clock), UNLIMITED))
