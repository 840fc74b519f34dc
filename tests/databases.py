"""Databases for tests: each kind is migrated once, and every test gets a copy of its own."""

import asyncio
import os
import secrets
import shutil
import socket
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from redis import Redis
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from storage.engine import Database
from storage.migrate import migrate

#: The server, and a database of it to connect to; the tests make databases of their own beside it.
POSTGRES = make_url(os.environ.get("TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432/test"))

#: A server for conversations; the keys of a test hold a bot's id of its own.
REDIS = make_url(os.environ.get("TEST_REDIS", "redis://127.0.0.1:6379/9"))


def listens(server: URL, port: int) -> bool:
    try:
        with socket.create_connection((server.host or "127.0.0.1", server.port or port), timeout=2):
            return True
    except OSError:
        return False


async def command(*statements: str) -> None:
    """Run statements that must not stand in a transaction."""
    engine = create_async_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)
    await engine.dispose()


async def _migrated(url: str) -> None:
    database = Database(url)
    await migrate(database)
    await database.close()


def in_own_loop(work: Coroutine[Any, Any, None]) -> None:
    """Wherever the caller's event loop is: in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


def rows_of(url: str, query: str) -> list[tuple[Any, ...]]:
    """What stands in a database of either kind, read beside everything that works with it."""
    found: list[tuple[Any, ...]] = []

    async def read() -> None:
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            found.extend(tuple(row) for row in await connection.exec_driver_sql(query))
        await engine.dispose()

    in_own_loop(read())
    return found


def forget_conversations(bot_id: int) -> None:
    """Take what a bot kept in Redis away."""
    with Redis.from_url(REDIS.render_as_string(hide_password=False)) as redis:
        for name in redis.scan_iter(f"tillkeeper:{bot_id}:*"):
            redis.delete(name)


def _name(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(6)}"


def _url(name: str) -> URL:
    return POSTGRES.set(database=name)


class Databases:
    """Makes databases in `folder` and on the PostgreSQL server; `close` takes the templates away."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._postgres: str | None = None

    @asynccontextmanager
    async def empty(self, kind: str) -> AsyncIterator[str]:
        """The address of a database with nothing in it; `kind` is `sqlite` or `postgres`."""
        if kind == "sqlite":
            yield _sqlite_url(self._folder / f"{_name('empty')}.db")
            return
        name = _name("tillkeeper_empty")
        await command(f"CREATE DATABASE {name}")
        try:
            yield _url(name).render_as_string(hide_password=False)
        finally:
            await command(f"DROP DATABASE {name} WITH (FORCE)")

    @asynccontextmanager
    async def fresh(self, kind: str) -> AsyncIterator[str]:
        """The address of a migrated database with no rows."""
        if kind == "sqlite":
            yield _sqlite_url(self.sqlite_copy())
            return
        if self._postgres is None:
            self._postgres = _name("tillkeeper_template")
            await command(f"CREATE DATABASE {self._postgres}")
            await _migrated(_url(self._postgres).render_as_string(hide_password=False))
        name = _name("tillkeeper_test")
        await command(f"CREATE DATABASE {name} TEMPLATE {self._postgres}")
        try:
            yield _url(name).render_as_string(hide_password=False)
        finally:
            await command(f"DROP DATABASE {name} WITH (FORCE)")

    def sqlite_copy(self, to: Path | None = None) -> Path:
        """A new file with the migrated tables, in the folder or as `to`."""
        template = self._folder / "template.db"
        if not template.exists():
            in_own_loop(_migrated(_sqlite_url(template)))
        return Path(shutil.copy(template, to or self._folder / f"{_name('copy')}.db"))

    def close(self) -> None:
        if self._postgres is not None:
            in_own_loop(command(f"DROP DATABASE {self._postgres} WITH (FORCE)"))


def _sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"
