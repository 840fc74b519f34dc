"""aiogram's conversation storage on SQL: JSON, keyed by all six fields of its StorageKey."""

import json
from collections.abc import Mapping
from typing import Any

import structlog
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.engine import Database
from storage.tables import conversations

log = structlog.get_logger()


def _key_values(key: StorageKey) -> dict[str, Any]:
    return {
        "bot_id": key.bot_id,
        "chat_id": key.chat_id,
        "user_id": key.user_id,
        "thread_id": key.thread_id or 0,
        "business_connection_id": key.business_connection_id or "",
        "destiny": key.destiny,
    }


def _is(key: StorageKey) -> ColumnElement[bool]:
    return and_(*(conversations.c[name] == value for name, value in _key_values(key).items()))


class SqlConversations(BaseStorage):
    """A conversation survives a restart of the bot. An empty conversation has no row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        await self._keep(key, "state", state.state if isinstance(state, State) else state)

    async def get_state(self, key: StorageKey) -> str | None:
        return await self._get(key, "state")

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        if data:
            await self._keep(key, "data", json.dumps(data, ensure_ascii=False))
        elif await self.get_state(key) is not None:
            await self._keep(key, "data", "{}")
        else:
            async with self._database.write() as connection:
                await connection.execute(delete(conversations).where(_is(key)))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """Empty where it cannot be read: to be forgotten strands nobody, to fail at every press would."""
        try:
            data = json.loads(await self._get(key, "data") or "{}")
        except ValueError:
            log.warning("a conversation cannot be read", chat_id=key.chat_id, destiny=key.destiny)
            return {}
        return data if isinstance(data, dict) else {}

    async def close(self) -> None:
        """The database is closed by whoever opened it."""

    async def _get(self, key: StorageKey, column: str) -> str | None:
        async with self._database.read() as connection:
            return await connection.scalar(select(conversations.c[column]).where(_is(key)))

    async def _keep(self, key: StorageKey, column: str, value: str | None) -> None:
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        row = {"state": None, "data": "{}", **_key_values(key), column: value}
        keys = list(_key_values(key))
        statement = insert(conversations).values(row).on_conflict_do_update(index_elements=keys, set_={column: value})
        async with self._database.write() as connection:
            await connection.execute(statement)
