"""Of several processes on one PostgreSQL one leads, and does what only one may do: polling, sending, cleaning up."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from bot.wake import Calm, Wake
from storage.engine import Database
from storage.link import Link, LinkLost, open_link

log = structlog.get_logger()

#: Seconds between tries to reach the database, doubling.
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0

#: Each step of a change notifies every process. Looking for work costs each of them more than the step: not more often.
_BETWEEN_LOOKS = 0.1

Duties = Callable[[], Coroutine[Any, Any, None]]


class Lead:
    def __init__(self, database: Database, wake: Wake) -> None:
        self._database, self._wake = database, wake
        self._link: Link | None = None

    def held(self) -> bool:
        """Whether this process leads at this moment, as far as it can know."""
        return self._link is not None and self._link.leads

    async def run(self, duties: Duties | None) -> None:
        """Until cancelled: hear of work, and do the duties while leading; None never leads. Raises what they raise."""
        pause = _FIRST_PAUSE
        heard = Calm(self._wake.wake, _BETWEEN_LOOKS)
        while True:
            try:
                async with open_link(self._database, heard) as self._link:
                    pause = _FIRST_PAUSE
                    # What was put into the queue without a link was not heard of.
                    self._wake.wake()
                    await self._serve(self._link, duties)
            except LinkLost as lost:
                log.warning("the link to the database is lost", error=type(lost.__cause__).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _serve(self, link: Link, duties: Duties | None) -> None:
        if duties is None:
            await link.keep()
        await link.lead()
        log.info("this process leads")
        doing, keeping = asyncio.create_task(duties()), asyncio.create_task(link.keep())
        try:
            await asyncio.wait((doing, keeping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            # The lead is kept until the duties have ended: at a signal they finish what is under way.
            doing.cancel()
            await asyncio.wait((doing,))
            keeping.cancel()
            await asyncio.wait((keeping,))
        if not doing.cancelled():
            doing.result()
        keeping.result()
