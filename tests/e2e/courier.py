"""Telegram's side of a webhook with one connection: each update again until it is answered with 200, then the next."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import cycle

import aiohttp

from bot.webhook import SECRET_HEADER
from demo.model import Json
from demo.server import Telegram

_TRIED_AGAIN = 0.1


class Courier:
    """Delivers to one address after another, as a balancer would."""

    def __init__(self, telegram: Telegram, addresses: list[str], secret: str) -> None:
        self._updates = telegram.world.updates
        self._addresses = cycle(addresses)
        self._secret = secret
        #: Deliveries that nobody answered with 200.
        self.again = 0
        #: The address that an update was last brought to.
        self.last = ""

    async def run(self) -> None:
        """Until cancelled."""
        offset = 0
        async with aiohttp.ClientSession(headers={SECRET_HEADER: self._secret}) as session:
            while True:
                for update in await self._updates.fetch(offset, 1, 1):
                    while not await self._brought(session, update):
                        self.again += 1
                        await asyncio.sleep(_TRIED_AGAIN)
                    offset = update["update_id"] + 1

    async def _brought(self, session: aiohttp.ClientSession, update: Json) -> bool:
        self.last = next(self._addresses)
        try:
            async with session.post(self.last, json=update) as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


@asynccontextmanager
async def delivering(telegram: Telegram, addresses: list[str], secret: str) -> AsyncIterator[Courier]:
    courier = Courier(telegram, addresses, secret)
    task = asyncio.create_task(courier.run())
    try:
        yield courier
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
