"""What whoever runs the server does to a shop that stands: edit it, or end it for its people."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from changes.audit import Entry, EntryKind, Record
from changes.authority import MemberRole
from changes.clock import Clock
from changes.held import drop_all
from changes.life import State
from changes.ports import Notice, NoticeKind, Shop, Store, Transaction, Waker

#: The result of a waiting change whose shop was removed.
SHOP_REMOVED = "shop-removed"


class ShopGone(Exception):
    """There is no such shop, or no longer."""


class ChangesOpen(Exception):
    """So many changes wait for their time or are being applied."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class EditShop:
    """Keep another name, zone or other options of a shop; for the command line, which has tried them."""

    def __init__(self, store: Store, clock: Clock, waker: Waker) -> None:
        self._store, self._clock, self._waker = store, clock, waker

    async def __call__(self, new: Shop, options: Mapping[str, str], named: Iterable[str]) -> None:
        """`named` are the options that differ: their names are recorded, never what they hold. Raises `ShopGone`."""
        async with self._store.write() as tx:
            old = await _standing(tx, new.id)
            await tx.shops.edit(new, dict(options))
            facts = {
                field: {"before": before, "after": after}
                for field, before, after in (("name", old.name, new.name), ("zone", old.zone, new.zone))
                if before != after
            }
            record = Record(EntryKind.SHOP_EDITED, facts | {"options": sorted(named)})
            await _tell_owners(tx, await tx.audit.append(new.id, record, self._clock.now()), self._clock)
        self._waker.wake()


class RemoveShop:
    """End a shop for everyone; for the command line. Its audit stays, and so does what happened at its till."""

    def __init__(self, store: Store, clock: Clock, waker: Waker) -> None:
        self._store, self._clock, self._waker = store, clock, waker

    async def __call__(self, shop_id: int, *, drop_open: bool = False) -> int:
        """How many owners are told. Raises `ShopGone`, or `ChangesOpen` unless `drop_open`.

        Then what waits is dropped, and what is being applied is given up: the worker says how that ended.
        """
        now = self._clock.now()
        async with self._store.write() as tx:
            shop = await _standing(tx, shop_id)
            unfinished = await tx.requests.unfinished(shop_id)
            if unfinished and not drop_open:
                raise ChangesOpen(len(unfinished))
            waiting = [request for request in unfinished if request.state is State.SCHEDULED]
            for request in unfinished:
                if request.state is not State.SCHEDULED:
                    await tx.requests.give_up(request.id, now)
            await drop_all(tx, waiting, SHOP_REMOVED, self._clock)
            record = Record(EntryKind.SHOP_REMOVED, {"name": shop.name, "dropped": len(unfinished)})
            told = await _tell_owners(tx, await tx.audit.append(shop_id, record, now), self._clock)
            await tx.shops.remove(shop_id, now)
            await tx.people.leave(shop_id)
        self._waker.wake()
        return told


async def _standing(tx: Transaction, shop_id: int) -> Shop:
    shop = await tx.shops.get(shop_id)
    if shop is None or shop.removed_at is not None:
        raise ShopGone(shop_id)
    return shop


async def _tell_owners(tx: Transaction, entry: Entry, clock: Clock) -> int:
    owners = await tx.people.of_role(entry.shop_id, MemberRole.OWNER)
    for owner in owners:
        # A person's private chat has the person's id.
        about = Notice(NoticeKind.ENTRY, owner, shop_id=entry.shop_id, person_id=owner, urgent=True)
        await tx.outbox.put(replace(about, entry_number=entry.number), clock.now())
    return len(owners)
