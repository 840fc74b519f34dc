"""What is kept beside a change while it goes on: begun by the worker, and nobody waits for it."""

import asyncio
import secrets

import structlog

from changes.request import ChangeRequest
from changes.snapshots import TakeSnapshot
from changes.till import TerminalUser

log = structlog.get_logger()


class Snapshots:
    """Fulfils `changes.snapshots.Beside`."""

    def __init__(self, take: TakeSnapshot) -> None:
        self._take = take
        self._under_way: set[asyncio.Task[None]] = set()

    def begin(self, request: ChangeRequest, user: TerminalUser) -> None:
        task = asyncio.create_task(self._run(request, user))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _run(self, request: ChangeRequest, user: TerminalUser) -> None:
        try:
            await self._take(request, user)
        except Exception:
            # The change does not need it. Its row says that nothing was kept.
            log.exception("a snapshot could not be kept", change=request.id, error_id=secrets.token_hex(4))

    async def close(self) -> None:
        """What is under way is given up."""
        under_way = tuple(self._under_way)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
