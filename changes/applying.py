"""The worker's part of a change: lease it, take one step, put it off or end it.

A step holds the request by a lease, prolonged as long as it lasts, and is fenced by it: what it writes counts only
while the request is still leased to it and in the state it was found in.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from changes import firing
from changes.circuit import Circuits
from changes.clock import Clock
from changes.held import Held
from changes.life import State
from changes.ports import Store, Tills, Waker
from changes.request import ChangeRequest
from changes.snapshots import Beside
from changes.step import Step

#: How long a lease lasts; a worker that died or stands still gives its work back after that.
LEASE = timedelta(seconds=30)


class Applying:
    """Takes due changes one step further at a time."""

    def __init__(
        self, store: Store, tills: Tills, clock: Clock, waker: Waker, owner: str, snapshots: Beside | None = None
    ) -> None:
        """`owner` is this worker's name in leases; without `snapshots` of a change only its user is kept."""
        self._store, self._tills, self._clock, self._waker, self._owner = store, tills, clock, waker, owner
        self._circuits = Circuits(clock)
        self._snapshots = snapshots

    async def lease(self, in_hand: Collection[str] = ()) -> ChangeRequest | None:
        """The next due request, now held by this worker; None where nothing is due.

        `in_hand` are the requests it works on now: where the clock leaps past a lease it must not take them again.
        """
        now = self._clock.now()
        async with self._store.write() as tx:
            return await tx.requests.lease(self._owner, now, now + LEASE, in_hand)

    async def next_due(self) -> datetime | None:
        async with self._store.read() as tx:
            return await tx.requests.next_due()

    async def step(self, request: ChangeRequest) -> None:
        """One step with a leased request. Raises `changes.held.LeaseLost` where it was taken over meanwhile.

        After any other exception the request is looked at again: in a while, or when its lease has ended.
        """
        async with self._held(request):
            held = Held(self._store, self._clock, self._waker, request)
            if request.state is not State.SCHEDULED or await firing.begin(held):
                await Step(held, self._tills, self._circuits.of(request.shop_id), self._snapshots).run()

    @asynccontextmanager
    async def _held(self, request: ChangeRequest) -> AsyncIterator[None]:
        holding = asyncio.create_task(self._hold(request))
        try:
            yield
        finally:
            holding.cancel()
            # A lease that could not be prolonged shows at the step's next write, which is fenced by it.
            await asyncio.gather(holding, return_exceptions=True)

    async def _hold(self, request: ChangeRequest) -> None:
        """Prolong the lease until cancelled or lost; losing it shows at the step's next write."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            async with self._store.write() as tx:
                if not await tx.requests.hold(request.id, request.lease_owner or "", self._clock.now() + LEASE):
                    return
