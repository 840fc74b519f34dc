"""aiogram's conversation storage on SQL and on Redis."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import BaseStorage, StorageKey
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.exceptions import RedisError
from sqlalchemy import func, select, update

from storage.conversations import SqlConversations
from storage.engine import Database
from storage.redis_conversations import KEPT, RedisConversations
from storage.tables import conversations
from tests.databases import REDIS, Databases

#: Redis is one for all tests: the bot's id tells them apart.
KEY = StorageKey(
    bot_id=secrets.randbits(50), chat_id=2, user_id=3, thread_id=4, business_connection_id="five", destiny="six"
)
OTHERS = [
    replace(KEY, bot_id=KEY.bot_id + 1),
    replace(KEY, chat_id=-1_002_000_000_000),
    replace(KEY, user_id=9),
    replace(KEY, thread_id=None),
    replace(KEY, thread_id=9),
    replace(KEY, business_connection_id=None),
    replace(KEY, business_connection_id="nine"),
    replace(KEY, destiny="default"),
]


@dataclass
class Place:
    """Where conversations are kept; `url` is of a database or of Redis."""

    url: str

    @asynccontextmanager
    async def open(self) -> AsyncIterator[BaseStorage]:
        if self.url.startswith("redis:"):
            redis = RedisConversations(self.url)
            yield redis
            await redis.close()
        else:
            database = Database(self.url)
            yield SqlConversations(database)
            await database.close()

    async def count(self) -> int:
        """How many conversations, of all that tests keep here."""
        async with self.open() as storage:
            if isinstance(storage, RedisConversations):
                return len({name.rpartition(b":")[0] for name in await self._names(storage)})
            assert isinstance(storage, SqlConversations)
            async with storage.database.read() as connection:
                return await connection.scalar(select(func.count()).select_from(conversations)) or 0

    async def put(self, data: str) -> None:
        """Another text in place of the data of every conversation."""
        async with self.open() as storage:
            if isinstance(storage, RedisConversations):
                for name in await self._names(storage, b"*:data"):
                    await storage.redis.set(name, data)
                return
            assert isinstance(storage, SqlConversations)
            async with storage.database.write() as connection:
                await connection.execute(update(conversations).values(data=data))

    async def clear(self) -> None:
        async with self.open() as storage:
            if isinstance(storage, RedisConversations):
                for name in await self._names(storage):
                    await storage.redis.delete(name)

    async def _names(self, storage: RedisConversations, ending: bytes = b"*") -> list[bytes]:
        return [
            name
            for bot_id in (KEY.bot_id, KEY.bot_id + 1)
            async for name in storage.redis.scan_iter(b"tillkeeper:%d:%s" % (bot_id, ending))
        ]


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgres", marks=pytest.mark.postgres),
        pytest.param("redis", marks=pytest.mark.redis),
    ]
)
async def place(request: pytest.FixtureRequest, databases: Databases) -> AsyncIterator[Place]:
    if request.param == "redis":
        redis = Place(REDIS.render_as_string(hide_password=False))
        yield redis
        await redis.clear()
    else:
        async with databases.fresh(request.param) as url:
            yield Place(url)


@pytest.fixture
async def storage(place: Place) -> AsyncIterator[BaseStorage]:
    async with place.open() as opened:
        yield opened


class Group(StatesGroup):
    first = State()


async def test_each_field_of_the_key_tells_conversations_apart(place: Place, storage: BaseStorage) -> None:
    for number, key in enumerate([KEY, *OTHERS]):
        await storage.set_state(key, f"state-{number}")
        await storage.set_data(key, {"number": number})
    for number, key in enumerate([KEY, *OTHERS]):
        assert await storage.get_state(key) == f"state-{number}"
        assert await storage.get_data(key) == {"number": number}
    assert await place.count() == len(OTHERS) + 1


async def test_a_conversation_survives_reopening(place: Place) -> None:
    data: dict[str, Any] = {"名字": "陈晓雨 🍵", "list": [1, None, {"a": True}], "big": 2**53, "<b>": "\u202e"}
    async with place.open() as storage:
        await storage.set_state(KEY, Group.first)
        await storage.set_data(KEY, data)
    async with place.open() as storage:
        assert await storage.get_state(KEY) == "Group:first"
        assert await storage.get_data(KEY) == data


async def test_only_json_is_taken_and_what_stood_stays(place: Place, storage: BaseStorage) -> None:
    await storage.set_data(KEY, {"kept": 1})
    for unfit in ({"object": object()}, {"set": {1}}, {"bytes": b"x"}):
        with pytest.raises(TypeError):
            await storage.set_data(KEY, unfit)
    assert await storage.get_data(KEY) == {"kept": 1}


async def test_nothing_is_known_of_a_conversation_that_never_was(place: Place, storage: BaseStorage) -> None:
    assert await storage.get_state(KEY) is None
    assert await storage.get_data(KEY) == {}
    assert await storage.get_value(KEY, "any", "default") == "default"


async def test_state_and_data_do_not_touch_each_other(place: Place, storage: BaseStorage) -> None:
    await storage.set_state(KEY, Group.first)
    await storage.set_data(KEY, {"a": 1})
    await storage.set_data(KEY, {})
    assert await storage.get_state(KEY) == "Group:first"
    assert await storage.get_data(KEY) == {}
    await storage.set_data(KEY, {"a": 1})
    await storage.set_state(KEY, None)
    assert await storage.get_data(KEY) == {"a": 1}
    await storage.set_data(KEY, {})
    assert await place.count() == 0


async def test_writes_at_once_leave_one_of_them_whole(place: Place, storage: BaseStorage) -> None:
    await asyncio.gather(*(storage.set_data(KEY, {"n": n, "again": [n] * 50}) for n in range(30)))
    data = await storage.get_data(KEY)
    assert data["again"] == [data["n"]] * 50
    assert await place.count() == 1


@pytest.mark.parametrize("broken", ["", "{", "[1]", "null", '"text"'])
async def test_what_cannot_be_read_is_forgotten(place: Place, storage: BaseStorage, broken: str) -> None:
    await storage.set_data(KEY, {"a": 1})
    await place.put(broken)
    assert await storage.get_data(KEY) == {}


@pytest.mark.redis
async def test_in_redis_a_conversation_ends_by_itself_so_long_after_it_was_last_touched() -> None:
    place = Place(REDIS.render_as_string(hide_password=False))
    async with place.open() as storage:
        assert isinstance(storage, RedisConversations)
        for _ in ("begun", "gone on with"):
            await storage.set_state(KEY, Group.first)
            await storage.set_data(KEY, {"a": 1})
            for part in ("state", "data"):
                name = storage.key_builder.build(KEY, part)
                left = timedelta(seconds=await storage.redis.ttl(name))
                assert KEPT - timedelta(minutes=1) < left <= KEPT
                await storage.redis.expire(name, 60)
    await place.clear()


async def test_where_redis_is_away_it_fails_within_the_patience_of_an_update() -> None:
    async with Place("redis://127.0.0.1:1/0").open() as storage, asyncio.timeout(10):
        with pytest.raises(RedisError):
            await storage.get_data(KEY)


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
