"""The running bot: polling or the webhook, the worker and the outgoing queue, until a signal."""

import asyncio
import gc
import signal
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import structlog
from aiogram import Bot, Dispatcher

from bot.assembly import Parts, make_dispatcher, open_bot, open_parts
from bot.housekeeping import keep_house
from bot.lead import Duties, Lead
from bot.lock import only_process
from bot.outgoing import Outgoing
from bot.pacing import TELEGRAM, Limits, Pacing
from bot.polling import Polling
from bot.profile import keep_profile
from bot.settings import Settings
from bot.turns import Turns
from bot.updates import Updates
from bot.watching import keep_watch
from bot.webhook import Webhook, keep_webhook
from bot.worker import Worker
from changes.clock import Clock
from changes.housekeeping import Housekeeping
from storage.migrate import is_current, migrate

log = structlog.get_logger()


class NotMigrated(Exception):
    """The database is not at the newest revision, and only SQLite is migrated by itself."""


class WorksAlone(Exception):
    """On SQLite there is nothing for a second process to do."""


async def run(settings: Settings, clock: Clock | None = None, limits: Limits = TELEGRAM) -> None:
    """Run until SIGINT or SIGTERM.

    Raises `AlreadyRunning`, `NotMigrated`, `TokenRefused`, `CannotListen` or `ValueError`.
    """
    async with open_parts(settings, clock) as parts:
        database = parts.database
        file = database.url.database if database.is_sqlite else None
        with only_process(Path(file)) if file else nullcontext():
            await _make_ready(parts)
            await _serve(parts, Pacing(limits))


async def work(settings: Settings) -> None:
    """Only apply changes, beside processes that also hear and send. Raises `NotMigrated`, `WorksAlone`."""
    async with open_parts(settings) as parts:
        if parts.database.is_sqlite:
            raise WorksAlone("on SQLite one process does everything: a worker beside it needs PostgreSQL")
        await _make_ready(parts)
        worker = Worker(parts.applying, parts.clock, parts.wake)
        await _until_signal([worker.run(), Lead(parts.database, parts.wake).run(None)])


async def _make_ready(parts: Parts) -> None:
    if parts.database.is_sqlite:
        await migrate(parts.database)
        # Alone on the database: whatever is leased was leased by a process that is gone.
        async with parts.store.write() as tx:
            await tx.requests.release_all(parts.clock.now())
            await tx.outbox.release_all(parts.clock.now())
    elif not await is_current(parts.database):
        raise NotMigrated("the database is not migrated: run `python -m bot migrate`")


async def _serve(parts: Parts, pacing: Pacing) -> None:
    bot, dispatcher = open_bot(parts.settings), make_dispatcher(parts)
    bot.session.middleware(Turns(pacing))
    async with bot.context(auto_close=True):
        lead = None if parts.database.is_sqlite else Lead(parts.database, parts.wake)
        duties = _duties(bot, dispatcher, parts, pacing, lead)
        loops = [
            Worker(parts.applying, parts.clock, parts.wake).run(),
            lead.run(duties) if lead else duties(),
        ]
        if parts.settings.webhook_url:
            loops.append(Webhook(Updates(bot, dispatcher, parts.strangers.admit), parts.settings).run())
        # aiogram leaves some 180,000 objects that stay; without them a full collection stops nobody.
        gc.collect()
        gc.freeze()
        await _until_signal(loops)


def _duties(bot: Bot, dispatcher: Dispatcher, parts: Parts, pacing: Pacing, lead: Lead | None) -> Duties:
    """What one process does for all. The queue is one for all terms: it knows what it could not record yet."""
    outgoing = Outgoing(bot, parts.store, parts.locales, parts.clock, parts.wake, pacing)

    def hear() -> Coroutine[Any, Any, None]:
        if parts.settings.webhook_url:
            return keep_webhook(bot, parts.settings)
        return Polling(bot, dispatcher, parts.strangers.admit, *((lead.held,) if lead else ())).run()

    async def serve() -> None:
        async with asyncio.TaskGroup() as group:
            for duty in (
                hear(),
                outgoing.run(),
                keep_house(Housekeeping(parts.store, parts.clock, parts.settings.snapshots_kept)),
                keep_watch(parts.watch, parts.clock, parts.settings.drift_every),
                keep_profile(bot, parts.locales, parts.settings.default_locale),
            ):
                group.create_task(duty)

    return serve


async def _until_signal(loops: Iterable[Coroutine[Any, Any, None]]) -> None:
    log.info("the bot is running")
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(loop) for loop in loops]
        with _on_signal(lambda: [task.cancel() for task in tasks]):
            await asyncio.wait(tasks)
    log.info("the bot has stopped")


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
