"""The running bot: polling, the worker and the outgoing queue, until a signal."""

import asyncio
import gc
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import structlog

from bot.assembly import Parts, make_dispatcher, open_bot, open_parts
from bot.housekeeping import keep_house
from bot.lock import only_process
from bot.outgoing import Outgoing
from bot.polling import Polling
from bot.profile import keep_profile
from bot.settings import Settings
from bot.worker import Worker
from changes.clock import Clock
from changes.housekeeping import Housekeeping
from storage.migrate import is_current, migrate

log = structlog.get_logger()


class NotMigrated(Exception):
    """The database is not at the newest revision, and only SQLite is migrated by itself."""


async def run(settings: Settings, clock: Clock | None = None) -> None:
    """Run until SIGINT or SIGTERM. Raises `AlreadyRunning`, `NotMigrated`, `TokenRefused` or `ValueError`."""
    async with open_parts(settings, clock) as parts:
        database = parts.database
        file = database.url.database if database.is_sqlite else None
        with only_process(Path(file)) if file else nullcontext():
            await _make_ready(parts)
            await _serve(parts)


async def _make_ready(parts: Parts) -> None:
    if parts.database.is_sqlite:
        await migrate(parts.database)
        # Alone on the database: whatever is leased was leased by a process that is gone.
        async with parts.store.write() as tx:
            await tx.requests.release_all(parts.clock.now())
            await tx.outbox.release_all(parts.clock.now())
    elif not await is_current(parts.database):
        raise NotMigrated("the database is not migrated: run `python -m bot migrate`")


async def _serve(parts: Parts) -> None:
    bot = open_bot(parts.settings)
    async with bot.context(auto_close=True):
        loops = (
            Polling(bot, make_dispatcher(parts), parts.strangers.admit).run(),
            Worker(parts.applying, parts.clock, parts.wake).run(),
            Outgoing(bot, parts.store, parts.locales, parts.clock, parts.wake).run(),
            keep_house(Housekeeping(parts.store, parts.clock)),
            keep_profile(bot, parts.locales, parts.settings.default_locale),
        )
        # aiogram leaves some 180,000 objects that stay; without them a full collection stops nobody.
        gc.collect()
        gc.freeze()
        log.info("the bot is running")
        await _until_signal(loops)
        log.info("the bot has stopped")


async def _until_signal(loops: tuple[Coroutine[Any, Any, None], ...]) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(loop) for loop in loops]
        with _on_signal(lambda: [task.cancel() for task in tasks]):
            await asyncio.wait(tasks)


@contextmanager
def _on_signal(stop: Callable[[], object]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop)
    try:
        yield
    finally:
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(name)
