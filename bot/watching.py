"""The loop that looks at the tills for what was changed there and not through the bot."""

import asyncio
import secrets
from datetime import datetime, timedelta

import structlog

from changes.clock import Clock
from changes.watching import LookedElsewhere, Watch

log = structlog.get_logger()

#: Seconds between looks at the clock.
_BETWEEN = 5.0

#: Shops looked at together.
_AT_ONCE = 4


async def keep_watch(watch: Watch, clock: Clock, every: timedelta) -> None:
    """Look at once, and then each time after so long, until cancelled; `every` of nothing never looks."""
    if not every:
        return
    begun_at: datetime | None = None
    while True:
        now = clock.now()
        # A clock that was set back would keep it waiting for as long as that.
        if begun_at is None or not begun_at <= now < begun_at + every:
            begun_at = now
            await _look_at_all(watch)
        await asyncio.sleep(_BETWEEN)


async def _look_at_all(watch: Watch) -> None:
    places = asyncio.Semaphore(_AT_ONCE)

    async def look(shop_id: int) -> None:
        async with places:
            try:
                await watch.look(shop_id)
            except LookedElsewhere:
                log.info("another process looked at this till", shop=shop_id)
            except Exception:
                # One till, or the database for a while: the others are looked at all the same.
                log.exception("a till could not be looked at", shop=shop_id, error_id=secrets.token_hex(4))

    try:
        shops = await watch.shops()
    except Exception:
        log.exception("the shops to look at could not be read", error_id=secrets.token_hex(4))
        return
    async with asyncio.TaskGroup() as looks:
        for shop_id in shops:
            looks.create_task(look(shop_id))
