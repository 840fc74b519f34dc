"""The bot as its command line runs it, but on a clock that tests turn (the file named by TEST_CLOCK)."""

import asyncio
import os
import sys
from pathlib import Path

from bot import outgoing, worker
from bot.logs import set_up_logs
from bot.run import run
from bot.settings import Settings
from tests.clock import FileClock

if __name__ == "__main__":
    # A turned clock rings no bell: look again soon.
    vars(outgoing)["_MOST_WAIT"] = vars(worker)["_MOST_WAIT"] = 0.3
    settings = Settings(_env_file=None)  # type: ignore[call-arg]  # pydantic-settings takes it, its stub does not say so
    set_up_logs(settings.log_level, [settings.bot_token.get_secret_value(), *settings.keys])
    sys.exit(asyncio.run(run(settings, FileClock(Path(os.environ["TEST_CLOCK"])))))
