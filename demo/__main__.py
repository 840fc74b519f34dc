"""`python -m demo`: the bot, a Telegram of its own and a till, on http://127.0.0.1:PORT (default 8080)."""

import argparse
import asyncio
import errno
import math
import os
import signal
import sys
from pathlib import Path

from demo import cast
from demo.keys import Keys, keys_in
from demo.server import HOST, Telegram, serve
from demo.shop import NoShop, Shop
from demo.supervisor import Supervisor

CHECKOUT = Path(__file__).parent.parent
#: Everything the demo keeps. The bot runs here, too, so that a visitor's own `.env` does not reach it.
FOLDER = CHECKOUT / "data" / "demo"
TILL = "till.db"
BOT = (sys.executable, "-m", "bot")
#: The bot's variables; none of the visitor's own may reach the demo's bot.
VARIABLES = (
    "BOT_TOKEN",
    "BOT_API_BASE",
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEYS",
    "WEBHOOK_URL",
    "WEBHOOK_SECRET",
    "DEFAULT_LOCALE",
)
#: Seconds the bot has for its first poll before the address is told anyway.
FIRST_POLL = 30.0


class CannotStart(Exception):
    """The argument is the sentence for the person who started the demo."""


def environment(keys: Keys, port: int) -> dict[str, str]:
    """What the bot's process gets: the rest of this one's, and the demo's own variables."""
    inherited = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return {
        "LOG_LEVEL": "INFO",
        **inherited,
        "BOT_TOKEN": keys.token,
        "BOT_API_BASE": f"http://{HOST}:{port}",
        "DATABASE_URL": "sqlite+aiosqlite:///tillkeeper.db",
        "PYTHONPATH": str(CHECKOUT),
        "SECRET_KEYS": keys.secret_key,
    }


def port_from(value: str) -> int:
    if not value.isascii() or not value.isdecimal() or not 0 < int(value) < 65536:
        raise CannotStart(f"PORT must be a number from 1 to 65535, not {value!r}")
    return int(value)


async def run(port: int, folder: Path, *, with_bot: bool) -> None:
    """Serve until a signal. Raises CannotStart."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    keys = keys_in(folder / "keys.json")
    try:
        async with serve(data=folder / "telegram.db", port=port, token=keys.token, till=folder / TILL) as telegram:
            telegram.api.logs = False
            cast.enter(telegram.world)
            await telegram.keeper.save()
            if with_bot:
                await _with_bot(telegram, environment(keys, port), folder, stop)
            else:
                _say(telegram, "without its bot")
                await stop.wait()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise CannotStart(f"port {port} is taken; choose another: make demo PORT={port + 1}") from error


async def _with_bot(telegram: Telegram, variables: dict[str, str], folder: Path, stop: asyncio.Event) -> None:
    shop = Shop(telegram.world, BOT, variables, folder, TILL)
    await shop.make_ready()
    await telegram.keeper.save()
    log = folder / "bot.log"
    supervisor = Supervisor(BOT, variables, folder, log, telegram.presence.died)
    running = asyncio.create_task(supervisor.run())
    claims = asyncio.create_task(shop.keep_ready())
    stopped = asyncio.create_task(stop.wait())
    first_poll = asyncio.create_task(telegram.world.wait_for(lambda: telegram.presence.online, math.inf))
    try:
        await asyncio.wait({first_poll, stopped}, timeout=FIRST_POLL, return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            if not first_poll.done():
                _say(telegram, f"there, but its bot is not yet: see {log}")
                await asyncio.wait({first_poll, claims, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if first_poll.done():
                _say(telegram, "ready")
        await asyncio.wait({claims, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        supervisor.stop()
        await running
        for task in (claims, stopped, first_poll):
            task.cancel()
        ended = await asyncio.gather(claims, first_poll, return_exceptions=True)
    for result in ended:
        if isinstance(result, NoShop):
            raise result


def _say(telegram: Telegram, how: str) -> None:
    print(f"The demo is {how}: {telegram.url} (Ctrl-C ends it)", flush=True)  # noqa: T201 for who started it


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description="The demo; PORT chooses its port.")
    parser.add_argument("--without-bot", action="store_true", help="only the page, the till and the Bot API")
    parser.add_argument("--data", type=Path, default=FOLDER, metavar="FOLDER", help=f"where all is kept ({FOLDER})")
    arguments = parser.parse_args()
    try:
        port = port_from(os.environ.get("PORT") or "8080")
        arguments.data = arguments.data.resolve()
        arguments.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        asyncio.run(run(port, arguments.data, with_bot=not arguments.without_bot))
    except (CannotStart, NoShop) as error:
        print(f"demo: {error}", file=sys.stderr)  # noqa: T201 for who started it
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
