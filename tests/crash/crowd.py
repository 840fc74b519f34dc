"""Owners who confirm changes with codes, all at once, while the bot is killed again and again.

`python -m tests.crash.crowd` is the long form. The bot is the whole process, on real polling; Telegram and the tills
outlive it. A code that was typed is lost where it has no effect and the owner no answer.
"""

import argparse
import asyncio
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from changes.till import Status
from demo.world import CannotDo
from tests.clock import FileClock
from tests.databases import Databases
from tests.e2e.bench import BotProcess, bot_on, make_till
from tests.e2e.fleet import fleet_of
from tests.e2e.owner import Owner
from tests.e2e.shops import CHEN, FRONT, Shop, shop_of

#: Owners; each needs about ten updates for a change.
_OWNERS = 20

#: The clock's seconds in a second of the machine: nobody waits half a minute for the next code.
_FASTER = 4

#: Seconds after which an answer is late: it may be, for the bot is killed again and again meanwhile.
_PATIENCE = 40.0

#: Seconds after the last kill in which the answer must have come.
_LAST_PATIENCE = 60.0

#: Seconds between two tries of an owner.
_BREATH = 1.0

#: A kill comes in the third of a second after so many codes were typed since the last.
_CODES = 2


@dataclass
class Tally:
    kills: int = 0
    typed: int = 0
    #: Typed codes whose change is recorded.
    recorded: int = 0
    updates: int = 0
    seconds: float = 0.0
    late: int = 0
    lost: list[str] = field(default_factory=list)

    async def typed_more(self, codes: int) -> None:
        """Until so many more were typed."""
        enough = self.typed + codes
        async with asyncio.timeout(_PATIENCE * 2):
            while self.typed < enough:  # noqa: ASYNC110 nothing tells of it
                await asyncio.sleep(0.02)

    def __str__(self) -> str:
        rate = self.updates / self.seconds
        return (
            f"{self.kills} kills, {rate:.0f} updates/s: {self.typed} codes typed, "
            f"{self.recorded} recorded, {self.late} answered late, {len(self.lost)} lost"
        )


@dataclass
class Bot:
    """Whom people write to, and how it is killed and comes again."""

    process: BotProcess
    kill: Callable[[], Awaitable[None]]


@asynccontextmanager
async def one_process(folder: Path, till: Path) -> AsyncIterator[Bot]:
    """On SQLite."""
    async with bot_on(folder, till) as process:

        async def kill() -> None:
            await process.kill()
            await process.start()

        yield Bot(process, kill)


@asynccontextmanager
async def three_processes(folder: Path, till: Path, databases: Databases) -> AsyncIterator[Bot]:
    """On PostgreSQL: whoever leads is killed, and another joins."""
    async with fleet_of(3, folder, till, databases) as fleet:

        async def kill() -> None:
            leading = (fleet.leaders() or [each for each in fleet.members if each.process.is_alive()])[0]
            await leading.end(signal.SIGKILL)
            await fleet.join()

        yield Bot(fleet, kill)


def bot_of(kind: str, folder: Path, till: Path, databases: Databases) -> AbstractAsyncContextManager[Bot]:
    """As it runs on this kind of database."""
    return one_process(folder, till) if kind == "sqlite" else three_processes(folder, till, databases)


async def press_and_kill(bot: Bot, kills: int, owners: int = _OWNERS) -> Tally:
    """Raises `AssertionError` where a chain does not fit."""
    tally = Tally()
    enough = asyncio.Event()
    async with AsyncExitStack() as stack:
        shops = [await stack.enter_async_context(shop_of(bot.process)) for _ in range(owners)]
        updates, began = bot.process.telegram.world.updates.next_id, asyncio.get_running_loop().time()
        turning = asyncio.create_task(_turn(bot.process.clock))
        async with asyncio.TaskGroup() as group:
            for shop in shops:
                group.create_task(_confirm_on(shop, tally, enough))
            while tally.kills < kills:
                await tally.typed_more(_CODES)
                await asyncio.sleep(secrets.randbelow(300) / 1000)
                await bot.kill()
                tally.kills += 1
            tally.updates = bot.process.telegram.world.updates.next_id - updates
            tally.seconds = asyncio.get_running_loop().time() - began
            enough.set()
        turning.cancel()
        tally.recorded = sum([(await shop.audit()).count("intent") for shop in shops])
    return tally


async def _turn(clock: FileClock) -> None:
    while True:
        await asyncio.sleep(0.25)
        clock.turn(seconds=0.25 * (_FASTER - 1))


async def _confirm_on(shop: Shop, tally: Tally, enough: asyncio.Event) -> None:
    """One change after the other. Whatever does not go as it should is begun anew; only the code counts."""
    owner, spent = shop.owner, 0
    while not enough.is_set():
        with suppress(TimeoutError, LookupError, CannotDo):
            kind = "change-kind-freeze" if (await shop.user()).status is Status.ACTIVE else "change-kind-unfreeze"
            said = owner.say("/start")
            await owner.menu(after=said.message_id)
            window = await owner.go_to_code(FRONT, CHEN, kind)
            while _step(owner) == spent:  # noqa: ASYNC110 the clock is turned, and tells nobody
                await asyncio.sleep(0.2)
            spent = _step(owner)
            before = {each.message_id: each.text for each in owner.said()}
            owner.say_secret(owner.code())
            tally.typed += 1
            heard = partial(_heard, owner, before)
            if not await _comes(owner, heard, _PATIENCE):
                tally.late += 1
                await enough.wait()
                if not await _comes(owner, heard, _LAST_PATIENCE):
                    tally.lost.append(f"{owner.person.id}: {window.text}")
        # Whoever begins anew at once takes the menu that still comes for the last press for the new one, for ever.
        await asyncio.sleep(_BREATH)


def _step(owner: Owner) -> int:
    return int(owner.bot.clock.now().timestamp()) // 30


async def _comes(owner: Owner, heard: Callable[[], bool], seconds: float) -> bool:
    with suppress(TimeoutError):
        await owner.telegram.world.wait_for(heard, seconds)
    return heard()


def _heard(owner: Owner, before: dict[int, str]) -> bool:
    """Whether the bot has said anything since."""
    return any(before.get(each.message_id) != each.text for each in owner.said())


async def _main(kind: str, kills: int) -> int:
    with TemporaryDirectory() as folder:
        databases = Databases(Path(folder))
        till = await make_till(Path(folder) / "till.db")
        try:
            async with bot_of(kind, Path(folder), till, databases) as bot:
                tally = await press_and_kill(bot, kills)
        finally:
            databases.close()
    sys.stdout.write(f"{kind}: {tally}\n" + "".join(f"{each}\n" for each in tally.lost))
    return bool(tally.lost)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.crash.crowd", description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    asked = parser.parse_args()
    sys.exit(asyncio.run(_main(asked.database, asked.kills)))
