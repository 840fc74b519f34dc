"""What nobody asks for any more goes by itself."""

from datetime import timedelta

from changes.clock import Clock
from changes.ports import Store

#: How long the queue's rows of delivered and failed messages are kept.
KEPT = timedelta(days=30)


class Housekeeping:
    """Needs no authority: it only takes away what has ended."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def end_proposals(self) -> None:
        """End what no code came for in time; typed and made PINs go with it."""
        async with self._store.write() as tx:
            await tx.requests.expire(self._clock.now())

    async def forget_messages(self) -> None:
        """Forget messages that ended longer ago than `KEPT`."""
        async with self._store.write() as tx:
            await tx.outbox.forget_ended(self._clock.now() - KEPT)
