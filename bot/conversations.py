"""What aiogram-dialog remembers, as one update sees it: read once, and written once when the update is done.

The library writes after each of its steps; each would be a transaction of its own while the till already waits.
"""

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from aiogram import BaseMiddleware
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from aiogram.types import TelegramObject
from aiogram_dialog.api.entities import stack

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

#: Six letters or digits, as long as the library's own are: they stand in every button, which has 64 bytes.
_IDS = 62**6


def draw_distinct_ids() -> None:
    """Conversations that begin in the same second must not share an id: the library draws from a hundred a second, and
    of two that share one the first is lost.
    """
    stack.new_int_id = lambda: secrets.randbelow(_IDS)


class Kept(Protocol):
    """Where conversations are kept."""

    async def get_data(self, key: StorageKey) -> dict[str, Any]: ...

    async def set_all(self, changed: Mapping[StorageKey, Mapping[str, Any]]) -> None:
        """Keep several conversations; an empty one is forgotten."""
        ...


class OneUpdate(BaseStorage):
    """The updates of a chat are handled one after the other, so nobody else writes meanwhile."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        #: As JSON, so that what a handler does to what it was given is not taken for what is kept.
        self._read: dict[StorageKey, str] = {}
        self._written: dict[StorageKey, str] = {}
        self._over = False

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        if key not in self._written and key not in self._read:
            self._read[key] = json.dumps(await self._kept.get_data(key))
        data: dict[str, Any] = json.loads(self._written.get(key) or self._read[key])
        return data

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Raises `TypeError` for what is not JSON."""
        self._written[key] = json.dumps(data)
        if self._over:
            await self._keep()

    async def end(self) -> None:
        """Keep what has changed. What is written from now on, by who tells of a failure, is kept at once."""
        self._over = True
        await self._keep()

    async def _keep(self) -> None:
        changed = {key: data for key, data in self._written.items() if self._read.get(key) != data}
        if changed:
            await self._kept.set_all({key: json.loads(data) for key, data in changed.items()})
        self._read.update(changed)
        self._written.clear()

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        raise NotImplementedError("aiogram-dialog keeps its state in the data")

    async def get_state(self, key: StorageKey) -> str | None:
        raise NotImplementedError("aiogram-dialog keeps its state in the data")

    async def close(self) -> None:
        """Where it is kept is closed by whoever opened it."""


class Conversations(BaseMiddleware):
    """Where aiogram-dialog finds what it remembers. aiogram's own would read a state that nothing here sets."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        storage = data["fsm_storage"] = OneUpdate(self._kept)
        try:
            return await handler(event, data)
        finally:
            await storage.end()
