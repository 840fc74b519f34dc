"""The outgoing queue's throughput as a share of what Telegram permits over all chats, and how often it was refused.

The queue runs as in production, on SQLite on disk; Telegram is the demo's, a process of its own with its limits on.
Every message is an audit entry; there are so many chats that only the overall limit binds.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop
from cryptography.fernet import Fernet

from benchmarks.served import PROCESSES, process
from bot.assembly import Parts, open_bot, open_parts
from bot.logs import set_up_logs
from bot.outgoing import Outgoing
from bot.pacing import TELEGRAM, Pacing
from bot.settings import Settings
from bot.turns import Turns
from changes.claiming import AddShop
from changes.ports import Notice, NoticeKind
from demo.keys import new_token
from demo.server import Telegram, serve
from storage.migrate import migrate

CHATS = 100
FIRST_CHAT = 5_000_000_000
#: Seconds before it counts, and that count: first the windows fill.
_WARM_UP = 3.0
_LASTS = 15.0
_GOAL = 0.95

_START_LIMIT = 30.0


class Gate:
    """What Telegram let pass, by the machine's monotonic clock, and how many it refused."""

    def __init__(self, telegram: Telegram) -> None:
        self.passed: list[float] = []
        self.refused = 0
        self._check = telegram.flood.check
        telegram.flood.on = True
        vars(telegram.flood)["check"] = self.check

    def check(self, method: str, chat_id: str) -> None:
        self.refused += 1
        self._check(method, chat_id)
        self.refused -= 1
        self.passed.append(time.monotonic())


async def _be_telegram(token: str, line: Connection) -> None:
    async with serve(token=token) as telegram:
        for number in range(CHATS):
            person = telegram.world.add_person(f"Person {number}", person_id=FIRST_CHAT + number)
            telegram.world.send_text(person, "/start")
        gate = Gate(telegram)
        line.send(telegram.url)
        await asyncio.to_thread(line.recv)
        line.send((gate.passed, gate.refused))


def run_telegram(token: str, line: Connection) -> None:
    """Send the address into the line; when something comes out of it, what was counted."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_be_telegram(token, line))


@contextmanager
def telegram_at(token: str) -> Iterator[tuple[str, Connection]]:
    here, there = PROCESSES.Pipe()
    with process(run_telegram, token, there):
        if not here.poll(_START_LIMIT):
            raise RuntimeError("Telegram does not start")
        yield here.recv(), here


async def queue_up(parts: Parts) -> None:
    """More than can be sent, in turn over all chats."""
    shop = (await AddShop(parts.store, parts.clock)("Lin's Tea House", "Asia/Shanghai", "embedded", {})).shop
    wanted = int(TELEGRAM.overall.calls * (_WARM_UP + _LASTS + 2))
    async with parts.store.write() as tx:
        for number in range(wanted):
            chat_id = FIRST_CHAT + number % CHATS
            notice = Notice(NoticeKind.ENTRY, chat_id, shop_id=shop.id, entry_number=1)
            await tx.outbox.put(notice, parts.clock.now())


async def send(settings: Settings) -> None:
    async with open_parts(settings) as parts:
        await migrate(parts.database)
        await queue_up(parts)
        pacing, bot = Pacing(), open_bot(settings)
        bot.session.middleware(Turns(pacing))
        async with bot.context(auto_close=True):
            outgoing = Outgoing(bot, parts.store, parts.locales, parts.clock, parts.wake, pacing)
            sending = asyncio.create_task(outgoing.run())
            await asyncio.sleep(_WARM_UP + _LASTS + 1)
            sending.cancel()
            await asyncio.wait([sending])


def show(passed: list[float], refused: int) -> None:
    begins = passed[0] + _WARM_UP
    counted = [at for at in passed if begins <= at < begins + _LASTS]
    gap = max(after - before for before, after in pairwise(counted))
    share = len(counted) / _LASTS / TELEGRAM.overall.calls * TELEGRAM.overall.seconds
    print(f"{len(counted)} messages to {CHATS} chats in {_LASTS:.0f} s, the longest gap {gap * 1000:.0f} ms")
    print(f"  {share:.1%} of Telegram's permitted rate; the goal is {_GOAL:.0%}")
    print(f"  {refused} refused with 429; the goal is none")


def main() -> None:
    token = new_token()
    set_up_logs("WARNING", [token])
    with telegram_at(token) as (url, line), tempfile.TemporaryDirectory(prefix="tillkeeper-") as folder:
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            bot_token=token,  # type: ignore[arg-type]  # as from outside, like the keys
            bot_api_base=url,
            database_url=f"sqlite+aiosqlite:///{Path(folder) / 'tillkeeper.db'}",
            secret_keys=Fernet.generate_key().decode(),  # type: ignore[arg-type]
        )
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(send(settings))
        line.send("enough")
        show(*line.recv())


if __name__ == "__main__":
    main()
