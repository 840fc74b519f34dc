"""The whole life of changes as a model: whatever people, till, clock and workers do, in whatever order.

The same examples run every time. More of them: `MODEL_EXAMPLES=2000 pytest -n 0 --timeout 0` on this
file; with `MODEL_SEED=N` they are others, and the same number brings the same ones again.
"""

import asyncio
import os
import random
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pyotp
import pytest
from cryptography.fernet import Fernet
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Row, event, select

from changes import pins, step
from changes import request as request_module
from changes.amendment import Amendment, AmendmentKind
from changes.applying import LEASE
from changes.audit import Entry, EntryKind, first_fault
from changes.authority import Actor, MemberRole
from changes.backend import BackendRefused, ChangeKind, Order
from changes.case import Answer
from changes.casework import AnswerCase, TickStep
from changes.codes import timecode_at
from changes.errors import Refused
from changes.guided import BY_PERSON
from changes.held import DIFFERS, LeaseLost
from changes.housekeeping import Housekeeping
from changes.life import FINAL, OPEN, State
from changes.ports import NoticeKind
from changes.ports import Shop as KeptShop
from changes.request import TEMPORARY, ChangeRequest, Draft
from changes.step import SETTLED_AFTER
from changes.till import Role
from pos.embedded.till import Till
from storage.engine import Database
from storage.store import SqlStore
from storage.tables import requests
from storage.vault import Vault
from tests.changes.bench import Bench, OneTill
from tests.changes.model_till import GUIDE, TERMINAL, Fault, ModelTill
from tests.clock import HandClock
from tests.databases import Databases
from tests.pos.bench import Shop

T = TypeVar("T")

#: More steps than bring everything to rest.
MANY = 400

WORKERS = ("first", "second")

KINDS = {
    ChangeKind.RENAME: ("Ana Silva", "Maria", "陈雨"),
    ChangeKind.ROLE: tuple(Role),
    ChangeKind.FREEZE: (None,),
    ChangeKind.UNFREEZE: (None,),
    ChangeKind.PIN: (None, "8305746"),
}

#: What is to be changed, in how many hours, and for how many.
Plan = tuple[tuple[ChangeKind, str | None], float | None, float | None]

changes = st.sampled_from([(kind, value) for kind, values in KINDS.items() for value in values])
hours = st.sampled_from([None, None, 0.1, 2.0])
plans = st.tuples(changes, hours, hours)
#: What the till's next calls meet, and what else happens in the midst of one.
Trouble = tuple[list[Fault], tuple[str, str] | None]

some_faults = st.lists(st.sampled_from(Fault), max_size=3) | st.just([Fault.DOWN] * 12)
midsts = st.tuples(
    st.sampled_from(["user", "apply", "applied", "confirm"]),
    st.sampled_from(["is killed", "is overtaken", "is given up", "loses its owner", "takes long"]),
)
troubles = st.tuples(some_faults, st.none() | midsts)
typed = st.sampled_from(["right", "right", "right", "wrong", "spent", "early"])
codes = st.sampled_from(["right", "right", "right", "right", "wrong", None])
picks = st.integers(0, 5)
#: What only a person can do at the till, and how far they come: steps ticked, and what they say.
by_person = st.sampled_from([frozenset(), frozenset({ChangeKind.FREEZE, ChangeKind.RENAME}), frozenset(KINDS)])
Hand = tuple[int, Answer | None]
hands = st.tuples(st.sampled_from([0, 2, 3, 3, 3]), st.sampled_from([None, Answer.WORKED, Answer.WORKED, *Answer]))


class Killed(BaseException):
    """The worker's process ends here."""


class Seeded:
    """In the place of `secrets`, so that a sequence of rules does the same each time."""

    def __init__(self) -> None:
        self._random = random.Random(1)  # noqa: S311 nothing secret is made of it

    def token_hex(self, count: int) -> str:
        return self._random.randbytes(count).hex()

    def randbelow(self, end: int) -> int:
        return self._random.randrange(end)

    def choice(self, among: str) -> str:
        return self._random.choice(among)


@dataclass
class World:
    """What all examples share: a database with a shop and its owner, and its state before anything was changed."""

    runner: asyncio.Runner
    database: Database
    file: Path
    store: SqlStore
    shop: KeptShop
    owner: Actor
    seed: str
    start: datetime

    def begin_anew(self) -> None:
        self.runner.run(self.database.close())
        for ending in ("-wal", "-shm"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
        shutil.copy(self.file.with_suffix(".first"), self.file)


class Life(RuleBasedStateMachine):
    """Two users of one terminal, one owner, two workers."""

    world: ClassVar[World]
    monkeypatch: ClassVar[pytest.MonkeyPatch]

    def __init__(self) -> None:
        super().__init__()
        seeded = Seeded()
        for module in (pins, step, request_module):
            self.monkeypatch.setattr(module, "secrets", seeded)
        world = self.world
        world.begin_anew()
        self.till = ModelTill(self.is_asked)
        users = [held.user for held in self.till.users_held.values()]
        at = Shop(world.file, Till(world.file), TERMINAL, users[0], users[1])
        self.bench = Bench(world.database, world.store, HandClock(world.start), OneTill(self.till), at)
        self.bench.shop, self.bench.owner, self.bench.seed = world.shop, world.owner, world.seed
        self.owns = True
        self.proposals: list[ChangeRequest] = []
        self.amendments: list[Amendment] = []
        #: Steps of the authenticator whose code was accepted.
        self.spent: list[int] = []
        #: When the till was first asked under a key.
        self.first_asked: dict[str, datetime] = {}
        #: How often a PIN was handed to the queue, by request.
        self.shown: Counter[str] = Counter()
        self.rows: list[Row[Any]] = []
        self.entries: list[Entry] = []

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.world.runner.run(work)

    async def is_asked(self, key: str) -> None:
        """Before any call: its change is recorded, its time has come, and whoever confirmed it owns the shop."""
        async with self.bench.store.read() as tx:
            request = await tx.requests.get(key.removesuffix(":do"))
            role = await tx.people.role(self.bench.owner.person_id, self.bench.shop.id)
        assert request is not None
        assert [entry.kind for entry in await self.bench.entries_of(request)].count(EntryKind.CHANGE_INTENT) == 1
        assert request.due_at is None or self.bench.clock.now() >= request.due_at
        if request.kind in self.till.guided:
            await self.was_done_by_a_person(request)
        if key not in self.first_asked:
            self.first_asked[key] = self.bench.clock.now()
            assert request.state is State.APPLYING
            assert role is MemberRole.OWNER

    async def was_done_by_a_person(self, request: ChangeRequest) -> None:
        """Every step is ticked, the check worked, and both are in the audit."""
        async with self.bench.store.read() as tx:
            case = await tx.cases.get(request.id)
        assert case is not None
        assert (case.complete, case.answer) == (True, Answer.WORKED)
        answers = [each for each in await self.bench.entries_of(request) if each.kind is EntryKind.CHANGE_ANSWERED]
        assert [(each.facts["answer"], each.facts["ticked"]) for each in answers] == [("worked", len(GUIDE.steps))]

    # What the owner does.

    @initialize(plan=plans, trouble=troubles, steps=st.integers(0, 1), guided=by_person, hand=hands)
    def begins_with(self, plan: Plan, trouble: Trouble, steps: int, guided: frozenset[ChangeKind], hand: Hand) -> None:
        self.till.guided = guided
        if guided:
            # What a person is asked for is not for later.
            plan, trouble, steps = (plan[0], None, None), ([], None), 1
        self.asks_for(False, plan, "right", trouble, steps)
        self.do(self.look())
        if any(row.state == State.GUIDED for row in self.rows):
            self.does_it_at_the_till(0, hand)
            self.a_worker_waits_for_work(WORKERS[0], 1)

    @rule(manager=st.booleans(), plan=plans, code=codes, trouble=troubles, steps=st.integers(0, 3))
    def asks_for(self, manager: bool, plan: Plan, code: str | None, trouble: Trouble, steps: int) -> None:
        """And types a code, or does so later or never; then there is trouble."""
        if not self.owns:
            self.do(self.turn_membership())
        (kind, value), due, lasts = plan
        user = self.bench.at.manager if manager else self.bench.at.cashier
        start = self.bench.hence(due or 0)
        draft = Draft(
            self.bench.shop.id,
            TERMINAL.id,
            user.id,
            kind,
            value,
            due_at=start if due else None,
            until=start + timedelta(hours=lasts) if lasts and kind in TEMPORARY else None,
        )
        if self.refusable(self.put(draft)) and code is not None:
            self.types_a_code(0, code)
            faults, midst = trouble
            self.till.faults.extend(faults)
            if midst is not None:
                self.in_the_midst_of_a_call(*midst)
            # What is for later stays waiting, for whatever else may come.
            self.a_worker_waits_for_work(WORKERS[0], steps if due is None else 0)

    async def put(self, draft: Draft) -> None:
        faults, self.till.faults = self.till.faults, type(self.till.faults)()
        acts, self.till.acts = self.till.acts, {}
        try:
            self.proposals.append((await self.bench.proposal(draft)).request)
        finally:
            self.till.faults, self.till.acts = faults, acts

    @precondition(lambda self: self.proposals)
    @rule(back=st.sampled_from([0, 0, 0, 1]), code=typed)
    def types_a_code(self, back: int, code: str) -> None:
        request = self.proposals[-1 - min(back, len(self.proposals) - 1)]
        self.type_code(code, request.created_at, lambda typed: self.bench.confirm(request, typed))

    @precondition(lambda self: self.amendments)
    @rule(back=st.sampled_from([0, 0, 0, 1]), code=typed)
    def types_a_code_for_an_amendment(self, back: int, code: str) -> None:
        amendment = self.amendments[-1 - min(back, len(self.amendments) - 1)]
        self.type_code(code, amendment.created_at, lambda typed: self.bench.confirm_amendment(amendment, typed))

    def type_code(self, code: str, asked_at: datetime, press: Callable[[str], Coroutine[Any, Any, None]]) -> None:
        """Only a right code that nobody spent is accepted, and it was shown since what it confirms was asked."""
        clock = self.bench.clock
        shown_at = clock.now() + timedelta(seconds=30)
        if code == "early":
            shown_at = asked_at - timedelta(seconds=30)
        elif code == "spent" and self.spent:
            shown_at = datetime.fromtimestamp(self.spent[-1] * 30, shown_at.tzinfo)
        if code == "right":
            clock.turn(seconds=30)
        typed = self.bench.wrong_code() if code == "wrong" else pyotp.TOTP(self.bench.seed).at(shown_at)
        if self.refusable(press(typed)):
            timecode = timecode_at(shown_at)
            assert code == "right"
            assert timecode not in self.spent
            assert timecode >= timecode_at(asked_at)
            self.spent.append(timecode)

    @precondition(lambda self: any(row.state == State.SCHEDULED for row in self.rows))
    @rule(pick=picks, kind=st.sampled_from(AmendmentKind), later=st.sampled_from([0.5, 3.0, 30.0]), code=codes)
    def wants_otherwise(self, pick: int, kind: AmendmentKind, later: float, code: str | None) -> None:
        waiting = [row.id for row in self.rows if row.state == State.SCHEDULED]
        moment = self.bench.hence(later) if kind in (AmendmentKind.MOVE, AmendmentKind.END) else None
        if self.refusable(self.put_amendment(waiting[pick % len(waiting)], kind, moment)) and code is not None:
            self.types_a_code_for_an_amendment(0, code)

    async def put_amendment(self, request_id: str, kind: AmendmentKind, moment: datetime | None) -> None:
        async with self.bench.store.read() as tx:
            request = await tx.requests.get(request_id)
        assert request is not None
        self.amendments.append(await self.bench.amendment(request, kind, moment))

    @precondition(lambda self: any(row.state == State.GUIDED for row in self.rows))
    @rule(pick=picks, hand=hands)
    def does_it_at_the_till(self, pick: int, hand: Hand) -> None:
        waiting = [row.id for row in self.rows if row.state == State.GUIDED]
        ticks, said = hand
        press = self.bench.store, self.bench.clock, self.bench.waker
        for place in range(ticks):
            self.refusable(TickStep(*press)(self.bench.owner, waiting[pick % len(waiting)], place, ticked=True))
        if said is not None:
            self.refusable(AnswerCase(*press)(self.bench.owner, waiting[pick % len(waiting)], said))

    @precondition(lambda self: any(row.state in OPEN for row in self.rows))
    @rule(pick=picks)
    def gives_up(self, pick: int) -> None:
        is_open = [row.id for row in self.rows if row.state in OPEN]
        self.refusable(self.give_up(is_open[pick % len(is_open)]))

    async def give_up(self, request_id: str) -> None:
        async with self.bench.store.read() as tx:
            request = await tx.requests.get(request_id)
        assert request is not None
        await self.bench.give_up(request)

    @rule()
    def leaves(self) -> None:
        """Until the owner wants something again."""
        if self.owns:
            self.do(self.turn_membership())

    async def turn_membership(self) -> None:
        if self.owns:
            await self.bench.leave()
        else:
            async with self.bench.store.write() as tx:
                await tx.people.join(self.bench.owner.person_id, self.bench.shop.id, MemberRole.OWNER)
        self.owns = not self.owns

    # What happens at the till.

    @rule()
    def the_till_is_mended(self) -> None:
        self.till.faults.clear()

    @rule(manager=st.booleans(), change=changes)
    def somebody_changes_a_user_by_hand(self, manager: bool, change: tuple[ChangeKind, str | None]) -> None:
        kind, value = change
        user = self.bench.at.manager if manager else self.bench.at.cashier
        order = Order(
            kind,
            TERMINAL.id,
            user.id,
            "",
            name=value if kind is ChangeKind.RENAME else None,
            role=Role(value) if kind is ChangeKind.ROLE and value else None,
            secret=value if kind is ChangeKind.PIN else None,
        )
        self.till.change(order)

    @rule()
    def what_was_on_its_way_arrives(self) -> None:
        """A call that does not arrive for as long as `SETTLED_AFTER` never does."""
        for order, key in self.till.on_its_way:
            if self.bench.clock.now() - self.first_asked[key] < SETTLED_AFTER:
                try:
                    self.till.arrive(order, key)
                except BackendRefused:
                    continue
        self.till.on_its_way.clear()

    # What becomes of the workers.

    @rule(owner=st.sampled_from(WORKERS), times=st.integers(1, 4))
    def a_worker_waits_for_work(self, owner: str, times: int) -> None:
        for _ in range(times):
            due_at = self.do(self.bench.applying().next_due())
            if due_at is not None:
                self.bench.turn_to(due_at)
                self.work(owner)

    @rule(owner=st.sampled_from(WORKERS))
    def a_worker_dies_with_a_change_in_its_hands(self, owner: str) -> None:
        self.do(self.bench.applying(owner).lease())

    def in_the_midst_of_a_call(self, where: str, what: str) -> None:
        acts: dict[str, Callable[[], Awaitable[None]]] = {
            "is killed": self.kill,
            "is overtaken": self.overtake,
            "is given up": self.give_up_all,
            "loses its owner": self.turn_membership,
            "takes long": self.take_long,
        }
        self.till.acts[where] = acts[what]

    async def kill(self) -> None:
        raise Killed

    async def take_long(self) -> None:
        self.bench.clock.turn(seconds=20)

    async def overtake(self) -> None:
        """It stands still past its lease, and another takes over what it holds, once."""
        self.bench.clock.turn(seconds=LEASE.total_seconds())
        try:
            await self.bench.step("third")
        except LeaseLost:
            return

    async def give_up_all(self) -> None:
        for row in await self.all_rows():
            if row.state in OPEN and self.owns:
                await self.give_up(row.id)

    @rule(by=st.sampled_from([1, 10, 31, 61, 1200, 3600, 7200, 86400]))
    def time_passes(self, by: int) -> None:
        self.bench.clock.turn(seconds=by)

    @rule()
    def the_process_starts_anew(self) -> None:
        self.bench._workers.clear()
        self.do(self.start())

    async def start(self) -> None:
        async with self.bench.store.write() as tx:
            await tx.requests.release_all(self.bench.clock.now())
        await Housekeeping(self.bench.store, self.bench.clock).end_proposals()

    def work(self, owner: str) -> bool:
        """Whether there was something to do."""
        try:
            return self.do(self.bench.step(owner)) is not None
        except (Killed, LeaseLost):
            return True

    def refusable(self, work: Coroutine[Any, Any, None]) -> bool:
        """Whether it was not refused."""
        try:
            self.do(work)
        except Refused:
            return False
        return True

    # What always holds.

    async def all_rows(self) -> list[Row[Any]]:
        async with self.bench.database.read() as connection:
            return list(await connection.execute(select(requests).order_by(requests.c.created_at, requests.c.id)))

    async def look(self) -> None:
        self.rows = await self.all_rows()
        self.entries = await self.bench.entries()
        async with self.bench.store.read() as tx:
            assert first_fault(self.entries, await tx.audit.head(self.bench.shop.id)) is None

    @invariant()
    def everything_fits(self) -> None:
        self.do(self.look())
        said: dict[str, list[Entry]] = {row.id: [] for row in self.rows}
        for entry in self.entries:
            if "change" in entry.facts:
                said[entry.facts["change"]].append(entry)
        for row in self.rows:
            self.is_recorded(row, said[row.id])
            self.is_as_the_till_says(row)
            self.is_leased_for_a_while(row)
            self.keeps_no_secret_too_long(row)
            self.has_one_end(row)
        assert len(self.till.applied_keys()) == len(set(self.till.applied_keys()))
        users = Counter(row.user_id for row in self.rows if row.state in OPEN)
        assert not users or max(users.values()) == 1

    def is_recorded(self, row: Row[Any], entries: list[Entry]) -> None:
        """As far as it got, and each thing once."""
        kinds = Counter(entry.kind for entry in entries)
        was_confirmed = row.confirmed_at is not None
        assert kinds[EntryKind.CHANGE_INTENT] == was_confirmed
        assert (row.state in (State.PROPOSED, State.EXPIRED)) <= (not was_confirmed)
        outcomes = [entry.facts["state"] for entry in entries if entry.kind is EntryKind.CHANGE_OUTCOME]
        assert outcomes == ([row.state] if row.state in (State.APPLIED, State.FAILED, State.ABANDONED) else [])
        assert kinds[EntryKind.CHANGE_DROPPED] == (row.state == State.CANCELLED and was_confirmed)
        assert kinds[EntryKind.CHANGE_UNKNOWN] <= 1
        assert row.state != State.UNKNOWN or kinds[EntryKind.CHANGE_UNKNOWN] == 1
        assert not was_confirmed or entries[0].kind is EntryKind.CHANGE_INTENT
        assert f"{row.id}:do" not in self.first_asked or kinds[EntryKind.CHANGE_INTENT] == 1

    def is_as_the_till_says(self, row: Row[Any]) -> None:
        key = f"{row.id}:do"
        is_applied = key in self.till.applied_keys()
        if row.kind in self.till.guided:
            by_hand = row.result == BY_PERSON
            assert by_hand == (row.state == State.APPLIED)
            assert row.done_at is None or row.state != State.FAILED, "what a person did is not said to have failed"
            assert key not in self.first_asked or row.done_at is not None
        if row.state == State.APPLIED:
            # Somebody may have made the same change by hand while its answer was out: then it holds all the same.
            assert is_applied or row.asked_at is not None
        if row.state == State.FAILED and row.result != DIFFERS and not self.till.has_lied:
            assert not is_applied or self.till.changed_since(key)
        if row.state in (
            State.PROPOSED,
            State.SCHEDULED,
            State.CONFIRMED,
            State.GUIDED,
            State.CANCELLED,
            State.EXPIRED,
        ):
            assert not is_applied
            assert key not in self.first_asked

    def is_leased_for_a_while(self, row: Row[Any]) -> None:
        assert (row.lease_owner is None) == (row.lease_until is None)
        assert row.lease_until is None or row.lease_until <= self.bench.clock.now() + LEASE
        assert row.state not in FINAL or (row.lease_owner, row.next_at) == (None, None)
        assert row.state not in OPEN or row.next_at is not None
        assert row.state != State.SCHEDULED or row.next_at is not None or row.result == "missed"

    def keeps_no_secret_too_long(self, row: Row[Any]) -> None:
        if row.state in FINAL:
            unsure = row.state in (State.APPLIED, State.ABANDONED) or row.result == DIFFERS
            assert (row.sealed_secret is not None) == (row.kind == ChangeKind.PIN and row.secret_made and unsure)

    def has_one_end(self, row: Row[Any]) -> None:
        ends = sum(other.ends == row.id for other in self.rows)
        assert ends == (row.state == State.APPLIED and row.until is not None)

    def teardown(self) -> None:
        self.till.faults.clear()
        self.till.acts.clear()
        for _ in range(MANY):
            due_at = self.do(self.bench.applying().next_due())
            if due_at is None:
                break
            self.bench.turn_to(due_at)
            if not self.work(WORKERS[0]):
                # It waits for another that somebody who died still holds.
                self.bench.clock.turn(seconds=1)
        self.everything_fits()
        assert {row.state for row in self.rows} <= FINAL | {State.PROPOSED, State.SCHEDULED}
        assert all(row.result == "missed" for row in self.rows if row.state == State.SCHEDULED)
        self.do(self.everything_was_told())

    async def everything_was_told(self) -> None:
        """Every end has its entry posted, and every PIN that was made and may be held is handed out once."""
        told = await self.bench.queued(NoticeKind.ENTRY, NoticeKind.SECRET)
        numbers = Counter(each.notice.entry_number for each in told if each.notice.kind is NoticeKind.ENTRY)
        for entry in self.entries:
            if entry.kind in (EntryKind.CHANGE_OUTCOME, EntryKind.CHANGE_DROPPED, EntryKind.CHANGE_MISSED):
                # Where nobody owns the shop there is nobody to tell.
                assert numbers[entry.number] <= 1
        shown = Counter(each.notice.request_id for each in told if each.notice.kind is NoticeKind.SECRET)
        assert shown == Counter(row.id for row in self.rows if row.state in FINAL and row.sealed_secret is not None)


async def _nobody_hears(_key: str) -> None:
    return None


async def _first(database: Database, store: SqlStore, clock: HandClock) -> tuple[KeptShop, Actor, str]:
    till = ModelTill(_nobody_hears)
    users = [held.user for held in till.users_held.values()]
    at = Shop(Path(), Till(Path("unused.db")), TERMINAL, users[0], users[1])
    bench = Bench(database, store, clock, OneTill(till), at)
    bench.shop, bench.owner = await bench.claim(4_000_000_001)
    bench.seed = await bench.enrol(bench.owner)
    async with database.write() as connection:
        await connection.exec_driver_sql("DELETE FROM outbox")
    await database.close()
    return bench.shop, bench.owner, bench.seed


def _unsynced(connection: Any, _record: object) -> None:
    """Nothing here is about what a disk holds, and a sync takes longer than all else."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


@pytest.fixture
def world(databases: Databases) -> Iterator[World]:
    file = databases.sqlite_copy()
    database = Database(f"sqlite+aiosqlite:///{file}")
    event.listen(database.engine.sync_engine, "connect", _unsynced)
    store = SqlStore(database, Vault([Fernet.generate_key().decode()]))
    clock = HandClock()
    with asyncio.Runner() as runner:
        shop, owner, key = runner.run(_first(database, store, clock))
        shutil.copy(file, file.with_suffix(".first"))
        yield World(runner, database, file, store, shop, owner, key, clock.now())
        runner.run(database.close())


def test_whatever_happens_every_change_ends_right(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    Life.world, Life.monkeypatch = world, monkeypatch
    chosen = settings(max_examples=int(os.environ.get("MODEL_EXAMPLES", "25")), stateful_step_count=40)
    if "MODEL_SEED" in os.environ:
        run_state_machine_as_test(
            seed(int(os.environ["MODEL_SEED"]))(Life), settings=settings(chosen, derandomize=False)
        )
    else:
        run_state_machine_as_test(Life, settings=chosen)
