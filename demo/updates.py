"""The updates that wait for the bot, and the long poll that fetches them."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Sequence

from demo.model import Json

#: Telegram keeps an update for a day.
KEPT_SECONDS = 24 * 60 * 60
#: Types that are sent only to a bot that asked for them by name.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class PollTakenOver(Exception):
    """Another getUpdates came while this one waited."""


class UpdateQueue:
    """Updates in order of their id, each kept until a poll's offset has passed it or a day is over.

    `keep` is told of every change that must survive a restart: the update's id, and its record or None.
    """

    def __init__(self, now: Callable[[], float], keep: Callable[[int, Json | None], None]) -> None:
        self._now = now
        self._keep = keep
        self._waiting: dict[int, Json] = {}
        self._next_id = 100_000_000 + secrets.randbelow(100_000_000)
        self._arrived = asyncio.Event()
        self._poll: object | None = None
        self._closed = False
        #: None until the bot said which types it wants.
        self.allowed: list[str] | None = None
        #: The latest updates made, also those the bot has fetched: for assertions and for sending one again.
        self.history: deque[Json] = deque(maxlen=10_000)

    def restore(self, records: dict[int, Json], allowed: list[str] | None, next_id: int | None) -> None:
        """Take up what an earlier run left."""
        self._waiting = dict(sorted(records.items()))
        self.allowed = allowed
        if next_id is not None:
            self._next_id = next_id

    @property
    def next_id(self) -> int:
        return self._next_id

    @property
    def polling(self) -> bool:
        """A poll is waiting right now."""
        return self._poll is not None

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, kind: str, payload: Json) -> Json | None:
        """Queue an update; None if the bot did not ask for this kind."""
        wanted = kind in self.allowed if self.allowed else kind not in ON_REQUEST
        if not wanted:
            return None
        update: Json = {"update_id": self._next_id, kind: payload}
        self._next_id += 1
        record = {"at": self._now(), "update": update}
        self._waiting[update["update_id"]] = record
        self._keep(update["update_id"], record)
        self.history.append(update)
        self._arrived.set()
        return update

    def drop_all(self) -> None:
        for update_id in list(self._waiting):
            self._forget(update_id)

    async def fetch(self, offset: int, limit: int, wait: float) -> Sequence[Json]:
        """Confirm everything below `offset`, then give out up to `limit` updates; wait up to `wait` seconds for one.

        A negative offset keeps only that many of the latest. Raises PollTakenOver when another poll begins:
        Telegram ends the older one.
        """
        poll = object()
        self._poll = poll
        self._arrived.set()
        self._confirm(offset)
        try:
            await self._until_there_is_one(poll, wait)
            return [record["update"] for record in list(self._waiting.values())[:limit]]
        finally:
            if self._poll is poll:
                self._poll = None

    def close(self) -> None:
        """Let a waiting poll go with what there is; for closing down."""
        self._closed = True
        self._arrived.set()

    async def _until_there_is_one(self, poll: object, wait: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait
        while not self._waiting and (left := deadline - loop.time()) > 0:
            self._arrived.clear()
            try:
                async with asyncio.timeout(left):
                    await self._arrived.wait()
            except TimeoutError:
                return
            if self._closed:
                return
            if self._poll is not poll:
                raise PollTakenOver

    def _confirm(self, offset: int) -> None:
        ids = list(self._waiting)
        old = self._now() - KEPT_SECONDS
        below = ids[:offset] if offset < 0 else [update_id for update_id in ids if update_id < offset]
        for update_id in ids:
            if update_id in below or self._waiting[update_id]["at"] < old:
                self._forget(update_id)

    def _forget(self, update_id: int) -> None:
        del self._waiting[update_id]
        self._keep(update_id, None)
