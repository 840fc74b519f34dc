"""A process's own connection to PostgreSQL, beside the pool: it hears of work, and the lead hangs on it.

Every process that has a link hears at once when another's transaction made work. One of them leads: it holds a lock
that the server frees when the connection ends, however it ends. The connection must reach the server itself or a
proxy that keeps sessions apart (not one that pools transactions).
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NoReturn

import asyncpg
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage.engine import Database
from storage.repositories.outbox import CHANNEL

#: Advisory lock of two keys: those of one key are the repositories'. "till", 1.
_LEAD = (0x74696C6C, 1)

#: Seconds between signs of life.
_BETWEEN_SIGNS = 1.0
#: Seconds for the server to answer one.
_LONGEST_SILENCE = 5.0
#: Milliseconds after which the server gives up a process that stands still or cannot be reached (PostgreSQL 14).
_SERVER_WAITS = 10_000

#: What the driver raises where the server is away. Internal is its own confusion over a connection that just ended.
_AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)


class LinkLost(Exception):
    """The connection is gone, and the lead with it; or there was none to be had."""


class Link:
    """Of `open_link`."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._lost = asyncio.Event()
        self._has_lock = False
        connection.add_termination_listener(lambda _: self._lost.set())

    @property
    def leads(self) -> bool:
        return self._has_lock and not self._lost.is_set()

    async def lead(self) -> None:
        """Until this process leads. Raises `LinkLost`."""
        while not self._has_lock:
            self._has_lock = await self._ask("SELECT pg_try_advisory_lock($1, $2)", *_LEAD)
            if not self._has_lock:
                await self._pause()

    async def keep(self) -> NoReturn:
        """Keep the connection alive. Raises `LinkLost` once it is not."""
        while True:
            await self._pause()
            await self._ask("SELECT 1")

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(_BETWEEN_SIGNS):
                await self._lost.wait()
        except TimeoutError:
            return

    async def _ask(self, query: str, *values: int) -> Any:
        try:
            return await self._connection.fetchval(query, *values, timeout=_LONGEST_SILENCE)
        except _AWAY as gone:
            # Also what is slow is lost: the server may have given the lead away.
            self._lost.set()
            self._connection.terminate()
            raise LinkLost from gone


@asynccontextmanager
async def open_link(database: Database, heard: Callable[[], None]) -> AsyncIterator[Link]:
    """A link that calls `heard` when work was made, closed when left. Raises `LinkLost` where there is none."""
    engine = create_async_engine(
        database.url,
        hide_parameters=True,
        poolclass=NullPool,
        connect_args={
            "timeout": _LONGEST_SILENCE,
            "server_settings": {"idle_session_timeout": str(_SERVER_WAITS), "application_name": "tillkeeper link"},
        },
    )
    async with AsyncExitStack() as stack:
        try:
            pooled = await stack.enter_async_context(engine.connect())
            connection: Any = (await pooled.get_raw_connection()).driver_connection
            await connection.add_listener(CHANNEL, lambda *_: heard())
        except (SQLAlchemyError, *_AWAY) as away:
            raise LinkLost from away
        # Cut off, not closed in good order: that would wait for a server that may be away.
        stack.callback(connection.terminate)
        yield Link(connection)
