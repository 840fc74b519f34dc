"""Taking updates: none lost, none twice, in order within a chat, beside each other across chats."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramConflictError
from aiogram.types import Update

from bot import polling
from bot.polling import Polling, TokenRefused
from demo.botapi.faults import Harm
from demo.keys import new_token
from demo.model import Person
from demo.server import Telegram, serve

PATIENCE = 10


class Handler(Dispatcher):
    """Writes down what it handles; a text that has a gate waits until the gate is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[str] = []
        self.done: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}

    async def feed_update(self, bot: Bot, update: Update, **kwargs: Any) -> Any:
        text = str(update.message.text if update.message else None)
        self.begun.append(text)
        if text in self.gates:
            await self.gates[text].wait()
        if text.startswith("break"):
            raise RuntimeError(text)
        self.done.append(text)


@dataclass
class Line:
    telegram: Telegram
    bot: Bot
    handler: Handler = field(default_factory=Handler)
    task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.task = asyncio.create_task(Polling(self.bot, self.handler).run())

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            with suppress(asyncio.CancelledError):
                await self.task

    def person(self, name: str) -> Person:
        return self.telegram.world.add_person(name)

    def gate(self, text: str) -> asyncio.Event:
        return self.handler.gates.setdefault(text, asyncio.Event())

    async def handled(self, *texts: str) -> None:
        await self.until(lambda: set(texts) <= set(self.handler.done))

    async def has_begun(self, text: str) -> None:
        await self.until(lambda: text in self.handler.begun)

    async def waiting(self, count: int) -> None:
        """Until Telegram still keeps so many updates."""
        await self.until(lambda: len(self.telegram.world.updates) == count)

    async def until(self, found: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not found():  # noqa: ASYNC110 both the server and the handler may bring it about
                await asyncio.sleep(0.01)


@pytest.fixture
async def line(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    for name, seconds in (("_FIRST_PAUSE", 0.01), ("_LONGEST_PAUSE", 0.05), ("_BETWEEN_POLLS", 0.02)):
        monkeypatch.setattr(polling, name, seconds)
    async with serve() as telegram:
        bot = Bot(telegram.token, session=AiohttpSession(api=TelegramAPIServer.from_base(telegram.url)))
        async with bot.context(auto_close=True):
            made = Line(telegram, bot)
            yield made
            for gate in made.handler.gates.values():
                gate.set()
            await made.stop()


async def test_order_holds_within_a_chat_and_chats_do_not_wait_for_each_other(line: Line) -> None:
    lin, mei = line.person("Boss Lin"), line.person("Mei")
    gate = line.gate("1")
    line.start()
    for text in ("1", "2", "3"):
        line.telegram.world.send_text(lin, text)
    await line.has_begun("1")
    for text in ("a", "b"):
        line.telegram.world.send_text(mei, text)
    await line.handled("a", "b")
    assert line.handler.begun == ["1", "a", "b"]
    gate.set()
    await line.handled("1", "2", "3")
    assert [text for text in line.handler.done if text.isdigit()] == ["1", "2", "3"]


async def test_the_offset_moves_only_past_what_is_done(line: Line) -> None:
    lin, mei = line.person("Boss Lin"), line.person("Mei")
    line.gate("slow")
    line.start()
    line.telegram.world.send_text(mei, "before")
    await line.handled("before")
    line.telegram.world.send_text(lin, "slow")
    line.telegram.world.send_text(mei, "after")
    await line.handled("after")
    await line.waiting(2)
    line.telegram.world.send_text(mei, "later")
    await line.handled("later")
    assert len(line.telegram.world.updates) == 3
    line.gate("slow").set()
    await line.waiting(0)
    assert sorted(line.handler.begun) == ["after", "before", "later", "slow"]


async def test_what_a_killed_process_had_not_done_comes_again_to_the_next(line: Line) -> None:
    lin = line.person("Boss Lin")
    line.gate("unfinished")
    line.start()
    line.telegram.world.send_text(lin, "unfinished")
    await line.has_begun("unfinished")
    assert line.task is not None
    line.task.get_loop().call_soon(line.task.cancel)
    second = Line(line.telegram, line.bot)
    assert len(line.telegram.world.updates) == 1
    second.start()
    await second.handled("unfinished")
    line.gate("unfinished").set()
    await second.stop()


async def test_stopping_lets_what_is_under_way_end_and_acknowledges_it(line: Line) -> None:
    lin = line.person("Boss Lin")
    gate = line.gate("1")
    line.start()
    line.telegram.world.send_text(lin, "1")
    await line.has_begun("1")
    stopping = asyncio.create_task(line.stop())
    await asyncio.sleep(0)
    gate.set()
    await stopping
    assert line.handler.done == ["1"]
    assert len(line.telegram.world.updates) == 0


async def test_a_handler_that_fails_holds_nobody_up(line: Line) -> None:
    lin = line.person("Boss Lin")
    line.start()
    for text in ("break it", "next"):
        line.telegram.world.send_text(lin, text)
    await line.handled("next")
    await line.waiting(0)
    assert line.handler.begun == ["break it", "next"]


@pytest.mark.parametrize("harm", [Harm.SERVER_ERROR, Harm.GARBAGE, Harm.CLOSED, Harm.ANSWER_LOST, Harm.FLOOD])
async def test_while_telegram_is_away_it_waits_and_nothing_is_lost(line: Line, harm: Harm) -> None:
    line.telegram.faults.add("getUpdates", harm, times=4)
    line.telegram.world.send_text(line.person("Boss Lin"), "1")
    line.start()
    await line.handled("1")
    await line.waiting(0)
    assert line.handler.begun == ["1"]


async def test_another_poller_is_borne_and_the_line_taken_back(line: Line) -> None:
    """Telegram ends the poll that came first with 409."""
    line.start()
    await line.until(lambda: line.telegram.world.updates.polling)
    with pytest.raises(TelegramConflictError):
        await line.bot.get_updates(timeout=20)
    line.telegram.world.send_text(line.person("Boss Lin"), "1")
    await line.handled("1")


async def test_a_token_that_telegram_does_not_know_ends_it(line: Line) -> None:
    stranger = Line(line.telegram, Bot(new_token(), session=line.bot.session))
    with pytest.raises(TokenRefused):
        await Polling(stranger.bot, stranger.handler).run()
