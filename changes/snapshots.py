"""All users of a terminal as they were before a change of one of them, kept beside the change."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from changes.backend import BackendError, ChangeKind
from changes.ports import Store, Tills
from changes.request import ChangeRequest
from changes.roster import Roster, read_roster
from changes.snapshot import Kept
from changes.till import TerminalUser

#: Of more users than these pages hold, the first are kept.
MOST_PAGES = 40

#: Seconds that reading them may take.
READ_LIMIT = 60.0

#: So many terminals are read at once, of all shops together: what is beside the changes must not crowd them out.
_AT_ONCE = 2

#: So many changes of many are remembered, so that each reads a terminal once.
_REMEMBERED = 256


class Beside(Protocol):
    def begin(self, request: ChangeRequest, user: TerminalUser) -> None:
        """Keep the terminal's users, while the change goes on; `user` is who changes, as they are before."""
        ...


class TakeSnapshot:
    """Needs no authority: it only keeps what a confirmed change is about to touch."""

    def __init__(self, store: Store, tills: Tills) -> None:
        self._store, self._tills = store, tills
        self._places = asyncio.Semaphore(_AT_ONCE)
        #: Who takes it, by what one code confirmed and the terminal.
        self._takers: dict[tuple[str, str], str] = {}

    async def __call__(self, request: ChangeRequest, user: TerminalUser) -> None:
        """Of a till that does not tell, that is what is kept. Raises what the database raises."""
        key = (request.batch or request.id, request.terminal.id)
        taker = self._takers.setdefault(key, request.id)
        if taker != request.id:
            await self._keep(request, Kept.SHARED, None)
            return
        while len(self._takers) > _REMEMBERED:
            del self._takers[next(iter(self._takers))]
        try:
            async with self._places, asyncio.timeout(READ_LIMIT):
                till = await self._tills.of(request.shop_id)
                roster = await read_roster(till, request.terminal, MOST_PAGES)
        except (BackendError, TimeoutError):
            await self._keep(request, Kept.MISSED, None)
            return
        async with self._store.read() as tx:
            together = await tx.requests.of_batch(request.batch) if request.batch else ()
        others = [each for each in together if each.terminal.id == request.terminal.id and each.id != request.id]
        roster = _before(roster, [*others, replace(request, user=user)])
        await self._keep(request, Kept.TAKEN if roster.complete else Kept.CUT, roster)

    async def _keep(self, request: ChangeRequest, kept: Kept, roster: Roster | None) -> None:
        async with self._store.write() as tx:
            await tx.snapshots.keep_roster(request.id, kept, roster)


def _before(roster: Roster, changes: Iterable[ChangeRequest]) -> Roster:
    """The list as it was before these: some may have been applied while it was read."""
    users = {user.id: user for user in roster.users}
    for change in changes:
        if change.kind is ChangeKind.ADD:
            users = {user_id: user for user_id, user in users.items() if user.number != change.user.number}
        else:
            users[change.user.id] = change.user
    return replace(roster, users=tuple(users.values()))
