"""Whatever a till does, in whatever order, and wherever the worker is killed: every confirmed change ends right."""

import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from cryptography.fernet import Fernet
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from changes.applying import LEASE
from changes.errors import UserBusy
from changes.life import FINAL, OPEN, State
from changes.ports import NoticeKind
from changes.request import ChangeRequest
from pos.embedded.till import FaultKind, FaultMethod
from storage.engine import Database
from storage.store import SqlStore
from storage.vault import Vault
from tests.changes.backends import Before, raising
from tests.changes.bench import Bench, bench_on
from tests.changes.test_applying import INTENT, OUTCOME, UNKNOWN, times_applied
from tests.clock import HandClock
from tests.databases import Databases

T = TypeVar("T")


class Killed(BaseException):
    """The worker's process ends here."""


class Faults(RuleBasedStateMachine):
    """Renames one user, again and again, while the till fails as it likes and workers die."""

    databases: ClassVar[Databases]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database(f"sqlite+aiosqlite:///{self.databases.sqlite_copy()}")
        store = SqlStore(self.database, Vault([Fernet.generate_key().decode()]))
        self.opened = bench_on(self.database, store, HandClock(), Path(self.folder.name))
        self.bench: Bench = self.do(self.opened.__aenter__())
        self.before = Before(self.bench.tills.backend)
        self.bench.tills.backend = self.before
        self.requests: list[ChangeRequest] = []
        #: Whether a read-back may have lied, after which a FAILED change may be held after all.
        self.lied = False
        self.names = 0

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    @rule(
        kind=st.sampled_from([FaultKind.DOWN, FaultKind.REFUSED, FaultKind.LOST, FaultKind.LOST_BEFORE]),
        times=st.integers(1, 4),
        method=st.sampled_from(FaultMethod),
    )
    def the_till_will_fail(self, kind: FaultKind, times: int, method: FaultMethod) -> None:
        self.do(self.bench.till.set_fault(kind, times=times, method=method))

    @rule()
    def the_till_will_lie(self) -> None:
        self.lied = True
        self.do(self.bench.till.set_fault(FaultKind.WRONG_READBACK))

    @rule()
    def the_till_is_mended(self) -> None:
        self.do(self.bench.till.clear_faults())

    @rule(where=st.sampled_from(["user", "apply", "applied", "confirm"]))
    def the_worker_will_be_killed(self, where: str) -> None:
        self.before.acts[where] = raising(Killed())

    @rule()
    def the_owner_confirms_a_change(self) -> None:
        acts, self.before.acts = self.before.acts, {}
        self.names += 1
        try:
            self.requests.append(self.do(self.confirmed()))
        except UserBusy:
            assert self.open()
        finally:
            self.before.acts = acts

    async def confirmed(self) -> ChangeRequest:
        faults = await self.bench.till.faults()
        await self.bench.till.clear_faults()
        try:
            return await self.bench.confirmed(value=f"Ana {self.names}")
        finally:
            for fault in faults:
                await self.bench.till.set_fault(fault.kind, fault.times, fault.seconds, fault.method)

    @precondition(lambda self: self.requests)
    @rule(owner=st.sampled_from(["first", "second"]))
    def a_worker_looks_when_something_is_due(self, owner: str) -> None:
        due_at = self.do(self.bench.applying().next_due())
        if due_at is not None:
            self.bench.turn_to(due_at)
            self.step(owner)

    @precondition(lambda self: self.requests)
    @rule()
    def time_passes(self) -> None:
        self.bench.clock.turn(seconds=LEASE.total_seconds())

    def step(self, owner: str) -> None:
        try:
            self.do(self.bench.step(owner))
        except Killed:
            return

    def open(self) -> list[ChangeRequest]:
        return [each for each in self.kept() if each.state in OPEN]

    def kept(self) -> list[ChangeRequest]:
        return [self.do(self.bench.kept(each)) for each in self.requests]

    @invariant()
    def the_audit_fits(self) -> None:
        assert self.do(self.bench.chain_fault()) is None

    @invariant()
    def each_change_is_recorded_as_far_as_it_got(self) -> None:
        for request in self.kept():
            said = self.do(self.bench.said_of(request))
            assert said[0] is INTENT
            assert said.count(INTENT) == 1
            assert said.count(UNKNOWN) <= 1
            assert said.count(OUTCOME) == (request.state in FINAL)
            assert request.state is not State.UNKNOWN or UNKNOWN in said

    @invariant()
    def nothing_is_applied_twice(self) -> None:
        held = self.do(times_applied(self.bench))
        applied = [each for each in self.kept() if each.state is State.APPLIED]
        assert len(applied) <= held or self.lied
        assert held <= len(self.requests)
        if not self.lied and not self.open():
            assert held == len(applied)

    @invariant()
    def what_is_open_will_be_looked_at(self) -> None:
        assert not self.open() or self.do(self.bench.applying().next_due()) is not None

    def teardown(self) -> None:
        try:
            self.before.acts = {}
            self.do(self.bench.till.clear_faults())
            for request in self.requests:
                assert self.do(self.bench.work(request)).state in FINAL
            self.the_audit_fits()
            self.each_change_is_recorded_as_far_as_it_got()
            self.nothing_is_applied_twice()
            assert len(self.do(self.bench.queued(NoticeKind.ENTRY))) == len(self.requests)
        finally:
            self.do(self.opened.__aexit__(None, None, None))
            self.do(self.database.close())
            self.loop.close()
            self.folder.cleanup()


def test_whatever_happens_every_change_ends_right(databases: Databases) -> None:
    Faults.databases = databases
    run_state_machine_as_test(Faults, settings=settings(max_examples=6, stateful_step_count=25))
