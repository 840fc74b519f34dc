"""aiogram's conversation storage on SQL."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import StorageKey
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from storage.conversations import SqlConversations
from storage.engine import Database
from storage.tables import conversations
from tests.databases import Databases

KEY = StorageKey(bot_id=1, chat_id=2, user_id=3, thread_id=4, business_connection_id="five", destiny="six")
OTHERS = [
    replace(KEY, bot_id=9),
    replace(KEY, chat_id=-1_002_000_000_000),
    replace(KEY, user_id=9),
    replace(KEY, thread_id=None),
    replace(KEY, thread_id=9),
    replace(KEY, business_connection_id=None),
    replace(KEY, business_connection_id="nine"),
    replace(KEY, destiny="default"),
]


class Group(StatesGroup):
    first = State()


async def rows(database: Database) -> int:
    async with database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(conversations)) or 0


async def test_each_field_of_the_key_tells_conversations_apart(database: Database) -> None:
    storage = SqlConversations(database)
    for number, key in enumerate([KEY, *OTHERS]):
        await storage.set_state(key, f"state-{number}")
        await storage.set_data(key, {"number": number})
    for number, key in enumerate([KEY, *OTHERS]):
        assert await storage.get_state(key) == f"state-{number}"
        assert await storage.get_data(key) == {"number": number}
    assert await rows(database) == len(OTHERS) + 1


async def test_a_conversation_survives_reopening(databases: Databases, database_kind: str) -> None:
    data: dict[str, Any] = {"名字": "陈晓雨 🍵", "list": [1, None, {"a": True}], "big": 2**53, "<b>": "\u202e"}
    async with databases.fresh(database_kind) as url:
        for turn in ("write", "read"):
            database = Database(url)
            storage = SqlConversations(database)
            if turn == "write":
                await storage.set_state(KEY, Group.first)
                await storage.set_data(KEY, data)
            else:
                assert await storage.get_state(KEY) == "Group:first"
                assert await storage.get_data(KEY) == data
            await storage.close()
            await database.close()


async def test_only_json_is_taken_and_what_stood_stays(database: Database) -> None:
    storage = SqlConversations(database)
    await storage.set_data(KEY, {"kept": 1})
    for unfit in ({"object": object()}, {"set": {1}}, {"bytes": b"x"}):
        with pytest.raises(TypeError):
            await storage.set_data(KEY, unfit)
    assert await storage.get_data(KEY) == {"kept": 1}


async def test_nothing_is_known_of_a_conversation_that_never_was(database: Database) -> None:
    storage = SqlConversations(database)
    assert await storage.get_state(KEY) is None
    assert await storage.get_data(KEY) == {}
    assert await storage.get_value(KEY, "any", "default") == "default"


async def test_state_and_data_do_not_touch_each_other(database: Database) -> None:
    storage = SqlConversations(database)
    await storage.set_state(KEY, Group.first)
    await storage.set_data(KEY, {"a": 1})
    await storage.set_data(KEY, {})
    assert await storage.get_state(KEY) == "Group:first"
    assert await storage.get_data(KEY) == {}
    await storage.set_data(KEY, {"a": 1})
    await storage.set_state(KEY, None)
    assert await storage.get_data(KEY) == {"a": 1}
    await storage.set_data(KEY, {})
    assert await rows(database) == 0


async def test_writes_at_once_leave_one_of_them_whole(database: Database) -> None:
    storage = SqlConversations(database)
    await asyncio.gather(*(storage.set_data(KEY, {"n": n, "again": [n] * 50}) for n in range(30)))
    data = await storage.get_data(KEY)
    assert data["again"] == [data["n"]] * 50
    assert await rows(database) == 1


@pytest.mark.parametrize("broken", ["", "{", "[1]", "null", '"text"'])
async def test_what_cannot_be_read_is_forgotten(database: Database, broken: str) -> None:
    storage = SqlConversations(database)
    await storage.set_data(KEY, {"a": 1})
    async with database.write() as connection:
        await connection.execute(update(conversations).values(data=broken))
    assert await storage.get_data(KEY) == {}


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(st.dictionaries(_TEXT, _JSON, max_size=4), max_size=5))
@settings(max_examples=30)
def test_any_json_comes_back_as_it_was(databases: Databases, turns: list[dict[str, Any]]) -> None:
    async def there_and_back() -> None:
        database = Database(f"sqlite+aiosqlite:///{databases.sqlite_copy()}")
        storage = SqlConversations(database)
        for data in turns:
            await storage.set_data(KEY, data)
            assert await storage.get_data(KEY) == data
        await database.close()

    asyncio.run(there_and_back())
