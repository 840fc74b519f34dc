"""What an owner chooses for a shop."""

from changes.audit import EntryKind, Record
from changes.authority import Action, Actor
from changes.clock import Clock
from changes.errors import NotOffered
from changes.ports import Store
from changes.recording import by
from changes.usecase import UseCase

#: Minutes that can be chosen; None is "never".
LATE_LIMITS = (15, 60, 240, 1440, None)


class ChooseLateLimit(UseCase):
    """How late a waiting change may be before it is asked about. It gives nobody a right, so it takes no code."""

    needs = Action.CHANGE_SETTINGS

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def __call__(self, actor: Actor, shop_id: int, minutes: int | None) -> None:
        """Raises `NotOffered` for what is none of `LATE_LIMITS`."""
        async with self._store.write() as tx:
            await self.admit(tx, actor, shop_id)
            if minutes not in LATE_LIMITS:
                raise NotOffered
            await tx.shops.set_late_limit(shop_id, minutes)
            facts = by(actor) | {"late-limit": minutes}
            await tx.audit.append(shop_id, Record(EntryKind.SHOP_SETTING, facts), self._clock.now())
