"""The loop that cleans up: what expired or a wrong clock put off soon, old rows now and then."""

import asyncio
import secrets

import structlog

from changes.housekeeping import Housekeeping

log = structlog.get_logger()

#: Seconds between looks at expired proposals: their PINs are gone about so soon.
_BETWEEN = 30.0
#: Old messages and snapshots are looked for at each look of this number: hourly.
_EVERY = 120


async def keep_house(housekeeping: Housekeeping) -> None:
    """Until cancelled."""
    look = 0
    while True:
        try:
            await housekeeping.end_proposals()
            await housekeeping.bring_back()
            if look % _EVERY == 0:
                await housekeeping.forget_messages()
                await housekeeping.forget_snapshots()
        except Exception:
            # The database may be away for a while.
            log.exception("cleaning up failed", error_id=secrets.token_hex(4))
        look += 1
        await asyncio.sleep(_BETWEEN)
