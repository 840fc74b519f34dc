"""Brings what changed in the state into the storage."""

import asyncio

from demo.model import StoredFile
from demo.state import State
from demo.storage import Storage


class Keeper:
    """Saves in the order of the changes; whoever has awaited `save` may tell others that it is done."""

    def __init__(self, state: State, storage: Storage) -> None:
        self.state = state
        self.storage = storage
        self._turn = asyncio.Lock()

    async def save(self) -> None:
        async with self._turn:
            changes, files = self.state.take_unsaved()
            if changes or files:
                await self.storage.save(changes, files)

    async def content(self, file: StoredFile) -> bytes:
        """The bytes of a file. Raises LookupError if they are gone."""
        content = self.state.unsaved_file(file.id)
        if content is None:
            # A save under way has taken the file, and the storage has it only afterwards.
            async with self._turn:
                content = await self.storage.file(file.id)
        if content is None:
            raise LookupError(file.path)
        return content
