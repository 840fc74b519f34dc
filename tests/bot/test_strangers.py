"""Strangers: answered once in a while, whatever they send, and at nobody else's cost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiogram.types import Chat, Message, Update, User
from cryptography.fernet import Fernet

from bot.assembly import Parts, make_dispatcher, open_bot, open_parts
from bot.polling import Polling
from bot.settings import Settings
from bot.strangers import Strangers
from changes.claiming import AddShop
from demo.model import Part, Person
from demo.server import Telegram, serve
from locales import Locales
from storage.migrate import migrate
from tests.clock import HandClock
from tests.databases import Databases

STRANGER = Locales("en").of("en").plain("stranger")


def update(text: str, person_id: int = 5) -> Update:
    user, chat = User(id=person_id, is_bot=False, first_name="S"), Chat(id=person_id, type="private")
    return Update(
        update_id=1, message=Message(message_id=1, date=datetime.now(UTC), chat=chat, from_user=user, text=text)
    )


def test_a_stranger_is_heard_once_a_minute_and_may_try_a_few_invitations(clock: HandClock) -> None:
    strangers = Strangers(clock)
    for _ in range(2):
        assert strangers.admit(5, update("hi"))
        strangers.met(5, claim=False)
        assert not strangers.admit(5, update("hi"))
        for _ in range(5):
            assert strangers.admit(5, update("/start code"))
            strangers.met(5, claim=True)
        assert not strangers.admit(5, update("/start code"))
        assert strangers.admit(6, update("hi", 6))
        clock.turn(seconds=60)
    strangers.met(5, claim=False)
    strangers.joined(5)
    assert strangers.admit(5, update("hi"))


def test_a_clock_that_goes_back_keeps_nobody_out(clock: HandClock) -> None:
    strangers = Strangers(clock)
    strangers.met(5, claim=False)
    clock.turn(days=-1)
    assert strangers.admit(5, update("hi"))


def test_however_many_come_only_so_many_are_remembered(clock: HandClock) -> None:
    strangers = Strangers(clock)
    for person_id in range(10_050):
        strangers.met(person_id, claim=False)
    assert len(strangers._met) == 10_000
    assert strangers.admit(49, update("hi"))
    assert not strangers.admit(50, update("hi"))


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with serve() as serving:
        yield serving


@pytest.fixture
async def parts(telegram: Telegram, databases: Databases) -> AsyncIterator[Parts]:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        bot_token=telegram.token,  # type: ignore[arg-type]
        bot_api_base=telegram.url,
        database_url=f"sqlite+aiosqlite:///{databases.sqlite_copy()}",
        secret_keys=Fernet.generate_key().decode(),  # type: ignore[arg-type]
    )
    async with open_parts(settings) as opened:
        await migrate(opened.database)
        bot = open_bot(settings)
        async with bot.context(auto_close=True):
            polling = asyncio.create_task(Polling(bot, make_dispatcher(opened), opened.strangers.admit).run())
            yield opened
            polling.cancel()
            with suppress(asyncio.CancelledError):
                await polling


def said(telegram: Telegram, person: Person, containing: str = "") -> list[str]:
    return [message.text for message in telegram.world.from_bot(person.id, containing=containing)]


async def hears(telegram: Telegram, person: Person, containing: str) -> None:
    async with asyncio.timeout(20):
        while not said(telegram, person, containing):  # noqa: ASYNC110 the bot answers through the server
            await asyncio.sleep(0.01)


async def test_a_flood_of_a_stranger_is_one_answer_and_an_owner_does_not_wait(
    telegram: Telegram, parts: Parts, tmp_path: Path
) -> None:
    stranger = telegram.world.add_person("Nobody")
    owner = telegram.world.add_person("Lin", Part.OWNER)
    claim = await AddShop(parts.store, parts.clock)("Tea", "Asia/Shanghai", "embedded", {"path": str(tmp_path / "t")})
    for _ in range(300):
        telegram.world.send_text(stranger, "hi")
    telegram.world.send_text(owner, f"/start {claim.code}")
    await hears(telegram, owner, "Tea")
    assert said(telegram, stranger) == [STRANGER]


async def test_who_was_a_stranger_a_moment_ago_joins_and_is_heard(
    telegram: Telegram, parts: Parts, tmp_path: Path
) -> None:
    person = telegram.world.add_person("Lin", Part.OWNER)
    claim = await AddShop(parts.store, parts.clock)("Tea", "Asia/Shanghai", "embedded", {"path": str(tmp_path / "t")})
    telegram.world.send_text(person, "hello?")
    await hears(telegram, person, STRANGER)
    telegram.world.send_text(person, f"/start {claim.code}")
    await hears(telegram, person, "Tea")
    telegram.world.send_text(person, "000000")
    await hears(telegram, person, Locales("en").of("en").plain("refused-code-wrong", tries=4))
    assert len(said(telegram, person, STRANGER)) == 1
