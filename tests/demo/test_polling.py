"""Long polling: what waits, what is confirmed, who is told to stop."""

import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramConflictError

from demo.model import Person
from demo.server import Telegram, serve
from tests.clock import HandClock
from tests.demo.conftest import Say


async def test_an_update_stays_until_a_poll_has_passed_it(bot: Bot, telegram: Telegram, owner: Person) -> None:
    telegram.world.send_text(owner, "second")
    first, second = await bot.get_updates()
    assert await bot.get_updates() == [first, second], "unconfirmed updates come again"
    assert await bot.get_updates(offset=first.update_id + 1) == [second]
    assert [update.update_id for update in await bot.get_updates(limit=1)] == [second.update_id]
    assert await bot.get_updates(offset=second.update_id + 1) == []


async def test_a_negative_offset_keeps_the_latest(bot: Bot, telegram: Telegram, owner: Person) -> None:
    telegram.world.send_text(owner, "second")
    assert [update.message and update.message.text for update in await bot.get_updates(offset=-1)] == ["second"]
    assert len(telegram.world.updates) == 1


async def test_a_long_poll_is_woken_by_an_update(bot: Bot, telegram: Telegram, owner: Person) -> None:
    (started,) = await bot.get_updates()
    poll = asyncio.create_task(bot.get_updates(offset=started.update_id + 1, timeout=30))
    await telegram.world.wait_for(lambda: telegram.world.updates.polling and len(telegram.world.updates) == 0)
    telegram.world.send_text(owner, "wake up")
    (update,) = await poll
    assert update.message is not None
    assert update.message.text == "wake up"


async def test_a_poll_that_nobody_wakes_ends_with_nothing(bot: Bot) -> None:
    assert await bot.get_updates(timeout=1) == []


async def test_the_older_of_two_polls_is_told_to_stop(bot: Bot, telegram: Telegram) -> None:
    older = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.world.wait_for(lambda: telegram.world.updates.polling)
    assert await bot.get_updates() == []
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await older


async def test_only_wanted_updates_are_queued_and_that_is_remembered(
    bot: Bot, telegram: Telegram, owner: Person
) -> None:
    (started,) = await bot.get_updates(allowed_updates=["callback_query"])
    telegram.world.send_text(owner, "not wanted")
    press = telegram.world.press_raw(owner, 1, "x")
    updates = await bot.get_updates(offset=started.update_id + 1)
    assert [update.callback_query and update.callback_query.id for update in updates] == [press.id]
    await bot.get_updates(allowed_updates=[])
    said = telegram.world.send_text(owner, "wanted")
    last = (await bot.get_updates())[-1]
    assert last.message is not None
    assert last.message.message_id == said.message_id


async def test_updates_are_kept_for_a_day(bot: Bot, owner: Person, clock: HandClock) -> None:
    clock.turn(hours=25)
    assert await bot.get_updates() == []


async def test_an_update_can_come_again_under_a_new_id(bot: Bot, telegram: Telegram, owner: Person) -> None:
    press = telegram.world.press_raw(owner, 1, "x")
    assert press.update is not None
    telegram.world.redeliver(press.update)
    _, first, again = await bot.get_updates()
    assert first.callback_query == again.callback_query
    assert again.update_id == first.update_id + 1


async def test_deleting_the_webhook_can_drop_what_waits(bot: Bot, call: Say, owner: Person) -> None:
    assert (await bot.get_webhook_info()).pending_update_count == 1
    assert await bot.delete_webhook()
    assert (await bot.get_webhook_info()).pending_update_count == 1
    assert await bot.delete_webhook(drop_pending_updates=True)
    assert (await call("getUpdates"))[1]["result"] == []


async def test_closing_lets_a_waiting_poll_go() -> None:
    async with serve() as telegram:
        poll = asyncio.create_task(telegram.world.updates.fetch(0, 100, 30))
        await telegram.world.wait_for(lambda: True)
        await asyncio.sleep(0)
    assert await poll == []
