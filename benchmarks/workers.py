"""Changes a second that three worker processes bring to their end on one PostgreSQL, as a multiple of what one brings.

The workers are processes as `python -m bot worker` runs them. The till is in each of them and takes 50 ms a call, so
what is measured is the till's time that runs side by side, and the database between. Each round confirms the same
number of changes of different users at once; rounds of one and of three processes alternate.
"""

import asyncio
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pyotp
import uvloop
from cryptography.fernet import Fernet

from bot.assembly import Parts, open_parts
from bot.logs import set_up_logs
from bot.run import work
from bot.settings import Settings
from changes.authority import Actor, ChatKind
from changes.backend import Capabilities, ChangeKind, Evidence, Order, SecretRules, Support
from changes.claiming import AddShop
from changes.life import State
from changes.ports import Notice, NoticeKind
from changes.recording import intent
from changes.request import ChangeRequest, Draft, new_request_id
from changes.till import Role, Status, Terminal, TerminalUser, UserPage, UserQuery
from pos import registry
from pos.kind import Kind, Options
from tests.databases import Databases, rows_of

#: Importing the bot takes seconds: what has done so once stands by, and each worker is a fork of that.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["bot.run", "tests.databases"])

PROCESSES = (1, 3)
#: Rounds of each; the first does not count: connections are opened, statements compiled.
_ROUNDS = 3
#: Changes a round, spread over shops: the entries of one shop's audit follow each other.
_CHANGES = 120
_SHOPS = 8

_KIND = "benchmark"
_CALL = 0.05
_TERMINAL = Terminal("front", "Front")
_LOOK_AGAIN = 0.02
_LINKS = (
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tillkeeper link' AND datname = current_database()"
)
_LONGEST_ROUND = 60.0


class Till:
    """Everybody is there; a change is there once it was asked for. Fulfils `changes.backend.Backend`."""

    capabilities = Capabilities(
        operations={ChangeKind.RENAME: Support.NATIVE},
        secret=SecretRules(4, 8, 6),
        name_longest=40,
        roles=tuple(Role),
        idempotent=True,
        versioned=True,
        confirms_secret=False,
        evidence=Evidence.UNCONFIRMED,
    )

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    async def terminals(self) -> tuple[Terminal, ...]:
        return (_TERMINAL,)

    async def users(self, _terminal_id: str, _query: UserQuery) -> UserPage:
        return UserPage((), 0)

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        await asyncio.sleep(_CALL)
        name, version = self._names.get(user_id, "Chen"), "2" if user_id in self._names else "1"
        return TerminalUser(user_id, terminal_id, "01", name, Role.CASHIER, Status.ACTIVE, version=version)

    async def apply(self, order: Order, _key: str) -> None:
        await asyncio.sleep(_CALL)
        self._names[order.user_id] = order.name or ""

    async def confirm(self, order: Order) -> bool:
        await asyncio.sleep(_CALL)
        return self._names.get(order.user_id) == order.name

    async def close(self) -> None:
        """There is nothing to close."""


def _know_till() -> None:
    async def nothing(_options: Options) -> None:
        """The till stands."""

    vars(registry)["_OURS"][_KIND] = Kind(lambda _given: Till(), nothing)


def run_worker(settings: Settings, log: Path) -> None:
    """Until it is ended, as `python -m bot worker` does."""
    _know_till()
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    set_up_logs(settings.log_level, settings.keys)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work(settings))


async def _templates(settings: Settings) -> list[ChangeRequest]:
    """A proposed change of each shop."""
    actor = Actor(77, "Lin", 77, ChatKind.PRIVATE)
    made: list[ChangeRequest] = []
    async with open_parts(settings) as parts:
        for number in range(_SHOPS):
            new = await AddShop(parts.store, parts.clock)(f"Shop {number}", "Asia/Shanghai", _KIND, {})
            await parts.use.claim(actor, new.code, "en")
            if not made:
                authenticator = pyotp.TOTP((await parts.use.begin_enrolment(actor)).secret)
                await parts.use.confirm_enrolment(actor, authenticator.at(parts.clock.now()))
            draft = Draft(new.shop.id, _TERMINAL.id, "chen", ChangeKind.RENAME, "Chen Xiaoyu")
            made.append((await parts.use.propose(actor, draft)).request)
    return made


@dataclass(frozen=True, slots=True)
class Round:
    settings: Settings
    templates: list[ChangeRequest]

    async def measure(self, size: int) -> float:
        """Changes a second, from their record to the end of the last."""
        async with open_parts(self.settings) as parts, asyncio.timeout(_LONGEST_ROUND):
            while self._number(_LINKS) < size:  # noqa: ASYNC110 no news tells of that
                await asyncio.sleep(_LOOK_AGAIN)
            await asyncio.sleep(0.5)
            began = time.monotonic()
            await self._record(parts)
            while await self._open(parts):  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_AGAIN)
            took = time.monotonic() - began
        applied = self._number("SELECT count(*) FROM requests WHERE state = 'applied' AND attempts = 1")
        if applied % _CHANGES:
            raise RuntimeError(f"{applied % _CHANGES} of {_CHANGES} changes were applied at the first try")
        return _CHANGES / took

    def _number(self, query: str) -> int:
        return int(rows_of(self.settings.database_url, query)[0][0])

    async def _record(self, parts: Parts) -> None:
        now = parts.clock.now()
        async with parts.store.write() as tx:
            for number in range(_CHANGES):
                template = self.templates[number % _SHOPS]
                request_id = new_request_id()
                request = replace(
                    template,
                    id=request_id,
                    user=replace(template.user, id=request_id),
                    state=State.CONFIRMED,
                    confirmed_at=now,
                    next_at=now,
                )
                await tx.requests.add(request)
                await tx.audit.append(request.shop_id, intent(request), now)
                notice = Notice(NoticeKind.PROGRESS, request.chat_id, person_id=77, request_id=request_id)
                await tx.outbox.put(notice, now)

    async def _open(self, parts: Parts) -> bool:
        async with parts.store.read() as tx:
            return await tx.requests.next_due() is not None


@asynccontextmanager
async def _working(size: int, settings: Settings, log: Path) -> AsyncIterator[None]:
    """So many workers meanwhile."""
    workers = [_FORKS.Process(target=run_worker, args=(settings, log), daemon=True) for _ in range(size)]
    for worker in workers:
        await asyncio.to_thread(worker.start)
    try:
        yield
    finally:
        for worker in workers:
            worker.terminate()
            await asyncio.to_thread(worker.join)


async def measure(folder: Path) -> dict[int, list[float]]:
    """Changes a second of each round that counts, by the number of processes."""
    databases = Databases(folder)
    found: dict[int, list[float]] = {size: [] for size in PROCESSES}
    try:
        async with databases.fresh("postgres") as url:
            settings = Settings(
                _env_file=None,  # type: ignore[call-arg]
                database_url=url,
                secret_keys=Fernet.generate_key().decode(),  # type: ignore[arg-type]  # as from outside
            )
            rounds = Round(settings, await _templates(settings))
            for _ in range(_ROUNDS):
                for size in PROCESSES:
                    async with _working(size, settings, folder / "workers.log"):
                        found[size].append(await rounds.measure(size))
    finally:
        databases.close()
    return {size: speeds[1:] for size, speeds in found.items()}


def main() -> None:
    _know_till()
    with tempfile.TemporaryDirectory(prefix="tillkeeper-") as name:
        found = asyncio.run(measure(Path(name)))
    for size, speeds in found.items():
        each = ", ".join(f"{speed:.0f}" for speed in speeds)
        print(f"{size} worker processes: {statistics.median(speeds):.1f} changes/s (rounds: {each})")
    alone, together = (statistics.median(found[size]) for size in PROCESSES)
    print(
        f"3 against 1 on {os.cpu_count()} cores, a till that takes {_CALL * 1000:.0f} ms a call: {together / alone:.2f}"
    )


if __name__ == "__main__":
    main()
