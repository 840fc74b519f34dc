"""Deliveries: only from Telegram, answered when done, in order within a chat, each handled once at a time."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramConflictError
from aiogram.types import Update
from aiohttp import ClientSession, web

from bot import webhook
from bot.polling import Polling
from bot.settings import Settings
from bot.updates import Updates
from bot.webhook import SECRET_HEADER, CannotListen, Webhook, keep_webhook
from tests.bot.answers import Answers, answering, done

PATIENCE = 10
SECRET = "only-Telegram-and-we-know-this"
PATH = "/telegram/hook"


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


def update(update_id: int, text: str, chat: int = 7) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "L"}
    message = {"message_id": 5, "date": 1, "chat": {"id": chat, "type": "private"}, "from": person, "text": text}
    return {"update_id": update_id, "message": message}


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def settings_for(port: int, **more: Any) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        webhook_url=f"https://till.example{PATH}",
        webhook_secret=SECRET,  # type: ignore[arg-type]
        webhook_listen=f"127.0.0.1:{port}",
        **more,
    )


@dataclass
class Hook:
    """A served webhook, and Telegram's side of it."""

    settings: Settings
    bot: Bot
    session: ClientSession
    handler: Handler = field(default_factory=Handler)
    task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.task = asyncio.create_task(Webhook(Updates(self.bot, self.handler), self.settings).run())
        async with asyncio.timeout(PATIENCE):
            while not await self._listens():  # noqa: ASYNC110 no news tells of that
                await asyncio.sleep(0.01)

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(*self.settings.listen)
        except OSError:
            return False
        writer.close()
        return True

    async def stop(self) -> None:
        assert self.task is not None
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task

    async def post(
        self, body: dict[str, Any] | bytes, *, secret: str | None = SECRET, path: str = PATH
    ) -> tuple[int, bytes]:
        """Status and body of the answer."""
        host, port = self.settings.listen
        headers = {} if secret is None else {SECRET_HEADER: secret}
        data = BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
        async with self.session.post(f"http://{host}:{port}{path}", data=data, headers=headers) as answer:
            return answer.status, await answer.read()

    def deliver(self, update_id: int, text: str, chat: int = 7) -> asyncio.Task[tuple[int, bytes]]:
        return asyncio.create_task(self.post(update(update_id, text, chat)))

    def gate(self, text: str) -> asyncio.Event:
        return self.handler.gates.setdefault(text, asyncio.Event())

    async def has_begun(self, text: str) -> None:
        await until(lambda: text in self.handler.begun)


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110 the server and the handler both bring it about
            await asyncio.sleep(0.01)


@asynccontextmanager
async def hooked() -> AsyncIterator[Hook]:
    bot = Bot("1:a")
    async with ClientSession() as session, bot.context(auto_close=True):
        made = Hook(settings_for(free_port()), bot, session)
        await made.start()
        yield made
        for gate in made.handler.gates.values():
            gate.set()
        await made.stop()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with hooked() as made:
        yield made


async def test_it_is_answered_when_it_is_done_and_not_before(hook: Hook) -> None:
    gate = hook.gate("freeze")
    delivered = hook.deliver(1, "freeze")
    await hook.has_begun("freeze")
    assert not delivered.done()
    gate.set()
    assert await delivered == (200, b"")
    assert hook.handler.done == ["freeze"]


@pytest.mark.parametrize(
    "secret",
    [None, "", SECRET[:-1], SECRET + "x", SECRET.upper(), "é" * 16],
    ids=["none", "empty", "shorter", "longer", "case", "other letters"],
)
async def test_who_does_not_know_the_secret_is_refused_without_a_word(hook: Hook, secret: str | None) -> None:
    assert await hook.post(update(1, "let me in"), secret=secret) == (403, b"")
    # Not even what is too large or odd is told apart from the rest.
    assert await hook.post(b"{", secret=secret) == (403, b"")
    assert hook.handler.begun == []


async def test_what_telegram_would_not_send_is_refused(hook: Hook) -> None:
    for odd in (b"", b"{", b"[1]", b"{}", b'{"update_id": "1"}', b"[" * 100_000, b"\xff\xfe"):
        status, _ = await hook.post(odd)
        assert status == 400, odd[:20]
    large = json.dumps(update(1, "x")).encode() + b" " * (1 << 20)
    assert (await hook.post(large))[0] == 413
    assert (await hook.post(update(1, "elsewhere"), path="/"))[0] == 404
    assert hook.handler.begun == []
    assert await hook.post(update(1, "in order")) == (200, b"")


async def test_what_cannot_be_read_or_fails_does_not_come_again_for_ever(hook: Hook) -> None:
    assert await hook.post({"update_id": 1, "message": {"what": "is this"}}) == (200, b"")
    assert await hook.post(update(2, "break it")) == (200, b"")
    assert await hook.post(update(3, "next")) == (200, b"")
    assert hook.handler.done == ["next"]


async def test_a_chat_keeps_its_order_and_chats_do_not_wait_for_each_other(hook: Hook) -> None:
    gate = hook.gate("first")
    first = hook.deliver(1, "first")
    await hook.has_begun("first")
    second, other = hook.deliver(2, "second"), hook.deliver(3, "other", chat=8)
    assert await other == (200, b"")
    assert not second.done()
    assert hook.handler.begun == ["first", "other"]
    gate.set()
    assert [await first, await second] == [(200, b""), (200, b"")]
    assert hook.handler.done == ["other", "first", "second"]


async def test_the_same_delivered_again_meanwhile_is_handled_once(hook: Hook) -> None:
    gate = hook.gate("freeze")
    first = hook.deliver(1, "freeze")
    await hook.has_begun("freeze")
    again = [hook.deliver(1, "freeze") for _ in range(5)]
    # Telegram hangs up on the first.
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    assert await hook.post(update(2, "other", chat=8)) == (200, b"")
    assert not any(each.done() for each in again)
    gate.set()
    assert [await each for each in again] == [(200, b"")] * 5
    assert hook.handler.begun.count("freeze") == 1


async def test_at_a_stop_what_is_under_way_ends_and_is_answered(hook: Hook) -> None:
    gate = hook.gate("freeze")
    delivered = hook.deliver(1, "freeze")
    await hook.has_begun("freeze")
    stopping = asyncio.create_task(hook.stop())
    await until(lambda: hook.task is not None and hook.task.cancelling())
    gate.set()
    assert await delivered == (200, b"")
    await stopping
    with pytest.raises(OSError, match="Cannot connect"):
        await hook.post(update(2, "late"))
    await hook.start()


async def test_an_address_that_is_taken_is_named(hook: Hook) -> None:
    with pytest.raises(CannotListen, match="WEBHOOK_LISTEN"):
        await Webhook(Updates(hook.bot, hook.handler), hook.settings).run()


@pytest.fixture
async def server() -> AsyncIterator[tuple[Answers, Bot]]:
    async with answering() as made:
        yield made


@asynccontextmanager
async def looking_after(bot: Bot) -> AsyncIterator[None]:
    task = asyncio.create_task(keep_webhook(bot, settings_for(1)))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_telegram_is_told_where_to_deliver_and_told_again_where_it_forgot(
    server: tuple[Answers, Bot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(webhook, "_FIRST_PAUSE", 0.01)
    answers, bot = server
    url = settings_for(1).webhook_url
    held = {"url": url, "has_custom_certificate": False, "pending_update_count": 0}
    answers.by_method["getWebhookInfo"] = done(held)
    answers.by_method["setWebhook"] = lambda: web.json_response({"ok": False, "description": "x"}, status=502)
    async with looking_after(bot):
        await until(lambda: answers.asked["setWebhook"] > 1)
        answers.by_method["setWebhook"] = done()
        await until(lambda: answers.asked["getWebhookInfo"] > 2)
        set_so_often = answers.asked["setWebhook"]
        answers.by_method["getWebhookInfo"] = done(held | {"url": "https://thief.example/"})
        await until(lambda: answers.asked["setWebhook"] > set_so_often)
    form = next(form for method, form in answers.forms if method == "setWebhook")
    assert (form["url"], form["secret_token"], form["max_connections"]) == (url, SECRET, "40")
    assert json.loads(form["allowed_updates"]) == ["message", "edited_message", "callback_query"]
    assert form.get("drop_pending_updates") in (None, "false"), "what waits there is not lost"


async def test_who_polls_ends_a_webhook_that_was_left(server: tuple[Answers, Bot]) -> None:
    answers, bot = server
    said = (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    answers.by_method["getUpdates"] = lambda: web.json_response(
        {"ok": False, "error_code": 409, "description": said}, status=409
    )
    handler = Handler()

    def deleted() -> web.Response:
        answers.by_method["getUpdates"] = done([update(1, "waited")])
        return done()()

    answers.by_method["deleteWebhook"] = deleted
    task = asyncio.create_task(Polling(bot, handler).run())
    await until(lambda: "waited" in handler.done)
    task.cancel()
    with suppress(asyncio.CancelledError, TelegramConflictError):
        await task
    form = next(form for method, form in answers.forms if method == "deleteWebhook")
    assert form.get("drop_pending_updates") in (None, "false")
