"""What nobody asks for any more goes by itself, and what a clock that was ahead put off is brought back."""

from datetime import timedelta

from changes.clock import Clock
from changes.ports import Store

#: How long the queue's rows of delivered and failed messages are kept.
KEPT = timedelta(days=30)

#: How long the users as they were before a change are kept, unless said otherwise.
SNAPSHOTS_KEPT = timedelta(days=90)

#: Longer than any lease and any wait of a change that was begun, and than the clocks of several machines differ.
_LONGEST_WAIT = timedelta(minutes=2)

#: Longer than any message is put off: Telegram's word on that is believed up to an hour.
_LONGEST_POSTPONED = timedelta(minutes=62)


class Housekeeping:
    """Needs no authority: it takes away what has ended and changes nothing of what was asked for."""

    def __init__(self, store: Store, clock: Clock, snapshots_kept: timedelta = SNAPSHOTS_KEPT) -> None:
        self._store, self._clock, self._snapshots_kept = store, clock, snapshots_kept

    async def end_proposals(self) -> None:
        """End what no code came for in time; typed and made PINs go with it."""
        async with self._store.write() as tx:
            await tx.requests.expire(self._clock.now())

    async def bring_back(self) -> None:
        """A clock that was ahead and was set back has put off what no clock puts off so long: it is due soon."""
        now = self._clock.now()
        latest, postponed = now + _LONGEST_WAIT, now + _LONGEST_POSTPONED
        async with self._store.write() as tx:
            await tx.requests.bring_back(latest)
            await tx.outbox.bring_back(now, put_after=latest, due_after=postponed)

    async def forget_messages(self) -> None:
        """Forget messages that ended longer ago than `KEPT`."""
        async with self._store.write() as tx:
            await tx.outbox.forget_ended(self._clock.now() - KEPT)

    async def forget_snapshots(self) -> None:
        """Forget who was how before changes, of changes long ago; the audit still says what was changed."""
        async with self._store.write() as tx:
            await tx.snapshots.forget(self._clock.now() - self._snapshots_kept)
