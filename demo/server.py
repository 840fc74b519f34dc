"""One Telegram, served: the bot's side and the page's side on one port of 127.0.0.1."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from demo.botapi.faults import Faults
from demo.botapi.flood import FloodGate
from demo.botapi.server import BotApi, Call
from demo.keeping import Keeper
from demo.keys import new_token
from demo.presence import Presence
from demo.state import Clock
from demo.storage import Storage
from demo.till import DemoTill
from demo.web import page
from demo.web.chats import ChatsPart
from demo.web.guard import guard
from demo.web.people import PeoplePart
from demo.web.side import AuthenticatorPart, TillPart
from demo.web.stream import StreamPart
from demo.world import World

HOST = "127.0.0.1"
BOT_USERNAME = "tillkeeper_demo_bot"
BOT_NAME = "Tillkeeper"
#: Telegram's bound for an upload by a bot.
BODY_LARGEST = 50_000_000


class Telegram:
    """A running server. In tests `world` acts for the people, `calls` tells what the bot did, `faults` harms it."""

    def __init__(self, keeper: Keeper, world: World, token: str) -> None:
        self.world = world
        self.token = token
        self.keeper = keeper
        self.api = BotApi(keeper, token)
        self.presence = Presence(world)
        self.port = 0

    @property
    def url(self) -> str:
        """Without a slash at its end; what BOT_API_BASE wants."""
        return f"http://{HOST}:{self.port}"

    @property
    def calls(self) -> list[Call]:
        return self.api.calls

    @property
    def unknown_parameters(self) -> list[str]:
        return self.api.unknown_parameters

    @property
    def faults(self) -> Faults:
        return self.api.faults

    @property
    def flood(self) -> FloodGate:
        return self.api.flood

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]


def system_clock() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def serve(
    *,
    clock: Clock = system_clock,
    data: Path | None = None,
    port: int = 0,
    token: str | None = None,
    till: Path | None = None,
) -> AsyncIterator[Telegram]:
    """Serve until the context is left.

    `data` is the SQLite file to live in; without, all is forgotten at the end. The token must be the same for the
    same data. `till` is the embedded till's file; without, there is no sign-in screen. Port 0 takes a free one.
    Raises OSError if the port is taken.
    """
    token = token or new_token()
    async with AsyncExitStack() as stack:
        storage = await Storage.open(data)
        stack.push_async_callback(storage.close)
        world = World(clock, int(token.partition(":")[0]), BOT_USERNAME, BOT_NAME)
        world.restore(await storage.load())
        telegram = Telegram(Keeper(world, storage), world, token)
        stack.push_async_callback(telegram.keeper.save)
        runner = web.AppRunner(
            _application(telegram, await _open_till(till, world, stack)), access_log=None, shutdown_timeout=1
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, HOST, port)
        await site.start()
        telegram.port = runner.addresses[0][1]
        watch = asyncio.create_task(telegram.presence.watch())
        stack.callback(watch.cancel)
        stack.callback(world.updates.close)
        stack.callback(telegram.faults.clear)
        yield telegram


async def _open_till(path: Path | None, world: World, stack: AsyncExitStack) -> DemoTill | None:
    if path is None:
        return None
    till = DemoTill(world, path)
    await till.open()
    stack.push_async_callback(till.close)
    return till


def _application(telegram: Telegram, till: DemoTill | None) -> web.Application:
    app = web.Application(client_max_size=BODY_LARGEST, middlewares=[guard])
    stream = StreamPart(telegram.world, telegram.presence)
    app.on_shutdown.append(stream.close)
    app.add_routes(telegram.api.routes())
    app.add_routes(PeoplePart(telegram.world).routes())
    app.add_routes(ChatsPart(telegram.world, telegram.keeper).routes())
    app.add_routes(AuthenticatorPart(telegram.world, telegram.keeper).routes())
    app.add_routes(stream.routes())
    app.add_routes(page.routes())
    if till is not None:
        app.add_routes(TillPart(till).routes())
    return app
