"""A shop, its owner with an authenticator, and its till: what the tests of the rules act on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from sqlalchemy import delete

from changes.amending import ConfirmAmendment, ProposeAmendment
from changes.amendment import Amendment, AmendmentKind
from changes.applying import Applying
from changes.audit import Entry, EntryKind, Fault, first_fault
from changes.authority import Actor, ChatKind, MemberRole
from changes.backend import Backend, ChangeKind
from changes.claiming import AddShop, Claim
from changes.confirming import Confirm
from changes.enrolment import BeginEnrolment, ConfirmEnrolment
from changes.giving_up import GiveUp
from changes.life import FINAL
from changes.ports import NoticeKind, Person, QueuedNotice
from changes.ports import Shop as KeptShop
from changes.proposing import Proposal, Propose
from changes.request import ChangeRequest, Draft
from changes.till import TerminalUser
from pos.embedded.backend import EmbeddedBackend
from pos.embedded.till import Edit, Till
from storage.engine import Database
from storage.store import SqlStore
from storage.tables import members
from tests.clock import HandClock
from tests.pos.bench import QUICK, Shop, furnish

#: More steps than any change takes to its end.
MANY = 60


class OneTill:
    """Hands the same backend out for every shop."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    async def of(self, shop_id: int) -> Backend:
        return self.backend


@dataclass
class CountingWaker:
    woken: int = 0

    def wake(self) -> None:
        self.woken += 1


@dataclass
class Bench:
    database: Database
    store: SqlStore
    clock: HandClock
    tills: OneTill
    #: What stands in the shop, seen from the till's own side.
    at: Shop
    waker: CountingWaker = field(default_factory=CountingWaker)
    shop: KeptShop = field(init=False)
    owner: Actor = field(init=False)
    #: The owner's authenticator key.
    seed: str = field(init=False, repr=False)
    _workers: dict[str, Applying] = field(default_factory=dict)

    @property
    def till(self) -> Till:
        return self.at.till

    @property
    def user(self) -> TerminalUser:
        return self.at.cashier

    def code(self, seed: str | None = None) -> str:
        """The code that the authenticator shows now."""
        return pyotp.TOTP(seed or self.seed).at(self.clock.now())

    def next_code(self) -> str:
        """The code of the next step, as one who waits for it sees."""
        self.clock.turn(seconds=30)
        return self.code()

    def wrong_code(self) -> str:
        """Six digits that stand for no step near this one."""
        step = int(self.clock.now().timestamp()) // 30
        near = {pyotp.TOTP(self.seed).generate_otp(step + more) for more in range(-3, 4)}
        return next(code for code in ("000000", "000001", "000002", "000003") if code not in near)

    async def claim(self, person_id: int, name: str = "Boss Lin") -> tuple[KeptShop, Actor]:
        """A new shop, claimed by this person."""
        made = await AddShop(self.store, self.clock)("Lin's Tea House", "Asia/Shanghai", "embedded", {})
        actor = Actor(person_id, name, person_id, ChatKind.PRIVATE)
        await Claim(self.store, self.clock)(actor, made.code, "en")
        return made.shop, actor

    async def enrol(self, actor: Actor) -> str:
        """The key of an authenticator that counts from now on; its first step is spent and over."""
        shown = await BeginEnrolment(self.store, self.clock)(actor)
        await ConfirmEnrolment(self.store, self.clock)(actor, self.code(shown.secret))
        self.clock.turn(seconds=30)
        return shown.secret

    def draft(self, kind: ChangeKind = ChangeKind.RENAME, value: str | None = None, **more: Any) -> Draft:
        """About the cashier; a rename is to "Ana Silva" unless said otherwise. `more` are fields of a `Draft`."""
        if kind is ChangeKind.RENAME and value is None:
            value = "Ana Silva"
        return replace(Draft(self.shop.id, self.at.terminal.id, self.user.id, kind, value), **more)

    async def propose(
        self, kind: ChangeKind = ChangeKind.RENAME, value: str | None = None, **more: Any
    ) -> ChangeRequest:
        return (await self.proposal(self.draft(kind, value, **more))).request

    async def proposal(self, draft: Draft, actor: Actor | None = None) -> Proposal:
        return await Propose(self.store, self.tills, self.clock)(actor or self.owner, draft)

    async def confirm(self, request: ChangeRequest, code: str | None = None, actor: Actor | None = None) -> None:
        """With the code of a fresh step unless one is given."""
        typed = self.next_code() if code is None else code
        await Confirm(self.store, self.clock, self.waker)(actor or self.owner, request.id, typed, 7)

    async def confirmed(
        self, kind: ChangeKind = ChangeKind.RENAME, value: str | None = None, **more: Any
    ) -> ChangeRequest:
        request = await self.propose(kind, value, **more)
        await self.confirm(request)
        return await self.kept(request)

    def hence(self, hours: float = 0, *, seconds: float = 0) -> datetime:
        """The moment so long from now."""
        return self.clock.now() + timedelta(hours=hours, seconds=seconds)

    async def amendment(
        self, request: ChangeRequest, kind: AmendmentKind, moment: datetime | None = None, actor: Actor | None = None
    ) -> Amendment:
        propose = ProposeAmendment(self.store, self.clock)
        return (await propose(actor or self.owner, request.id, kind, moment)).amendment

    async def confirm_amendment(
        self, amendment: Amendment, code: str | None = None, actor: Actor | None = None
    ) -> None:
        """With the code of a fresh step unless one is given."""
        typed = self.next_code() if code is None else code
        await ConfirmAmendment(self.store, self.clock, self.waker)(actor or self.owner, amendment.id, typed)

    async def amend(self, request: ChangeRequest, kind: AmendmentKind, moment: datetime | None = None) -> ChangeRequest:
        """The waiting change as it is after an amendment that was confirmed."""
        await self.confirm_amendment(await self.amendment(request, kind, moment))
        return await self.kept(request)

    async def give_up(self, request: ChangeRequest, actor: Actor | None = None) -> None:
        await GiveUp(self.store, self.clock, self.waker)(actor or self.owner, request.id)

    async def by_hand(self, edit: Edit) -> TerminalUser:
        """The cashier after somebody changed them at the till itself."""
        version = (await self.at.now()).version
        key = f"hand-{version}"
        await self.till.change(self.at.terminal.id, self.user.id, edit, version=version, key=key)
        return await self.at.now()

    async def waiting(self) -> tuple[ChangeRequest, ...]:
        """The shop's changes that wait."""
        async with self.store.read() as tx:
            return await tx.requests.waiting(self.shop.id)

    def applying(self, owner: str = "worker") -> Applying:
        """The worker of that name: it remembers its tills' circuits."""
        if owner not in self._workers:
            self._workers[owner] = Applying(self.store, self.tills, self.clock, self.waker, owner)
        return self._workers[owner]

    async def step(self, owner: str = "worker") -> ChangeRequest | None:
        """One step with the next due request, as it is kept afterwards; None where nothing is due."""
        applying = self.applying(owner)
        request = await applying.lease()
        if request is None:
            return None
        await applying.step(request)
        return await self.kept(request)

    async def work(self, request: ChangeRequest) -> ChangeRequest:
        """Steps, the clock turned to each, until the request has ended or `MANY` were done."""
        for _ in range(MANY):
            due_at = await self.applying().next_due()
            if due_at is None:
                break
            self.turn_to(due_at)
            await self.step()
            if (await self.kept(request)).state in FINAL:
                break
        return await self.kept(request)

    def turn_to(self, moment: datetime) -> None:
        self.clock.turn(seconds=max(0.0, (moment - self.clock.now()).total_seconds()))

    async def kept(self, request: ChangeRequest) -> ChangeRequest:
        async with self.store.read() as tx:
            found = await tx.requests.get(request.id)
        assert found is not None
        return found

    async def entries(self) -> list[Entry]:
        async with self.store.read() as tx:
            return [entry async for entry in tx.audit.walk(self.shop.id)]

    async def entries_of(self, request: ChangeRequest) -> list[Entry]:
        """The audit's entries about the change."""
        return [entry for entry in await self.entries() if entry.facts.get("change") == request.id]

    async def said_of(self, request: ChangeRequest) -> list[EntryKind]:
        """The kinds of the audit's entries about the change."""
        return [entry.kind for entry in await self.entries_of(request)]

    async def chain_fault(self) -> Fault | None:
        async with self.store.read() as tx:
            head = await tx.audit.head(self.shop.id)
        return first_fault(await self.entries(), head)

    async def queued(self, *kinds: NoticeKind) -> list[QueuedNotice]:
        """What waits in the outgoing queue, in order, however much waits in a chat."""
        found: list[QueuedNotice] = []
        async with self.store.write() as tx:
            later = self.clock.now().replace(year=self.clock.now().year + 1)
            while due := await tx.outbox.due(later, 100):
                found += due
                for notice in due:
                    await tx.outbox.sent(notice.id, later)
        return [notice for notice in found if not kinds or notice.notice.kind in kinds]

    async def join(self, person_id: int) -> None:
        """Another owner of the shop."""
        async with self.store.write() as tx:
            await tx.people.save(Person(person_id, "Partner", "en", None))
            await tx.people.join(person_id, self.shop.id, MemberRole.OWNER)

    async def leave(self, actor: Actor | None = None) -> None:
        """The person is no member of the shop any more."""
        async with self.database.write() as connection:
            await connection.execute(delete(members).where(members.c.person_id == (actor or self.owner).person_id))

    async def pin_opens(self, pin: str) -> bool:
        return await self.till.has_pin(self.at.terminal.id, self.user.id, pin)


@asynccontextmanager
async def bench_on(
    database: Database, store: SqlStore, clock: HandClock, folder: Path, *, patience: float = 5
) -> AsyncIterator[Bench]:
    """`patience` bounds the backend's waiting, in seconds."""
    path = folder / "till.db"
    async with Till(path, hasher=QUICK) as till:
        backend = EmbeddedBackend(path, timeout=patience)
        try:
            bench = Bench(database, store, clock, OneTill(backend), await furnish(till, path))
            bench.shop, bench.owner = await bench.claim(4_000_000_001)
            bench.seed = await bench.enrol(bench.owner)
            yield bench
        finally:
            await backend.close()


def in_group(actor: Actor) -> Actor:
    return replace(actor, chat=ChatKind.GROUP, chat_id=-100)
