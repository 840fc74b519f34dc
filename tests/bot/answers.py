"""A server in Telegram's place that answers what a test says, whatever is asked."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiogram import Bot
from aiohttp import web

from bot.assembly import open_bot
from bot.settings import Settings
from demo.keys import new_token

Answer = Callable[[], web.Response]


def done(result: object = True) -> Answer:
    return lambda: web.json_response({"ok": True, "result": result})


@dataclass
class Answers:
    #: By method; `other` for the rest.
    by_method: dict[str, Answer] = field(default_factory=dict)
    other: Answer = field(default_factory=done)
    asked: Counter[str] = field(default_factory=Counter)
    forms: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        method = request.path.rpartition("/")[2]
        self.asked[method] += 1
        self.forms.append((method, {name: str(value) for name, value in (await request.post()).items()}))
        return self.by_method.get(method, self.other)()


@asynccontextmanager
async def answering() -> AsyncIterator[tuple[Answers, Bot]]:
    """The answers, and a bot that is given them."""
    answers = Answers()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answers.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port, *_ = runner.addresses[0]
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        bot_token=new_token(),  # type: ignore[arg-type]
        bot_api_base=f"http://{host}:{port}",
    )
    bot = open_bot(settings)
    try:
        async with bot.context(auto_close=True):
            yield answers, bot
    finally:
        await runner.cleanup()
