"""Whether the bot is there: it is while it polls, and for a minute after."""

import asyncio

from demo.hub import News
from demo.state import State

#: Seconds without a poll after which the bot counts as gone; longer than Telegram's longest poll.
GONE_AFTER = 60.0


class Presence:
    """Watches the polls; tells `{"type": "bot"}` when the answer changes."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.online = False

    def died(self) -> None:
        """The bot's process has ended: it is gone at once."""
        self._set(False)

    async def watch(self) -> None:
        """Runs for as long as the server."""
        loop = asyncio.get_running_loop()
        with self._state.hub.listen() as news:
            gone_at = loop.time() + GONE_AFTER
            while True:
                try:
                    async with asyncio.timeout_at(gone_at):
                        polled = (await news.get()).type == "poll"
                except TimeoutError:
                    polled = False
                    self._set(self._state.updates.polling)
                    gone_at = loop.time() + GONE_AFTER
                if polled:
                    self._set(True)
                    gone_at = loop.time() + GONE_AFTER

    def _set(self, online: bool) -> None:
        if online != self.online:
            self.online = online
            self._state.hub.tell(News("bot", body={"online": online}))
