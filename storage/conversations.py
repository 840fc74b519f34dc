"""aiogram's conversation storage on SQL: JSON, keyed by all six fields of its StorageKey."""

import json
from collections.abc import Mapping
from typing import Any

import structlog
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from sqlalchemy import Insert, and_, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.engine import Database
from storage.tables import conversations

log = structlog.get_logger()

_KEYS = ("bot_id", "chat_id", "user_id", "thread_id", "business_connection_id", "destiny")
#: Given what `_key_values` gives; in an UPDATE a parameter may not have a column's name.
_IS = and_(*(conversations.c[name] == bindparam(f"is_{name}") for name in _KEYS))
_FIND = {column: select(conversations.c[column]).where(_IS) for column in ("state", "data")}
_EMPTY = update(conversations).where(_IS).values(data="{}")
_REMOVE = delete(conversations).where(_IS, conversations.c.state.is_(None))


def _key_values(key: StorageKey) -> dict[str, Any]:
    return {name: getattr(key, name) for name in _KEYS} | {
        "thread_id": key.thread_id or 0,
        "business_connection_id": key.business_connection_id or "",
    }


def _which(key: StorageKey) -> dict[str, Any]:
    return {f"is_{name}": value for name, value in _key_values(key).items()}


def _row(key: StorageKey, **values: Any) -> dict[str, Any]:
    return {"state": None, "data": "{}", **_key_values(key), **values}


def _keep(database: Database, column: str) -> Insert:
    """Another row, or this one column of the row that stands."""
    add = (sqlite.insert if database.is_sqlite else postgresql.insert)(conversations)
    return add.on_conflict_do_update(index_elements=_KEYS, set_={column: add.excluded[column]})


class SqlConversations(BaseStorage):
    """A conversation survives a restart of the bot. An empty conversation has no row."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._keep = {column: _keep(database, column) for column in _FIND}

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        row = _row(key, state=state.state if isinstance(state, State) else state)
        async with self.database.write() as connection:
            await connection.execute(self._keep["state"], row)

    async def get_state(self, key: StorageKey) -> str | None:
        return await self._get(key, "state")

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        await self.set_all({key: data})

    async def set_all(self, changed: Mapping[StorageKey, Mapping[str, Any]]) -> None:
        """Keep several conversations, all or none."""
        rows = {key: json.dumps(data, ensure_ascii=False) for key, data in changed.items()}
        async with self.database.write() as connection:
            for key, data in rows.items():
                if changed[key]:
                    await connection.execute(self._keep["data"], _row(key, data=data))
                else:
                    removed = await connection.execute(_REMOVE, _which(key))
                    if removed.rowcount == 0:
                        await connection.execute(_EMPTY, _which(key))

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
        async with self.database.read() as connection:
            return await connection.scalar(_FIND[column], _which(key))
