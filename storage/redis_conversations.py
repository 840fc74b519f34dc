"""Conversations in Redis, for several processes: aiogram's own storage, keyed and read as the one on SQL."""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from aiogram.fsm.storage.base import DefaultKeyBuilder, StorageKey
from aiogram.fsm.storage.redis import RedisStorage
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import TimeoutError as TookTooLong

log = structlog.get_logger()

#: After the last press. A conversation holds no more than how far somebody came with a change not yet proposed, and
#: a proposal ends after minutes; whoever presses an older button is shown the menu. Without an end Redis only grows.
KEPT = timedelta(days=30)

_LONGEST_ANSWER = 2.0
#: With pauses of 0.1, 0.2, 0.4, 0.8 and 1 s in between a restart of Redis goes by unnoticed.
_TRIES_MORE = 5


class RedisConversations(RedisStorage):
    """Raises `redis.exceptions.RedisError` where Redis is away for longer than some seconds."""

    def __init__(self, url: str) -> None:
        """Connects at the first use. Raises `ValueError` where it is no address of a Redis."""
        away = [NotConnected, TookTooLong]
        redis = Redis.from_url(
            url,
            socket_timeout=_LONGEST_ANSWER,
            socket_connect_timeout=_LONGEST_ANSWER,
            retry=Retry(ExponentialBackoff(cap=1.0, base=0.05), _TRIES_MORE),
            retry_on_error=away,
        )
        keys = DefaultKeyBuilder(
            prefix="tillkeeper", with_bot_id=True, with_business_connection_id=True, with_destiny=True
        )
        super().__init__(redis, keys, KEPT, KEPT, json_dumps=partial(json.dumps, ensure_ascii=False))

    async def set_all(self, changed: Mapping[StorageKey, Mapping[str, Any]]) -> None:
        """Keep several conversations, one after the other: of two halves none strands anybody."""
        for key, data in changed.items():
            await self.set_data(key, data)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """Empty where it cannot be read: to be forgotten strands nobody, to fail at every press would."""
        try:
            data = await super().get_data(key)
        except ValueError:
            log.warning("a conversation cannot be read", chat_id=key.chat_id, destiny=key.destiny)
            return {}
        return data if isinstance(data, dict) else {}
