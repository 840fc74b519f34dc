"""The drift check: each terminal's users are compared with what was last seen, and the owners told what differs."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from changes.audit import EntryKind, Record
from changes.authority import Action, Actor, MemberRole
from changes.backend import BackendError, Capabilities, NotReached
from changes.clock import Clock
from changes.drift import Compared, Difference, compare, once_for_all
from changes.errors import NotAllowed
from changes.ports import Notice, NoticeKind, Store, Tills, Transaction, Waker
from changes.roster import read_roster
from changes.sightings import Blind, Sighting
from changes.step import CALL_LIMIT, SETTLED_AFTER
from changes.till import Terminal
from changes.usecase import UseCase

T = TypeVar("T")

#: Pages of a terminal that are looked at: of more users than these hold, those beyond are not watched.
MOST_PAGES = 100

#: Seconds that looking at one terminal may take.
LOOK_LIMIT = 120.0

#: A till that could not be looked at for so long is told of, once.
BLIND_FOR = timedelta(days=1)

#: So many differences are recorded one by one; more are counted.
MOST_RECORDED = 50


class LookedElsewhere(Exception):
    """Another process looked at the same time: it tells, this one does not."""


@dataclass(frozen=True, slots=True)
class _Seen:
    sightings: tuple[Sighting, ...]
    can: Capabilities
    #: Whether every terminal was seen.
    all: bool


class Watch:
    """Looks at a shop's till. Needs no authority: it tells the owners alone, and changes nothing."""

    def __init__(self, store: Store, tills: Tills, clock: Clock, waker: Waker) -> None:
        self._store, self._tills, self._clock, self._waker = store, tills, clock, waker

    async def shops(self) -> tuple[int, ...]:
        """The ids of the shops that have an owner to tell."""
        async with self._store.read() as tx:
            shops = await tx.shops.all()
            return tuple([shop.id for shop in shops if await tx.people.of_role(shop.id, MemberRole.OWNER)])

    async def look(self, shop_id: int) -> None:
        """Compare, keep what was seen and tell of it, the last three in one transaction. Raises `LookedElsewhere`.

        A terminal that was never seen before has nothing to be compared with.
        """
        began_at = self._clock.now()
        try:
            seen = await self._see(shop_id, began_at)
        except BackendError:
            await self._not_seen(shop_id, began_at)
            return
        async with self._store.read() as tx:
            last = {each.roster.terminal.id: each for each in await tx.sightings.of_shop(shop_id)}
            since = min((each.began_at for each in last.values()), default=began_at)
            through = await tx.requests.reaching(shop_id, since - SETTLED_AFTER)
        compared: dict[str, Compared] = {}
        for sighting in seen.sightings:
            terminal_id = sighting.roster.terminal.id
            if terminal_id in last:
                settled = began_at - SETTLED_AFTER
                older = last[terminal_id].roster
                compared[terminal_id] = compare(older, sighting.roster, through, seen.can, settled)
        found = once_for_all((each for one in compared.values() for each in one.differences), seen.can)
        async with self._store.write() as tx:
            for sighting in seen.sightings:
                terminal_id = sighting.roster.terminal.id
                keep = compared[terminal_id].keep if terminal_id in compared else sighting.roster
                after = last[terminal_id].began_at if terminal_id in last else None
                if not await tx.sightings.keep(shop_id, replace(sighting, roster=keep), after):
                    raise LookedElsewhere(shop_id)
            if found:
                await _tell(tx, shop_id, _drifted(found, since), self._clock.now())
            if seen.all:
                await tx.sightings.set_blind(shop_id, None)
        if found:
            self._waker.wake()
        if not seen.all:
            await self._not_seen(shop_id, began_at)

    async def _see(self, shop_id: int, began_at: datetime) -> _Seen:
        """Raises `BackendError` where no terminal can be seen."""
        till = await _bounded(self._tills.of(shop_id), CALL_LIMIT)
        terminals = await _bounded(till.terminals(), CALL_LIMIT)
        seen = []
        for terminal in terminals:
            try:
                roster = await _bounded(read_roster(till, terminal, MOST_PAGES), LOOK_LIMIT)
            except BackendError:
                continue
            seen.append(Sighting(roster, began_at))
        if terminals and not seen:
            raise NotReached(f"no terminal of shop {shop_id} could be looked at")
        return _Seen(tuple(seen), till.capabilities, len(seen) == len(terminals))

    async def _not_seen(self, shop_id: int, now: datetime) -> None:
        """Told once, after a day; a till that is off at night is no news."""
        async with self._store.write() as tx:
            blind = await tx.sightings.blind(shop_id) or Blind(now)
            tells = not blind.told and now - blind.since >= BLIND_FOR
            await tx.sightings.set_blind(shop_id, replace(blind, told=blind.told or tells))
            if tells:
                record = Record(EntryKind.TILL_UNSEEN, {"since": _written(blind.since)})
                await _tell(tx, shop_id, record, now)
        if tells:
            self._waker.wake()


class DriftedUser(UseCase):
    """Of whom an entry about drift tells in this place, for a person who is to see them."""

    needs = Action.SEE_USERS

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, actor: Actor, shop_id: int, number: int, place: int) -> tuple[Terminal, str]:
        """The terminal and the user's id. Raises `NotAllowed`, also where no such user is told of."""
        async with self._store.read() as tx:
            await self.admit(tx, actor, shop_id)
            entry = await tx.audit.get(shop_id, number)
        if entry is None or entry.kind is not EntryKind.TILL_DRIFTED:
            raise NotAllowed
        differences = entry.facts["differences"]
        if not 0 <= place < len(differences):
            raise NotAllowed
        return Terminal(**differences[place]["terminal"]), differences[place]["user"]["id"]


async def _bounded(call: Awaitable[T], seconds: float) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await call
    except TimeoutError as slow:
        raise NotReached(f"no answer within {seconds:g} s") from slow


async def _tell(tx: Transaction, shop_id: int, record: Record, now: datetime) -> None:
    """Record an entry and post it to every owner; a person's private chat has the person's id."""
    entry = await tx.audit.append(shop_id, record, now)
    for owner in await tx.people.of_role(shop_id, MemberRole.OWNER):
        notice = Notice(NoticeKind.ENTRY, owner, shop_id=shop_id, person_id=owner, entry_number=entry.number)
        await tx.outbox.put(notice, now)


def _drifted(found: Sequence[Difference], since: datetime) -> Record:
    differences = [
        {
            "what": each.what.value,
            "terminal": {"id": each.terminal.id, "name": each.terminal.name},
            "user": {"id": each.user.id, "number": each.user.number, "name": each.user.name},
            "before": each.before,
            "after": each.after,
        }
        for each in found[:MOST_RECORDED]
    ]
    facts = {"since": _written(since), "total": len(found), "differences": differences}
    return Record(EntryKind.TILL_DRIFTED, facts)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
