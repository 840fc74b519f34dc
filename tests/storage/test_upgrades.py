"""Upgrades with data: whatever a database of the first revision held is there afterwards, and goes on where it was."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, Table, insert, select

from changes.applying import LEASE, Applying
from changes.audit import Entry, EntryKind, Head, Record, first_fault, link
from changes.backend import ChangeKind
from changes.life import FINAL, State
from changes.ports import NoticeKind
from changes.till import TerminalUser
from pos.embedded.backend import EmbeddedBackend
from pos.embedded.till import Edit, Till
from storage import migrate as migration
from storage.engine import Database
from storage.migrate import differences, migrate
from storage.store import SqlStore
from storage.vault import Vault
from tests.changes.bench import CountingWaker, OneTill
from tests.clock import HandClock
from tests.databases import Databases
from tests.pos.bench import QUICK, Shop, furnish

SHOP, OWNER = 1, 4_000_000_001
TABLES = {
    "shops",
    "people",
    "members",
    "claims",
    "factors",
    "requests",
    "snapshots",
    "audit",
    "outbox",
    "conversations",
}

#: Every state of the first revision; whose change it is decides what the till says of it.
STATES = ("proposed", "confirmed", "applying", "unknown", "applied", "failed", "cancelled", "expired")

#: What a user of the first revision had not.
_LATER = frozenset({"freeze", "permissions", "terminals", "protected"})

Rows = dict[str, list[dict[str, Any]]]


@dataclass
class Old:
    """A database of the first revision, filled, and the till of its shop."""

    database: Database
    store: SqlStore
    clock: HandClock
    at: Shop
    applying: Applying
    #: What was put in, by table.
    rows: Rows

    async def now(self) -> Rows:
        """The rows as they are, in the columns that the first revision had."""
        async with self.database.read() as connection:
            return await connection.run_sync(lambda plain: _read(plain, self.rows))

    async def entries(self) -> list[Entry]:
        async with self.store.read() as tx:
            return [entry async for entry in tx.audit.walk(SHOP)]

    async def head(self) -> Head:
        async with self.store.read() as tx:
            return await tx.audit.head(SHOP)


def _tables(connection: Connection) -> MetaData:
    """As they stand in the database, not as the code describes them."""
    found = MetaData()
    found.reflect(connection)
    return found


def _columns(table: Table) -> set[str]:
    """Those that are filled: the queue's ids are counted by the database."""
    return set(table.c.keys()) - ({"id"} if table.name == "outbox" else set())


def _read(connection: Connection, like: Rows) -> Rows:
    tables = _tables(connection).tables
    found: Rows = {}
    for name, rows in like.items():
        columns = [tables[name].c[column] for column in rows[0]]
        read = connection.execute(select(*columns).order_by(*tables[name].primary_key.columns))
        found[name] = [dict(row._mapping) for row in read]
    return found


def _fill(connection: Connection, rows: Rows) -> None:
    tables = _tables(connection).tables
    assert set(tables) == TABLES | {"alembic_version"}
    for name, values in rows.items():
        assert set(values[0]) == _columns(tables[name])
        for each in values:
            connection.execute(insert(tables[name]).values(each))


def _request(state: str, number: int, user: TerminalUser, at: Shop, now: Any, vault: Vault) -> dict[str, Any]:
    request_id = f"{number:032x}"
    is_open = state in ("confirmed", "applying", "unknown")
    return {
        "id": request_id,
        "shop_id": SHOP,
        "actor_id": OWNER,
        "actor_name": "Boss Lin",
        "chat_id": OWNER,
        "terminal_id": at.terminal.id,
        "terminal_name": at.terminal.name,
        "user_id": user.id,
        "user": {name: value for name, value in asdict(user).items() if name not in _LATER},
        "kind": "rename",
        "before": {"name": user.name},
        "after": {"name": "Ana Silva"},
        "force": False,
        "undoes": None,
        "sealed_secret": vault.seal(f"requests.secret:{request_id}", "830574") if state == "applied" else None,
        "secret_made": state == "applied",
        "state": state,
        "result": {"unknown": "answer-lost", "applied": "applied", "failed": "not-held"}.get(state, ""),
        "progress_message_id": 7,
        "created_at": now(number),
        "expires_at": now(3600),
        "confirmed_at": now(number),
        "asked_at": now(number) if state in ("applying", "unknown") else None,
        "finished_at": None if is_open or state == "proposed" else now(number),
        "attempts": 1,
        "next_at": now(number) if is_open else None,
        "lease_owner": "dead" if state in ("applying", "unknown") else None,
        "lease_until": now(number + LEASE.total_seconds()) if state in ("applying", "unknown") else None,
    }


def _chain(now: Any, requests: Sequence[dict[str, Any]], moment: datetime) -> list[Entry]:
    facts = [
        (EntryKind.SHOP_ADDED, {"name": "Lin's Tea House"}),
        *((EntryKind.CHANGE_INTENT, {"change": request["id"]}) for request in requests),
    ]
    entries: list[Entry] = []
    head = Head()
    for kind, said in facts:
        entries.append(link(head, SHOP, Record(kind, said), moment))
        head = Head(entries[-1].number, entries[-1].hash)
    return entries


def _rows(at: Shop, vault: Vault, clock: HandClock, *, zoned: bool) -> Rows:
    def now(seconds: float = 0) -> datetime:
        moment = clock.now() + timedelta(seconds=seconds)
        return moment if zoned else moment.replace(tzinfo=None)

    users = {"confirmed": at.manager, "unknown": at.cashier}
    requests = [
        _request(state, number, users.get(state) or _nobody(at.cashier, number), at, now, vault)
        for number, state in enumerate(STATES, 1)
    ]
    entries = _chain(now, requests, clock.now())
    notice: dict[str, Any] = {
        "chat_id": OWNER,
        "shop_id": SHOP,
        "person_id": OWNER,
        "request_id": None,
        "message_id": None,
    }
    notice |= {"entry_number": 1, "attempts": 0, "error": None, "created_at": now(), "due_at": now()}
    conversation = {"bot_id": 1, "chat_id": OWNER, "user_id": OWNER, "thread_id": 0, "business_connection_id": ""}
    return {
        "shops": [
            {
                "id": SHOP,
                "name": "Lin's Tea House",
                "zone": "Asia/Shanghai",
                "backend": "embedded",
                "sealed_options": vault.seal(f"shops.options:{SHOP}", json.dumps({"path": "till.db"})),
                "head_number": entries[-1].number,
                "head_hash": entries[-1].hash,
            }
        ],
        "people": [{"id": OWNER, "name": "Boss Lin", "locale": "zh-Hans", "language_code": "en"}],
        "members": [{"person_id": OWNER, "shop_id": SHOP, "role": "owner"}],
        "claims": [
            {"digest": "a" * 64, "shop_id": SHOP, "expires_at": now(9), "ended_at": now(5), "person_id": OWNER},
            {"digest": "b" * 64, "shop_id": SHOP, "expires_at": now(9), "ended_at": None, "person_id": None},
        ],
        "factors": [
            {
                "person_id": OWNER,
                "sealed_secret": vault.seal(f"factors.secret:{OWNER}", "JBSWY3DPEHPK3PXP"),
                "confirmed": True,
                "shown_at": now(),
                "last_timecode": 59_000_000,
                "failures": 2,
                "locked_until": None,
            }
        ],
        "requests": requests,
        "snapshots": [{"request_id": requests[3]["id"], "taken_at": now(), "sealed_user": "sealed"}],
        "audit": [
            {
                "shop_id": SHOP,
                "number": entry.number,
                "at": now(),
                "kind": entry.kind.value,
                "facts": dict(entry.facts),
                "previous": entry.previous,
                "hash": entry.hash,
            }
            for entry in entries
        ],
        "outbox": [
            {"kind": "entry", "ended_at": now(), "delivered": True, **notice},
            {"kind": "entry", "ended_at": None, "delivered": False, **notice},
        ],
        "conversations": [{**conversation, "destiny": "default", "state": "Menu:home", "data": "{}"}],
    }


def _nobody(user: TerminalUser, number: int) -> TerminalUser:
    """A user whom the till does not know."""
    return TerminalUser(f"nobody-{number}", user.terminal_id, "77", user.name, user.role, user.status, "1")


async def _to(database: Database, revision: str) -> None:
    step = command.downgrade if revision == "back" else command.upgrade
    async with database.write() as connection:
        await connection.run_sync(lambda plain: step(migration._config(plain), "0001"))


@pytest.fixture
async def old(
    databases: Databases, database_kind: str, vault: Vault, clock: HandClock, tmp_path: Path
) -> AsyncIterator[Old]:
    path = tmp_path / "till.db"
    async with databases.empty(database_kind) as url, Till(path, hasher=QUICK) as till:
        database, backend = Database(url), EmbeddedBackend(path)
        at = await furnish(till, path)
        rows = _rows(at, vault, clock, zoned=not database.is_sqlite)
        await _to(database, "first")
        async with database.write() as connection:
            await connection.run_sync(lambda plain: _fill(plain, rows))
        store = SqlStore(database, vault)
        try:
            yield Old(
                database, store, clock, at, Applying(store, OneTill(backend), clock, CountingWaker(), "worker"), rows
            )
        finally:
            await backend.close()
            await database.close()


async def test_nothing_is_lost_on_the_way_up_and_what_is_new_has_its_value(old: Old) -> None:
    before = await old.now()
    await migrate(old.database)
    assert await differences(old.database) == []
    assert await old.now() == before
    assert {name: len(rows) for name, rows in before.items()} == {name: len(rows) for name, rows in old.rows.items()}
    async with old.store.write() as tx:
        shop = await tx.shops.get(SHOP)
        assert shop is not None
        assert shop.late_limit == 60
        assert await tx.shops.options(SHOP) == {"path": "till.db"}
        factor = await tx.factors.get(OWNER)
        assert factor is not None
        assert (factor.secret, factor.failures) == ("JBSWY3DPEHPK3PXP", 2)
        kept = [await tx.requests.get(row["id"]) for row in old.rows["requests"]]
        assert [each.state.value for each in kept if each] == list(STATES)
        assert {
            (each.due_at, each.until, each.ends, each.batch, each.given_up_at, each.done_at) for each in kept if each
        } == {(None,) * 6}
        assert [each.secret for each in kept if each and each.secret] == ["830574"]
        (claimed,) = await tx.outbox.claim(old.clock.now(), old.clock.now() + LEASE, 10)
        assert (claimed.id, claimed.notice.kind, claimed.notice.urgent) == (2, NoticeKind.ENTRY, False)
    assert first_fault(await old.entries(), await old.head()) is None


async def test_what_was_open_goes_on_to_its_end(old: Old) -> None:
    """The till took one whose answer was lost, was not asked for another, and does not know the third's user."""
    unknown = old.rows["requests"][STATES.index("unknown")]
    edit = Edit(name="Ana Silva")
    await old.at.till.change(
        old.at.terminal.id, old.at.cashier.id, edit, version=old.at.cashier.version, key=f"{unknown['id']}:do"
    )
    await migrate(old.database)
    old.clock.turn(seconds=90)
    for _ in range(30):
        request = await old.applying.lease()
        if request is not None:
            await old.applying.step(request)
        elif (due_at := await old.applying.next_due()) is not None:
            old.clock.turn(seconds=(due_at - old.clock.now()).total_seconds())
        else:
            break
    async with old.store.read() as tx:
        kept = [await tx.requests.get(row["id"]) for row in old.rows["requests"]]
        assert await tx.requests.next_due() is None
    found = {state: (each.state, each.result) for state, each in zip(STATES, kept, strict=True) if each}
    assert found["unknown"] == found["confirmed"] == (State.APPLIED, "applied")
    assert found["applying"] == (State.FAILED, "refused-user-gone")
    assert found["proposed"] == (State.PROPOSED, "")
    assert {state for state, _ in found.values()} <= FINAL | {State.PROPOSED}
    assert (await old.at.now()).version == str(int(old.at.cashier.version) + 1)
    entries = await old.entries()
    assert first_fault(entries, await old.head()) is None
    assert [entry.kind for entry in entries].count(EntryKind.CHANGE_OUTCOME) == 3
    assert all(each is None or each.kind is ChangeKind.RENAME for each in kept)


async def test_the_way_back_keeps_what_the_first_revision_knows(old: Old) -> None:
    await migrate(old.database)
    async with old.store.write() as tx:
        await tx.audit.append(SHOP, Record(EntryKind.SHOP_SETTING, {"late-limit": 15}), old.clock.now())
        await tx.shops.set_late_limit(SHOP, 15)
    before, head, entries = await old.now(), await old.head(), await old.entries()
    await _to(old.database, "back")
    assert await old.now() == before
    async with old.database.read() as connection:
        tables = (await connection.run_sync(_tables)).tables
    assert set(tables) == TABLES | {"alembic_version"}
    assert {name: _columns(tables[name]) for name in TABLES} == {name: set(rows[0]) for name, rows in old.rows.items()}
    await migrate(old.database)
    assert await differences(old.database) == []
    assert (await old.head(), await old.entries()) == (head, entries)
    assert first_fault(entries, head) is None
