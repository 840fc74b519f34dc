"""The outgoing queue at work on a bench, against a Telegram of its own; it can be killed and started again."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiogram import Bot
from sqlalchemy import select

from bot.assembly import open_bot
from bot.outgoing import Outgoing
from bot.pacing import UNLIMITED, Limits, Pacing
from bot.settings import Settings
from bot.turns import Turns
from bot.wake import Wake
from changes.ports import Notice, Store, Transaction
from demo.model import Message, Part, Person
from demo.server import Telegram, serve
from demo.state import Clock
from locales import Locales
from storage.repositories.outbox import SqlOutbox
from storage.tables import outbox
from tests.changes.bench import Bench

#: No test waits longer for what must come.
PATIENCE = 10


_TEXTS = Locales("en").of("en")


def text_of(key: str) -> str:
    """A text without variables, as it stands in a chat."""
    return re.sub(r"<[^>]+>", "", _TEXTS.html(key))


@dataclass
class Dying:
    """A store that lets `writes` more transactions begin; at the next one the process stands still, to be killed."""

    store: Store
    writes: int
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        return self.store.read()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        if self.writes == 0:
            self.reached.set()
            await asyncio.Event().wait()
        self.writes -= 1
        async with self.store.write() as tx:
            yield tx


@dataclass
class Post:
    bench: Bench
    telegram: Telegram
    bot: Bot
    owner: Person
    pacing: Pacing
    wake: Wake = field(default_factory=Wake)
    _running: asyncio.Task[None] | None = None

    def start(self, store: Store | None = None) -> None:
        kept = store or self.bench.store
        outgoing = Outgoing(self.bot, kept, Locales("en"), self.bench.clock, self.wake, self.pacing)
        self._running = asyncio.create_task(outgoing.run())

    async def kill(self) -> None:
        """It does not get to do anything more."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
            self._running = None

    async def killed_after(self, writes: int) -> None:
        """It works until it has written so often, and is killed before it writes again."""
        dying = Dying(self.bench.store, writes)
        self.start(dying)
        async with asyncio.timeout(PATIENCE):
            await dying.reached.wait()
        await self.kill()

    async def settle(self) -> None:
        """Until nothing is due at this moment of the hand-turned clock."""
        if self._running is None:
            # As a process does that is alone: what another claimed before it was killed is due.
            async with self.bench.store.write() as tx:
                await tx.outbox.release_all(self.bench.clock.now())
            self.start()
        async with asyncio.timeout(PATIENCE):
            while await self._busy():
                self.wake.wake()
                await asyncio.sleep(0.01)

    async def _busy(self) -> bool:
        """Whether something is due, or claimed and neither done nor put off."""
        claimed = select(outbox.c.id).where(
            outbox.c.ended_at.is_(None), outbox.c.attempts > 0, outbox.c.error.is_(None)
        )
        async with self.bench.database.read() as connection:
            due = await SqlOutbox(connection).due(self.bench.clock.now(), 1)
            return bool(due or (await connection.execute(claimed)).first())

    async def turn(self, seconds: float) -> None:
        """Time passes, and what is due then is delivered."""
        self.bench.clock.turn(seconds=seconds)
        await self.settle()

    async def put(self, *notices: Notice) -> None:
        async with self.bench.store.write() as tx:
            for notice in notices:
                await tx.outbox.put(notice, self.bench.clock.now())

    async def entry(self) -> str:
        """How the newest entry of the audit is known in a message."""
        return (await self.bench.entries())[-1].short_hash

    def said(self, containing: str = "") -> list[Message]:
        """The bot's messages that stand in the owner's chat."""
        return self.telegram.world.from_bot(self.owner.id, containing=containing)


@asynccontextmanager
async def post_on(bench: Bench, limits: Limits = UNLIMITED, telegrams: Clock | None = None) -> AsyncIterator[Post]:
    """The owner's chat has begun; nothing is queued yet and nothing runs. Telegram has the bench's clock or its own."""
    async with serve(clock=telegrams or bench.clock.now) as telegram:
        owner = telegram.world.add_person("Boss Lin", Part.OWNER, person_id=bench.owner.person_id)
        telegram.world.send_text(owner, "/start")
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            bot_token=telegram.token,  # type: ignore[arg-type]
            bot_api_base=telegram.url,
        )
        bot, pacing = open_bot(settings), Pacing(limits)
        bot.session.middleware(Turns(pacing))
        async with bot.context(auto_close=True):
            post = Post(bench, telegram, bot, owner, pacing)
            try:
                yield post
            finally:
                await post.kill()
