"""A database that fails for a moment costs a moment; one that goes on failing is told, wherever it failed first."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import DeleteMessage, TelegramMethod
from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs

from bot.tills import OpenTills
from changes.backend import ChangeKind, NotReached
from changes.housekeeping import KEPT, Housekeeping
from changes.identity import Identify
from changes.life import State
from changes.ports import Notice, NoticeKind
from handlers.states import MenuSG
from storage.engine import Database
from storage.store import SqlStore
from storage.vault import Vault
from tests.changes.bench import Bench
from tests.databases import Databases
from tests.handlers.bench import Bench as Handled
from tests.handlers.bench import bench_in
from tests.handlers.chat import Session
from tests.handlers.person import Person

Logs = list[MutableMapping[str, Any]]


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    with capture_logs() as captured:
        yield captured


@pytest.fixture
async def handled(tmp_path: Path) -> AsyncIterator[Handled]:
    async with bench_in(tmp_path) as made:
        yield made


@pytest.fixture
async def owner(handled: Handled) -> Person:
    return await handled.owner(await handled.shop())


def reads_fail(database: Database, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    read, left = database.read, times

    @asynccontextmanager
    async def failing() -> AsyncIterator[AsyncConnection]:
        nonlocal left
        if left > 0:
            left -= 1
            raise OperationalError("SELECT", {}, Exception("disk I/O error"))
        async with read() as connection:
            yield connection

    monkeypatch.setattr(database, "read", failing)
    monkeypatch.setattr("bot.middlewares._PAUSES", (0.01, 0.01))


async def test_a_press_is_tried_again_while_the_database_comes_back(
    handled: Handled, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads_fail(handled.parts.database, monkeypatch, 2)
    owner.fresh()
    await owner.send("/menu")
    assert owner.state() == MenuSG.home.state
    assert owner.told() == []


async def test_a_database_that_goes_on_failing_is_told_with_the_id_of_the_log(
    handled: Handled, owner: Person, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    reads_fail(handled.parts.database, monkeypatch, 1000)
    owner.fresh()
    await owner.send("/menu")
    (logged,) = [line for line in logs if line["log_level"] == "error"]
    assert owner.told() == [owner.texts.plain("unexpected", id=logged["error_id"])]
    assert re.fullmatch("[0-9a-f]{8}", logged["error_id"])


@pytest.mark.postgres
async def test_after_a_restart_of_the_server_the_first_query_works(databases: Databases) -> None:
    async with databases.fresh("postgres") as url:
        database, other = Database(url), Database(url)
        async with database.read() as connection:
            await connection.execute(text("SELECT 1"))
        async with other.write() as connection:
            name = await connection.scalar(text("SELECT current_database()"))
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
            await connection.execute(text(f"{others} AND pid <> pg_backend_pid()"), {"name": name})
        async with database.read() as connection:
            assert await connection.scalar(text("SELECT 1")) == 1
        await database.close()
        await other.close()


async def test_a_language_with_a_long_name_locks_nobody_out(handled: Handled, owner: Person) -> None:
    owner.known_as("Lin", "classic-zh-hant-tw-raw")
    await owner.send("/menu")
    assert owner.state() == MenuSG.home.state
    assert handled.rows("SELECT language_code FROM people") == [("classic-zh-hant-",)]


async def test_the_longest_language_that_is_kept_fits(bench: Bench) -> None:
    await Identify(bench.store)(bench.owner.person_id, "Lin", "classic-zh-hant-tw-raw"[:16])
    async with bench.store.read() as tx:
        person = await tx.people.get(bench.owner.person_id)
    assert person is not None
    assert person.language_code == "classic-zh-hant-"


def queued_deletions(handled: Handled) -> list[tuple[int, ...]]:
    return handled.rows("SELECT message_id FROM outbox WHERE kind = 'delete'")


@pytest.mark.parametrize(
    "failure",
    [TelegramNetworkError(DeleteMessage(chat_id=1, message_id=1), "Request timeout error"), TypeError("odd answer")],
    ids=["late", "odd"],
)
async def test_a_code_that_telegram_does_not_delete_is_deleted_later(
    handled: Handled, owner: Person, failure: Exception
) -> None:
    await owner.send("/menu")
    handled.chat.failing["DeleteMessage"] = [failure]
    sent = await owner.send("135791")
    assert queued_deletions(handled) == [(sent,)]


async def test_a_code_is_deleted_later_where_the_handler_is_cut_off_meanwhile(
    handled: Handled, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await owner.send("/menu")
    make, patience = Session.make_request, []

    async def hang(self: Session, bot: Any, method: TelegramMethod[Any], timeout: int | None = None) -> Any:  # noqa: ASYNC109
        if isinstance(method, DeleteMessage):
            patience.append(timeout)
            await asyncio.Event().wait()
        return await make(self, bot, method, timeout)

    monkeypatch.setattr(Session, "make_request", hang)
    monkeypatch.setattr("bot.middlewares._LONGEST", 0.2)
    sent = await owner.send("135791")
    assert patience == [5]
    assert queued_deletions(handled) == [(sent,)]


async def test_an_expired_proposal_ends_and_its_pin_goes(bench: Bench) -> None:
    request = await bench.propose(ChangeKind.PIN)
    house = Housekeeping(bench.store, bench.clock)
    await house.end_proposals()
    assert (await bench.kept(request)).state is State.PROPOSED
    bench.turn_to(request.expires_at)
    await house.end_proposals()
    kept = await bench.kept(request)
    assert (kept.state, kept.secret) == (State.EXPIRED, None)


async def test_old_messages_are_forgotten_and_waiting_ones_are_not(bench: Bench) -> None:
    house = Housekeeping(bench.store, bench.clock)
    for chat_id in (1, 2):
        async with bench.store.write() as tx:
            await tx.outbox.put(Notice(NoticeKind.ENTRY, chat_id, shop_id=1, entry_number=1), bench.clock.now())
    async with bench.store.write() as tx:
        first, _ = await tx.outbox.due(bench.clock.now(), 5)
        await tx.outbox.sent(first.id, bench.clock.now())
    bench.clock.turn(seconds=KEPT.total_seconds())
    for left in (2, 1):
        await house.forget_messages()
        async with bench.database.read() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM outbox")) == left
        bench.clock.turn(seconds=1)


async def test_a_pin_that_no_key_opens_stops_no_other_change_and_is_kept(bench: Bench) -> None:
    """A key was taken away too early; it may come back."""
    unreadable = await bench.confirmed(ChangeKind.PIN)
    other_store = SqlStore(bench.database, Vault([Fernet.generate_key().decode()]))
    now = bench.clock.now()
    async with other_store.write() as tx:
        leased = await tx.requests.lease("w", now, now + timedelta(seconds=30))
        assert leased is not None
        assert (leased.id, leased.secret, leased.secret_unreadable) == (unreadable.id, None, True)
        assert await tx.requests.move(leased, State.CONFIRMED, "w")
        assert await tx.requests.lease("w", now, now + timedelta(seconds=30)) is None
    assert (await bench.kept(unreadable)).secret == unreadable.secret


async def test_a_till_whose_options_no_key_opens_is_away_and_others_are_not(bench: Bench) -> None:
    tills = OpenTills(SqlStore(bench.database, Vault([Fernet.generate_key().decode()])))
    with pytest.raises(NotReached):
        await tills.of(bench.shop.id)
