"""Giving up: an owner does not wait any longer for a till that does not answer."""

from changes.authority import Action, Actor
from changes.clock import Clock
from changes.errors import RequestOver
from changes.ports import Store, Waker
from changes.usecase import UseCase


class GiveUp(UseCase):
    """Nothing is taken back: the worker looks at the till a last time and says what it found."""

    needs = Action.CHANGE_USER

    def __init__(self, store: Store, clock: Clock, waker: Waker) -> None:
        self._store, self._clock, self._waker = store, clock, waker

    async def __call__(self, actor: Actor, request_id: str) -> None:
        """Raises `NotAllowed`, or `RequestOver` where there is nothing to wait for."""
        async with self._store.write() as tx:
            request = await tx.requests.get(request_id)
            if request is None:
                raise RequestOver
            await self.admit(tx, actor, request.shop_id)
            if not await tx.requests.give_up(request_id, self._clock.now()):
                raise RequestOver
        self._waker.wake()
