"""The worker's part of a change: lease it, take one step, put it off or end it.

A step holds the request by a lease, prolonged as long as it lasts, and is fenced by it: what it writes counts only
while the request is still leased to it and in the state it was found in.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from changes.clock import Clock
from changes.ports import Store, Tills, Waker
from changes.request import ChangeRequest
from changes.step import Step

#: How long a lease lasts; a worker that died or stands still gives its work back after that.
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Applying:
    """Takes due changes one step further at a time."""

    store: Store
    tills: Tills
    clock: Clock
    waker: Waker
    #: This worker's name in leases.
    owner: str

    async def lease(self, in_hand: Collection[str] = ()) -> ChangeRequest | None:
        """The next due request, now held by this worker; None where nothing is due.

        `in_hand` are the requests it works on now: where the clock leaps past a lease it must not take them again.
        """
        now = self.clock.now()
        async with self.store.write() as tx:
            return await tx.requests.lease(self.owner, now, now + LEASE, in_hand)

    async def next_due(self) -> datetime | None:
        async with self.store.read() as tx:
            return await tx.requests.next_due()

    async def step(self, request: ChangeRequest) -> None:
        """One step with a leased request. Raises `changes.step.LeaseLost` where it was taken over meanwhile.

        After any other exception the request is put off, and looked at again, before the exception is passed on.
        """
        async with self._held(request):
            await Step(self.store, self.tills, self.clock, self.waker, request).run()

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
            async with self.store.write() as tx:
                if not await tx.requests.hold(request.id, request.lease_owner or "", self.clock.now() + LEASE):
                    return
