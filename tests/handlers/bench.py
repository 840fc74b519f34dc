"""The bot without a network: shops, tills, owners."""

import json
import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode
from aiogram.fsm.storage.base import StorageKey
from cryptography.fernet import Fernet
from redis import Redis

from bot.assembly import Parts, make_dispatcher, open_parts
from bot.settings import Settings
from changes.authority import Actor, ChatKind
from changes.backend import Backend
from changes.claiming import AddShop, MakeClaim, NewClaim
from changes.life import State
from changes.till import Role
from pos.embedded.till import NewTerminal, NewUser, Till
from storage.migrate import migrate
from storage.redis_conversations import RedisConversations
from tests.clock import HandClock
from tests.databases import rows_of
from tests.handlers.chat import Chat, Session, Windows
from tests.handlers.person import Person
from tests.pos.bench import FIRST_PIN, QUICK

ZONE = "Asia/Shanghai"
#: The name of a bench's SQLite file.
FILE = "tillkeeper.db"
TERMINAL = "Front 前台"

CASHIER = NewUser("01", "陈晓雨", Role.CASHIER, FIRST_PIN)
MANAGER = NewUser("91", "Grace Liu", Role.MANAGER, FIRST_PIN)
PLAN = (
    NewTerminal(TERMINAL, (CASHIER, MANAGER)),
    NewTerminal("Bar 吧台", (NewUser("01", "Ana", Role.CASHIER, FIRST_PIN),)),
)

#: For tests that run on PostgreSQL and Redis too.
EVERYWHERE = pytest.mark.parametrize(
    "bench", ["sqlite", pytest.param("scaled", marks=[pytest.mark.postgres, pytest.mark.redis])], indirect=True
)


@dataclass(frozen=True, slots=True)
class Bench:
    folder: Path
    clock: HandClock
    parts: Parts
    chat: Chat
    bot: Bot

    @property
    def database(self) -> Path:
        """On SQLite alone."""
        return self.folder / FILE

    def till_file(self, name: str) -> Path:
        return self.folder / f"{name}.till.db"

    def till(self, name: str = "Tea House") -> Till:
        """The till of the shop with this name, to be opened."""
        return Till(self.till_file(name), hasher=QUICK)

    async def shop(self, name: str = "Tea House", plan: tuple[NewTerminal, ...] = PLAN) -> NewClaim:
        """A new shop with its till, and the claim for its owner."""
        async with self.till(name) as till:
            await till.furnish(plan)
        add = AddShop(self.parts.store, self.clock)
        return await add(name, ZONE, "embedded", {"path": str(self.till_file(name))})

    async def lend(self, shop_id: int, around: Callable[[Backend], Backend]) -> None:
        """From now on the shop's till is what `around` makes of it."""
        till = await self.parts.tills.of(shop_id)
        self.parts.tills._open[shop_id].backend = around(till)

    def person(self, person_id: int = 77, language_code: str | None = "en", locale: str = "en") -> Person:
        """Someone who was never here. A dispatcher of their own: conversations are in the database."""
        dispatcher = make_dispatcher(self.parts, Windows(self.chat))
        return Person(dispatcher, self.bot, self.chat, self.clock, self.kept, person_id, language_code, locale)

    async def owner(
        self,
        *claims: NewClaim,
        enrolled: bool = True,
        person_id: int = 77,
        language_code: str = "en",
        locale: str = "en",
    ) -> Person:
        """Someone who spent these claims, with an authenticator if `enrolled`."""
        person = self.person(person_id, language_code, locale)
        actor = Actor(person_id, "Lin", person_id, ChatKind.PRIVATE)
        for claim in claims:
            await self.parts.use.claim(actor, claim.code, language_code)
        if enrolled:
            person.secret = (await self.parts.use.begin_enrolment(actor)).secret
            await self.parts.use.confirm_enrolment(actor, person.code())
            self.clock.turn(seconds=30)
        return person

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in the database, read beside the bot."""
        if not self.parts.database.is_sqlite:
            return rows_of(self.parts.settings.database_url, query)
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(query).fetchall()

    def kept(self, chat_id: int, destiny: str) -> dict[str, Any]:
        """What a conversation remembers, read beside the bot."""
        conversations = self.parts.conversations
        if isinstance(conversations, RedisConversations):
            key = StorageKey(bot_id=self.bot.id, chat_id=chat_id, user_id=chat_id, destiny=destiny)
            with Redis.from_url(self.parts.settings.redis_url) as redis:
                found = redis.get(conversations.key_builder.build(key, "data"))
            return json.loads(found) if isinstance(found, bytes) else {}
        rows = self.rows(f"SELECT data FROM conversations WHERE chat_id = {chat_id} AND destiny = '{destiny}'")  # noqa: S608
        return json.loads(rows[0][0]) if rows else {}

    def execute(self, statement: str, *values: str) -> None:
        """Change the database beside the bot."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(statement, values)

    def execute_till(self, statement: str, *values: str, shop: str = "Tea House") -> None:
        """Change a till beside the bot."""
        with closing(sqlite3.connect(self.till_file(shop))) as connection, connection:
            connection.execute(statement, values)

    def till_rows(self, query: str, shop: str = "Tea House") -> list[tuple[Any, ...]]:
        """What stands in a till, read beside the bot."""
        with closing(sqlite3.connect(self.till_file(shop))) as connection:
            return connection.execute(query).fetchall()

    def add_users(self, count: int, shop: str = "Tea House") -> None:
        """Users "Clerk 1000", "Clerk 1001", … with these numbers at the first terminal."""
        added = """
            INSERT INTO user (id, terminal_id, number, name, folded, role, status, pin)
            SELECT ? || id, terminal_id, ?, ?, ?, role, status, pin FROM user WHERE name = ?
        """
        with closing(sqlite3.connect(self.till_file(shop))) as connection, connection:
            numbers = [str(number) for number in range(1000, 1000 + count)]
            rows = [(number, number, f"Clerk {number}", f"clerk {number}", CASHIER.name) for number in numbers]
            connection.executemany(added, rows)

    async def add_entries(self, shop_id: int, count: int) -> None:
        """This many more audit entries."""
        for _ in range(count):
            await MakeClaim(self.parts.store, self.clock)(shop_id)

    def changes(self) -> list[State]:
        """The state of every change that was proposed, oldest first."""
        return [State(state) for (state,) in self.rows("SELECT state FROM requests ORDER BY created_at")]

    async def work(self) -> None:
        """Let the worker take every due change to its end."""
        applying = self.parts.applying
        while (request := await applying.lease()) is not None:
            await applying.step(request)


@asynccontextmanager
async def bench_in(
    folder: Path, default_locale: str = "en", *, database_url: str = "", redis_url: str = ""
) -> AsyncIterator[Bench]:
    """On the SQLite file in the folder, made where it is not there; a database that is named has its tables."""
    clock, chat, made = HandClock(), Chat(), (folder / FILE).exists()
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=database_url or f"sqlite+aiosqlite:///{folder / FILE}",
        redis_url=redis_url,
        secret_keys=Fernet.generate_key().decode(),  # type: ignore[arg-type]
        default_locale=default_locale,
    )
    properties = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
    # Redis is one for all tests: the bot's id tells them apart.
    bot = Bot(f"{1 + secrets.randbits(50)}:a", session=Session(chat), default=properties)
    async with open_parts(settings, clock) as parts:
        if not database_url and not made:
            await migrate(parts.database)
        yield Bench(folder, clock, parts, chat, bot)
