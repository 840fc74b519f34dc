"""The harm a test can order, and the limits on how fast a bot may write."""

import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from demo.botapi.faults import ANY, Harm
from demo.model import Person
from demo.server import Telegram
from tests.clock import HandClock


def texts(telegram: Telegram, person: Person) -> list[str]:
    return [message.text for message in telegram.world.from_bot(person.id)]


@pytest.mark.parametrize(
    ("harm", "error", "done"),
    [
        (Harm.SERVER_ERROR, TelegramServerError, False),
        (Harm.GARBAGE, ClientDecodeError, False),
        (Harm.CLOSED, TelegramNetworkError, False),
        (Harm.ANSWER_LOST, TelegramNetworkError, True),
        (Harm.FLOOD, TelegramRetryAfter, False),
    ],
)
async def test_harm_befalls_the_next_calls_only(
    bot: Bot, telegram: Telegram, owner: Person, harm: Harm, error: type[Exception], done: bool
) -> None:
    telegram.faults.add("sendMessage", harm, times=2, seconds=7)
    for text in ("one", "two"):
        with pytest.raises(error):
            await bot.send_message(owner.id, text)
    await bot.send_message(owner.id, "three")
    assert texts(telegram, owner) == (["one", "two", "three"] if done else ["three"])


async def test_a_held_call_goes_on_when_it_is_released(bot: Bot, telegram: Telegram, owner: Person) -> None:
    fault = telegram.faults.add(ANY, Harm.HOLD)
    sending = asyncio.create_task(bot.send_message(owner.id, "held"))
    await fault.met.wait()
    assert texts(telegram, owner) == []
    fault.release()
    await sending
    assert texts(telegram, owner) == ["held"]


async def test_any_method_but_the_poll_meets_a_fault_for_any(bot: Bot, telegram: Telegram, owner: Person) -> None:
    telegram.faults.add(ANY, Harm.SERVER_ERROR)
    assert len(await bot.get_updates()) == 1
    with pytest.raises(TelegramServerError):
        await bot.get_me()


async def test_limits_are_off_until_switched_on(bot: Bot, telegram: Telegram, owner: Person) -> None:
    for number in range(40):
        await bot.send_message(owner.id, str(number))
    assert len(texts(telegram, owner)) == 40


async def test_a_chat_takes_one_a_second_after_a_burst(
    bot: Bot, telegram: Telegram, owner: Person, clock: HandClock
) -> None:
    telegram.flood.on = True
    sent = [await bot.send_message(owner.id, str(number)) for number in range(4)]
    await bot.edit_message_text("edited", chat_id=owner.id, message_id=sent[0].message_id)
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(owner.id, "too fast")
    clock.turn(seconds=refused.value.retry_after)
    await bot.send_message(owner.id, "in time")
    await bot.send_chat_action(owner.id, "typing")


async def test_a_group_takes_twenty_a_minute_edits_counted(
    bot: Bot, telegram: Telegram, owner: Person, clock: HandClock
) -> None:
    group = telegram.world.add_group("Support", owner, [])
    telegram.flood.on = True
    for number in range(20):
        await bot.send_message(group.id, str(number))
        clock.turn(seconds=1)
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.edit_message_text("x", chat_id=group.id, message_id=telegram.world.from_bot(group.id)[0].message_id)
    assert refused.value.retry_after == 40


async def test_all_chats_together_take_thirty_a_second(bot: Bot, telegram: Telegram) -> None:
    people = [telegram.world.add_person(f"Person {number}") for number in range(31)]
    for person in people:
        telegram.world.send_text(person, "/start")
    telegram.flood.on = True
    for person in people[:30]:
        await bot.send_message(person.id, "hello")
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(people[30].id, "hello")
    assert refused.value.retry_after == 1


async def test_the_log_of_calls_tells_what_was_asked_and_answered(bot: Bot, telegram: Telegram, owner: Person) -> None:
    await bot.send_message(owner.id, "hello")
    (call,) = telegram.calls_of("sendMessage")
    assert call.parameters == {"chat_id": owner.id, "text": "hello"}
    assert call.result["text"] == "hello"
    assert call.refused is None
