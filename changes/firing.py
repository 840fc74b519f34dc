"""A scheduled change whose time has come: it begins, waits for its turn, or is asked about because it is too late."""

from datetime import timedelta

from changes.held import Held, post
from changes.life import State
from changes.recording import missed
from changes.request import TRIED_FOR

#: How often a change looks whether the one before it has ended.
TURN = timedelta(seconds=10)

#: The result of a change that waits until another one of its user has ended.
WAITS_ITS_TURN = "turn"

#: The result of a change that is later than the shop's limit: it waits for the owner's word.
MISSED = "missed"

#: The result of a temporary change that was to have ended before it could begin.
OVER = "over"


async def begin(held: Held) -> bool:
    """Whether the change begins now: then it is confirmed, and still held."""
    request, now = held.request, held.clock.now()
    if request.until is not None and request.until <= now:
        await held.finish(State.FAILED, OVER)
        return False
    async with held.writing() as tx:
        shop = await tx.shops.get(request.shop_id)
        limit = None if shop is None or shop.late_limit is None else timedelta(minutes=shop.late_limit)
        if request.due_at is not None and limit is not None and now - request.due_at > limit:
            await held.move(tx, State.SCHEDULED, result=MISSED, next_at=None, lease_owner=None)
            await post(tx, held.request, missed(held.request), held.clock)
            return False
        if await tx.requests.busy(request.shop_id, request.terminal.id, request.user.id):
            waits = {"next_at": now + TURN, "lease_owner": None}
            await held.move(tx, State.SCHEDULED, result=WAITS_ITS_TURN, **waits)
            return False
        await held.move(tx, State.CONFIRMED, result="", next_at=now, expires_at=now + TRIED_FOR, attempts=1)
    return True
