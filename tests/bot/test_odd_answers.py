"""What Telegram, or a proxy before it, may answer: nothing of it ends a loop, is sent again for ever, or is logged."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import ClientDecodeError
from aiogram.types import Update
from aiohttp import web
from sqlalchemy import select

from bot.logs import set_up_logs
from bot.outgoing import Outgoing
from bot.pacing import Pacing
from bot.polling import Polling
from bot.profile import keep_profile
from bot.wake import Wake
from changes.backend import ChangeKind
from changes.ports import NoticeKind
from locales import Locales
from storage.tables import outbox
from tests.bot.answers import Answer, Answers, answering, done
from tests.changes.bench import Bench

CODE = "493817"


def redirect() -> web.Response:
    return web.Response(status=302, headers={"Location": "/again"})


def page(body: bytes, charset: str) -> Answer:
    headers = {"Content-Type": f"text/html; charset={charset}"}
    return lambda: web.Response(status=502, body=body, headers=headers)


ODD: dict[str, Answer] = {
    "error without a word": lambda: web.json_response({"ok": False}, status=502),
    "not in the encoding it names": page("网关错误".encode("gbk"), "utf-8"),
    "unknown encoding": page(b"x", "bogus"),
    "array": lambda: web.json_response([]),
    "number": lambda: web.json_response({"ok": True, "result": 7}),
    "null": lambda: web.json_response({"ok": True, "result": None}),
    "redirects": redirect,
    "flood for ever": lambda: web.json_response(
        {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 10**12}}, status=429
    ),
}


@pytest.fixture
async def server() -> AsyncIterator[tuple[Answers, Bot]]:
    async with answering() as made:
        yield made


class Heard(Dispatcher):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str | None] = []

    async def feed_update(self, bot: Bot, update: Update, **kwargs: Any) -> Any:
        self.texts.append(update.message.text if update.message else None)


@asynccontextmanager
async def running(*loops: Any) -> AsyncIterator[list[asyncio.Task[None]]]:
    tasks = [asyncio.create_task(loop) for loop in loops]
    yield tasks
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110 the server and the loop both bring it about
            await asyncio.sleep(0.01)


def update(update_id: int, text: str, **chat: Any) -> dict[str, Any]:
    person = {"id": 7, "is_bot": False, "first_name": "L"}
    message = {"message_id": 5, "date": 1, "chat": {"id": 7, "type": "private"} | chat, "from": person, "text": text}
    return {"update_id": update_id, "message": message}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
async def test_polling_and_profile_go_on_after_any_answer(
    server: tuple[Answers, Bot], odd: Answer, monkeypatch: pytest.MonkeyPatch, restored_logs: None
) -> None:
    # The bot's own logs: a trace in structlog's default form, with every local, takes seconds.
    set_up_logs("INFO", [])
    answers, bot = server
    for pause in ("bot.polling._FIRST_PAUSE", "bot.polling._LONGEST_FLOOD", "bot.profile._FIRST_PAUSE"):
        monkeypatch.setattr(pause, 0.01)
    answers.other = odd
    heard = Heard()
    async with running(Polling(bot, heard).run(), keep_profile(bot, Locales("en"), "en")) as (polling, profile):
        await until(lambda: answers.asked["getUpdates"] > 2 and answers.asked["getMyCommands"] > 1)
        assert not polling.done()
        assert not profile.done()
        answers.other = done()
        answers.by_method["getUpdates"] = done([update(1, "back")])
        await until(lambda: heard.texts)


async def test_an_update_that_cannot_be_read_is_passed_over_and_acknowledged(
    server: tuple[Answers, Bot], restored_logs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("DEBUG", [])
    answers, bot = server
    bad = update(2, CODE, type=["brand-new"])
    answers.by_method["getUpdates"] = done([update(1, "before"), bad, update(3, "after")])
    heard = Heard()
    async with running(Polling(bot, heard).run()):
        await until(lambda: {"before", "after"} <= set(heard.texts))
        await until(lambda: any(form.get("offset") == "4" for _, form in answers.forms))
    written = capsys.readouterr().err
    assert CODE not in written
    line, *_ = [line for line in map(json.loads, written.splitlines()) if line.get("update_id") == 2]
    assert (line["level"], line["error"]) == ("error", "ValidationError")


@pytest.mark.parametrize("ok", [True, False])
async def test_a_trace_of_an_unreadable_answer_does_not_quote_it(
    server: tuple[Answers, Bot], restored_logs: None, capsys: pytest.CaptureFixture[str], ok: bool
) -> None:
    set_up_logs("DEBUG", [])
    answers, bot = server
    answers.other = lambda: web.json_response({"ok": ok, "result": {"message_id": "odd", "text": CODE}})
    try:
        try:
            await bot.send_message(7, "x")
        except ClientDecodeError as unreadable:
            raise ExceptionGroup("several", [unreadable]) from unreadable
    except ExceptionGroup:
        logging.getLogger("some.library").exception("failed")
    written = capsys.readouterr().err
    assert CODE not in written
    assert "aiogram.exceptions.ClientDecodeError" in written
    assert "check_response" in written


async def errors(bench: Bench) -> list[str]:
    async with bench.database.read() as connection:
        return list(await connection.scalars(select(outbox.c.error).where(outbox.c.error.is_not(None))))


def readable(message_id: int) -> Answer:
    return done({"message_id": message_id, "date": 1, "chat": {"id": 7, "type": "private"}})


def unreadable(message_id: object, text: str) -> Answer:
    return done({"message_id": message_id, "date": "today", "text": text})


async def settled(bench: Bench, bot: Bot) -> None:
    """The queue is served until all that waits is for later."""
    outgoing = Outgoing(bot, bench.store, Locales("en"), bench.clock, Wake(), Pacing())
    async with running(outgoing.run()), asyncio.timeout(10):
        while True:
            async with bench.store.read() as tx:
                next_due = await tx.outbox.next_due()
            waits = select(outbox.c.id).where(outbox.c.ended_at.is_(None), outbox.c.kind != "delete")
            async with bench.database.read() as connection:
                if not list(await connection.scalars(waits)):
                    return
            assert next_due is not None
            await asyncio.sleep(0.01)


async def test_what_was_sent_is_not_sent_again_where_the_answer_cannot_be_read(
    server: tuple[Answers, Bot], sqlite_bench: Bench, restored_logs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("DEBUG", [])
    answers, bot = server
    request = await sqlite_bench.work(await sqlite_bench.confirmed(ChangeKind.PIN))
    pin = request.secret
    assert pin is not None
    answers.by_method |= {"sendMessage": unreadable(77, pin), "editMessageText": unreadable("odd", pin)}
    await settled(sqlite_bench, bot)
    shown = [form["message_id"] for method, form in answers.forms if method == "editMessageText" and pin in str(form)]
    assert shown == ["77"], "the one placeholder, known by the id that could be read"
    assert answers.asked["sendMessage"] == 2, "the placeholder and the entry"
    assert (await sqlite_bench.kept(request)).secret is None
    (deletion,) = await sqlite_bench.queued(NoticeKind.DELETE)
    assert deletion.notice.message_id == 77
    assert pin not in capsys.readouterr().err
    assert await errors(sqlite_bench) == []


async def test_a_placeholder_that_cannot_be_known_ends_it_without_the_pin(
    server: tuple[Answers, Bot], sqlite_bench: Bench
) -> None:
    answers, bot = server
    request = await sqlite_bench.work(await sqlite_bench.confirmed(ChangeKind.PIN))
    answers.by_method |= {"sendMessage": unreadable("odd", ""), "editMessageText": readable(7)}
    await settled(sqlite_bench, bot)
    assert answers.asked["sendMessage"] == 2, "no second placeholder"
    assert (await sqlite_bench.kept(request)).secret is None
    assert await errors(sqlite_bench) == ["IdUnknown"]


async def test_what_is_kept_of_an_error_holds_no_token_and_no_answer(
    server: tuple[Answers, Bot], sqlite_bench: Bench
) -> None:
    answers, bot = server
    await sqlite_bench.confirmed()
    answers.other = redirect
    outgoing = Outgoing(bot, sqlite_bench.store, Locales("en"), sqlite_bench.clock, Wake(), Pacing())
    async with running(outgoing.run()), asyncio.timeout(10):
        while not (kept := await errors(sqlite_bench)):  # noqa: ASYNC110 no news tells of a row
            await asyncio.sleep(0.01)
    assert kept == ["TelegramNetworkError"]
