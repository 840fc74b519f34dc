"""Making a backup with a code, and putting a restore before the owner."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from changes.adding import Newcomer, add_request, addition, check_newcomer
from changes.audit import EntryKind, Record
from changes.authority import Action, Actor, MemberRole
from changes.backend import Backend, BackendRefused, ChangeKind
from changes.backup import Backup, as_content, backup_of, from_content
from changes.browsing import asking_till
from changes.clock import Clock
from changes.errors import BackupOfAnother, BackupSame, NotAllowed, Refused
from changes.many import MOST_TOGETHER
from changes.ports import Notice, NoticeKind, Shop, Store, Tills, Transaction, Waker
from changes.proposals import Caution, Proposing
from changes.recording import by
from changes.request import ChangeRequest, Draft
from changes.restoring import Left, Step, Why, is_of, plan
from changes.roster import Roster, read_roster
from changes.sealed_file import make_passphrase, open_sealed, seal
from changes.second_factor import enrolled, spend_code
from changes.till import SUPERVISING, Role, Status
from changes.usecase import UseCase
from changes.watching import MOST_PAGES


@dataclass(frozen=True, slots=True)
class Made:
    """A file and what opens it. The passphrase is kept nowhere."""

    file: bytes
    passphrase: str
    backup: Backup

    def __repr__(self) -> str:
        return f"Made({len(self.file)} bytes)"


class MakeBackup(UseCase):
    """Give a shop's users and settings to an owner, sealed. Every owner is told."""

    needs = Action.BACK_UP

    def __init__(self, store: Store, tills: Tills, clock: Clock, waker: Waker) -> None:
        self._store, self._tills, self._clock, self._waker = store, tills, clock, waker

    async def __call__(self, actor: Actor, shop_id: int, code: str, asked_at: datetime) -> Made:
        """`asked_at` is when the code was asked for. The till is read first: where it is away no code is spent.

        Raises `NotAllowed`, `NotEnrolled`, `TillUnreachable`, `TillRefused`, `BackupTooLarge`, or what refuses a code.
        """
        async with self._store.read() as tx:
            await self.admit(tx, actor, shop_id)
            shop = await _shop(tx, shop_id)
        async with asking_till():
            _, rosters = await _read(self._tills, shop_id)
        backup = backup_of(shop, rosters, self._clock.now())
        passphrase = make_passphrase()
        made = Made(await asyncio.to_thread(seal, as_content(backup), passphrase), passphrase, backup)
        async with self._store.write() as tx:
            refusal = await self._spend(tx, actor, backup, shop_id, code, asked_at)
        self._waker.wake()
        if refusal is not None:
            raise refusal
        return made

    async def _spend(
        self, tx: Transaction, actor: Actor, backup: Backup, shop_id: int, code: str, asked_at: datetime
    ) -> Refused | None:
        now = self._clock.now()
        factor = await tx.factors.get(actor.person_id)
        await self.admit(tx, actor, shop_id)
        refusal = await spend_code(tx, actor, enrolled(factor), code, now, asked_at=asked_at)
        if refusal is not None:
            return refusal
        facts = by(actor) | {"terminals": len(backup.rosters), "users": backup.users}
        entry = await tx.audit.append(shop_id, Record(EntryKind.BACKUP_MADE, facts), now)
        for owner in await tx.people.of_role(shop_id, MemberRole.OWNER):
            about = Notice(NoticeKind.ENTRY, owner, shop_id=shop_id, person_id=owner, entry_number=entry.number)
            await tx.outbox.put(about, now)
        return None


@dataclass(frozen=True, slots=True)
class Restoration:
    """What is put before the owner. `more` steps are left for a second time: one code is for what one can look over."""

    backup: Backup
    requests: tuple[ChangeRequest, ...]
    cautions: tuple[Caution, ...]
    left: tuple[Left, ...]
    unknown: int
    more: int


class ProposeRestore(Proposing):
    """Open a backup and propose, as changes of one code, what brings the till back to it."""

    def __init__(self, store: Store, tills: Tills, clock: Clock) -> None:
        super().__init__(store, clock)
        self._tills = tills

    async def __call__(self, actor: Actor, shop_id: int, file: bytes, passphrase: str) -> Restoration:
        """Raises a `BackupRefused`, `TillUnreachable`, `TillRefused`, `NotAllowed`, `NotEnrolled` or `UserBusy`."""
        async with self._store.read() as tx:
            await self.may_propose(tx, actor, Draft(shop_id, "", "", ChangeKind.RENAME))
            shop = await _shop(tx, shop_id)
        backup = from_content(await asyncio.to_thread(open_sealed, file, passphrase))
        async with asking_till():
            till, now = await _read(self._tills, shop_id)
            if not is_of(backup, shop.backend, shop.name, now):
                raise BackupOfAnother(shop=backup.shop)
            planned = plan(backup, now, till.capabilities)
            requests: list[ChangeRequest] = []
            left = list(planned.left)
            for step in planned.steps[:MOST_TOGETHER]:
                found = await self._request(till, actor, shop_id, step)
                if isinstance(found, Left):
                    left.append(found)
                else:
                    requests.append(found)
        if backup.late_limit != shop.late_limit:
            left.append(Left(Why.LATE_LIMIT))
        if not requests and not left:
            raise BackupSame
        together = tuple(requests)
        if len(together) > 1:
            together = tuple(replace(each, batch=together[0].id) for each in together)
        cautions = _cautions(now, planned.steps)
        if together:
            first = together[0]
            draft = Draft(shop_id, first.terminal.id, first.user.id, first.kind)
            if await self.put(actor, draft, together):
                cautions = (*cautions, Caution.WAITING)
        more = max(0, len(planned.steps) - MOST_TOGETHER)
        return Restoration(backup, together, cautions, tuple(left), planned.unknown, more)

    async def _request(self, till: Backend, actor: Actor, shop_id: int, step: Step) -> ChangeRequest | Left:
        if step.kind is not ChangeKind.ADD:
            draft = Draft(shop_id, step.terminal.id, step.user.id, step.kind, step.value)
            return self.request(actor, draft, step.terminal, step.user, step.value)
        newcomer = Newcomer(step.user.number, step.user.name, step.user.role.value)
        try:
            checked = await check_newcomer(till, step.terminal.id, newcomer)
        except (Refused, BackendRefused):
            # The till's rules for numbers and names are others now, or it is full.
            return Left(Why.CANNOT_ADD, step.terminal, step.user)
        return add_request(self, actor, addition(shop_id, step.terminal.id, checked.user.number), checked)


async def _shop(tx: Transaction, shop_id: int) -> Shop:
    shop = await tx.shops.get(shop_id)
    if shop is None:
        raise NotAllowed
    return shop


async def _read(tills: Tills, shop_id: int) -> tuple[Backend, tuple[Roster, ...]]:
    """Raises `BackendError`."""
    till = await tills.of(shop_id)
    return till, tuple([await read_roster(till, each, MOST_PAGES) for each in await till.terminals()])


def _cautions(now: Sequence[Roster], steps: Sequence[Step]) -> tuple[Caution, ...]:
    found = []
    if any(_gives_rights(step) for step in steps):
        found.append(Caution.MORE_RIGHTS)
    if any(step.kind is ChangeKind.FREEZE and step.user.signed_in for step in steps):
        found.append(Caution.SIGNED_IN)
    if any(_loses_supervisors(roster, steps) for roster in now):
        found.append(Caution.LAST_SUPERVISOR)
    return tuple(found)


def _gives_rights(step: Step) -> bool:
    match step.kind:
        case ChangeKind.ROLE:
            return Role(step.value or "").rank > step.user.role.rank
        case ChangeKind.PERMISSIONS:
            return not set((step.value or "").split()) <= (step.user.permissions or frozenset())
    return step.kind in (ChangeKind.UNFREEZE, ChangeKind.ADD)


def _loses_supervisors(roster: Roster, steps: Iterable[Step]) -> bool:
    """Whether the terminal has a supervisor now and none afterwards."""
    before = {user.id for user in roster.users if user.role in SUPERVISING and user.status is Status.ACTIVE}
    after = set(before)
    for step in steps:
        if step.terminal.id != roster.terminal.id:
            continue
        if step.kind is ChangeKind.FREEZE or (step.kind is ChangeKind.ROLE and step.value not in SUPERVISING):
            after.discard(step.user.id)
        elif step.kind in (ChangeKind.ROLE, ChangeKind.ADD) and (step.value or step.user.role) in SUPERVISING:
            after.add(step.user.id)
    return bool(before) and not after
