"""One Telegram, served: the bot's side and the page's side on one port of 127.0.0.1."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from demo.botapi.faults import Faults
from demo.botapi.flood import FloodGate
from demo.botapi.server import BotApi, Call
from demo.keeping import Keeper
from demo.state import Clock
from demo.storage import Storage
from demo.world import World

HOST = "127.0.0.1"
BOT_USERNAME = "tillkeeper_demo_bot"
BOT_NAME = "Tillkeeper"
#: Telegram's bound for an upload by a bot.
BODY_LARGEST = 50_000_000


def new_token() -> str:
    """A bot token in Telegram's form, of no bot there is."""
    return f"{7_000_000_000 + secrets.randbelow(1_000_000_000)}:{secrets.token_urlsafe(26)[:35]}"


class Telegram:
    """A running server. In tests `world` acts for the people, `calls` tells what the bot did, `faults` harms it."""

    def __init__(self, keeper: Keeper, world: World, token: str) -> None:
        self.world = world
        self.token = token
        self.keeper = keeper
        self.api = BotApi(keeper, token)
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
    *, clock: Clock = system_clock, data: Path | None = None, port: int = 0, token: str | None = None
) -> AsyncIterator[Telegram]:
    """Serve until the context is left. `data` is the SQLite file to live in; without, all is forgotten at the end.

    Port 0 takes a free one. Raises OSError if the port is taken. A token must be the same for the same data.
    """
    token = token or new_token()
    storage = await Storage.open(data)
    try:
        world = World(clock, int(token.partition(":")[0]), BOT_USERNAME, BOT_NAME)
        world.restore(await storage.load())
        telegram = Telegram(Keeper(world, storage), world, token)
        app = web.Application(client_max_size=BODY_LARGEST)
        app.add_routes(telegram.api.routes())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, port).start()
            telegram.port = runner.addresses[0][1]
            yield telegram
        finally:
            telegram.faults.clear()
            world.updates.close()
            await runner.cleanup()
            await telegram.keeper.save()
    finally:
        await storage.close()
