"""Who goes first where not all can, what is counted, and what is not made at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter

from bot.pacing import TELEGRAM, UNLIMITED, Limit, Limits, Pacing, Precedence
from bot.turns import PRECEDENCE, Turns
from tests.bot.answers import Answers, answering, done

ANSWERED = done({"message_id": 5, "date": 1, "chat": {"id": 7, "type": "private"}})

#: One call in a fifth of a second, over all chats.
ONE = Limits(Limit(1, 0.2), UNLIMITED.private, UNLIMITED.group)


@pytest.fixture
async def server() -> AsyncIterator[tuple[Answers, Bot]]:
    async with answering() as (answers, bot):
        answers.by_method["sendMessage"] = ANSWERED
        yield answers, bot


def paced(bot: Bot, limits: Limits) -> Pacing:
    pacing = Pacing(limits)
    bot.session.middleware(Turns(pacing))
    return pacing


def sending(bot: Bot, text: str, precedence: Precedence, chat_id: int = 7) -> "asyncio.Task[object]":
    async def send() -> None:
        PRECEDENCE.set(precedence)
        await bot.send_message(chat_id, text)

    return asyncio.create_task(send())


def texts(answers: Answers) -> list[str]:
    return [form["text"] for _, form in answers.forms if "text" in form]


async def test_alerts_go_before_answers_answers_before_notices_and_strangers_last(server: tuple[Answers, Bot]) -> None:
    answers, bot = server
    paced(bot, ONE)
    waiting = [sending(bot, "first", Precedence.NOTICE)]
    await asyncio.sleep(0)
    for precedence in reversed(Precedence):
        waiting += [sending(bot, f"{precedence.name} {number}", precedence) for number in (1, 2)]
    await asyncio.gather(*waiting)
    assert texts(answers) == ["first", *(f"{each.name} {number}" for each in Precedence for number in (1, 2))]


async def test_a_notice_goes_however_many_answers_come(
    server: tuple[Answers, Bot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.turns._YIELDS", {Precedence.ANSWER: 0.0, Precedence.NOTICE: 0.3})
    answers, bot = server
    paced(bot, ONE)
    waiting = [sending(bot, "first", Precedence.ANSWER), sending(bot, "notice", Precedence.NOTICE)]
    for number in range(12):
        waiting.append(sending(bot, str(number), Precedence.ANSWER))
        await asyncio.sleep(0.1)
    await asyncio.gather(*waiting)
    assert 1 < texts(answers).index("notice") < 7


async def test_a_chat_at_its_limit_keeps_no_other_waiting(server: tuple[Answers, Bot]) -> None:
    answers, bot = server
    paced(bot, TELEGRAM)
    mine = [sending(bot, "mine", Precedence.ANSWER) for _ in range(6)]
    theirs = [sending(bot, "theirs", Precedence.NOTICE, chat_id=8) for _ in range(2)]
    await asyncio.gather(*mine[:5], *theirs)
    assert texts(answers).count("mine") == 5
    assert not mine[5].done()
    mine[5].cancel()
    with suppress(asyncio.CancelledError):
        await mine[5]


async def test_what_would_wait_too_long_is_not_made(server: tuple[Answers, Bot]) -> None:
    answers, bot = server
    pacing = paced(bot, TELEGRAM)
    pacing.begin(7, Precedence.ANSWER)
    pacing.refused(7, 37)
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(7, "x")
    assert refused.value.retry_after == 37
    assert answers.asked["sendMessage"] == 0
    await bot.delete_message(7, 5)
    await bot.send_message(8, "x")


async def test_who_loses_patience_is_not_waited_for(
    server: tuple[Answers, Bot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.turns._PATIENCE", 1.5)
    answers, bot = server
    paced(bot, Limits(Limit(1, 1), UNLIMITED.private, UNLIMITED.group))
    ends = await asyncio.gather(*(bot.send_message(7, str(number)) for number in range(3)), return_exceptions=True)
    assert [isinstance(end, TelegramRetryAfter) for end in ends] == [False, False, True]
    assert texts(answers) == ["0", "1"]
    await bot.send_message(7, "3")


async def test_a_call_that_is_cut_off_gives_its_place_back(server: tuple[Answers, Bot]) -> None:
    answers, bot = server
    pacing = paced(bot, Limits(Limit(2, 0.1), UNLIMITED.private, UNLIMITED.group))
    stands = asyncio.Event()

    async def hang(make_request: object, bot: Bot, method: object) -> None:
        stands.set()
        await asyncio.Event().wait()

    bot.session.middleware(hang)  # type: ignore[arg-type]
    under_way = [sending(bot, "x", Precedence.ANSWER) for _ in range(2)]
    await stands.wait()
    behind = sending(bot, "behind", Precedence.ANSWER)
    await asyncio.sleep(0)
    assert pacing.wait(7, Precedence.ANSWER) > 0
    for task in (*under_way, behind):
        task.cancel()
    await asyncio.wait([*under_way, behind])
    bot.session.middleware.unregister(hang)  # type: ignore[arg-type]
    await asyncio.gather(*(bot.send_message(7, "after") for _ in range(2)))
    assert texts(answers) == ["after", "after"]


@pytest.mark.parametrize("cut_off", [True, False])
async def test_a_turn_that_comes_as_its_call_is_cut_off_is_the_next_ones(
    server: tuple[Answers, Bot], cut_off: bool
) -> None:
    """Granted and cancelled in the same step of the loop."""
    answers, bot = server
    pacing = paced(bot, ONE)
    task = sending(bot, "x", Precedence.ANSWER)
    await asyncio.sleep(0)
    if cut_off:
        task.cancel()
    await asyncio.wait([task])
    await bot.send_message(7, "next")
    assert texts(answers) == (["next"] if cut_off else ["x", "next"])
    await asyncio.sleep(0.25)
    assert pacing.wait(7, Precedence.ANSWER) == 0


async def test_what_writes_nothing_waits_for_nothing_and_is_not_counted(server: tuple[Answers, Bot]) -> None:
    _, bot = server
    pacing = paced(bot, Limits(Limit(1, 60), UNLIMITED.private, UNLIMITED.group))
    for _ in range(2):
        await bot.delete_message(7, 5)
        await bot.answer_callback_query("5")
        await bot.send_chat_action(7, "typing")
    assert pacing.wait(7, Precedence.NOTICE) == 0
    await bot.edit_message_reply_markup(chat_id=7, message_id=5)
    assert pacing.wait(7, Precedence.NOTICE) > 50
