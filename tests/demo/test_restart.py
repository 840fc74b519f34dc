"""A second start keeps what was done."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup

from demo import cast
from demo.keys import keys_in, new_token
from demo.model import Part
from demo.server import Telegram, serve

KEYBOARD = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]])


def bot_on(telegram: Telegram) -> Bot:
    return Bot(telegram.token, session=AiohttpSession(api=TelegramAPIServer.from_base(telegram.url)))


async def test_everything_is_there_after_a_restart(tmp_path: Path, picture: bytes) -> None:
    data, token = tmp_path / "telegram.db", new_token()
    async with serve(data=data, token=token) as telegram, bot_on(telegram) as bot:
        owner = telegram.world.add_person("Boss Lin", Part.OWNER, language_code="zh-hans")
        group = telegram.world.add_group("Support", owner, [])
        telegram.world.send_text(owner, "/start")
        kept = await bot.send_message(owner.id, "<b>kept</b>", parse_mode="HTML", reply_markup=KEYBOARD)
        gone = await bot.send_message(owner.id, "gone")
        await bot.delete_message(owner.id, gone.message_id)
        photo = telegram.world.send_photo(owner, picture).photo
        await bot.set_my_commands([BotCommand(command="help", description="Help")])
        await bot.get_updates(offset=-1, allowed_updates=["message", "callback_query"])
        press = telegram.world.press_raw(owner, kept.message_id, "go")
        before = telegram.world.messages(owner.id)
    async with serve(data=data, token=token) as telegram, bot_on(telegram) as bot:
        world = telegram.world
        assert world.people[owner.id].language_code == "zh-hans"
        assert world.people[owner.id].started
        assert world.groups[group.id].title == "Support"
        assert world.messages(owner.id) == before
        assert world.profile.menu(owner.id, owner.id, "en") == [{"command": "help", "description": "Help"}]
        updates = await bot.get_updates()
        assert [update.event_type for update in updates] == ["message", "callback_query"]
        assert await bot.answer_callback_query(press.id, "late, but in time")
        assert world.updates.allowed == ["message", "callback_query"]
        sent = await bot.send_message(owner.id, "new")
        assert sent.message_id > max(message.message_id for message in before)
        assert photo is not None
        assert await bot.download(photo.id) is not None


def copied(data: Path) -> Path:
    """The database as a killed process would leave it."""
    copy = data.with_name("copy.db")
    for suffix in ("", "-wal"):
        Path(f"{copy}{suffix}").write_bytes(Path(f"{data}{suffix}").read_bytes())
    return copy


async def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    """The answer to a call goes out only after it is on the disk: a copy of the file taken then has it."""
    data, token = tmp_path / "telegram.db", new_token()
    async with serve(data=data, token=token) as telegram, bot_on(telegram) as bot:
        owner = telegram.world.add_person("Boss Lin")
        telegram.world.send_text(owner, "/start")
        await asyncio.gather(*(bot.send_message(owner.id, str(number)) for number in range(20)))
        copy = copied(data)
    async with serve(data=copy, token=token) as telegram:
        assert len(telegram.world.from_bot(owner.id)) == 20


async def test_the_cast_enters_once(tmp_path: Path) -> None:
    data, token = tmp_path / "telegram.db", new_token()
    for _ in range(2):
        async with serve(data=data, token=token) as telegram:
            cast.enter(telegram.world)
            people = list(telegram.world.people.values())
            parts = [person.part for person in people]
            assert (parts.count(Part.OWNER), parts.count(Part.STAFF), parts.count(Part.AGENT)) == (1, 2, 2)
            group = telegram.world.groups[cast.GROUP_ID]
            assert [person.part for person in people if group.has(person.id)] == [Part.OWNER, Part.AGENT, Part.AGENT]
            telegram.world.speak(people[0], "zh-hans")
    assert people[0].language_code == "zh-hans"


def test_keys_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys = keys_in(path)
    assert keys_in(path) == keys
    assert path.stat().st_mode & 0o777 == 0o600
    assert keys.token not in repr(keys)
    assert keys.secret_key not in repr(keys)


async def test_a_taken_port_is_an_os_error(telegram: Telegram, http: aiohttp.ClientSession) -> None:
    with pytest.raises(OSError, match="address already in use"):
        async with serve(port=telegram.port):
            pytest.fail("two servers on one port")
    async with http.get(f"{telegram.url}/api/people") as response:
        assert response.status == 200, "the first goes on"
