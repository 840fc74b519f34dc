"""Changing what waits: another time, now, or not at all; each with a code of its own."""

from dataclasses import dataclass, replace
from datetime import datetime

from changes.amendment import Amendment, AmendmentKind
from changes.authority import Action, Actor
from changes.clock import Clock
from changes.errors import (
    CodeWrong,
    NotOffered,
    NotWaiting,
    Refused,
    RequestOver,
    WhenBeforeStart,
    WhenPast,
)
from changes.held import LeaseLost, drop, post, progress_of
from changes.life import State
from changes.ports import Store, Transaction, Waker
from changes.proposals import end_asked
from changes.recording import moved
from changes.request import LIFETIME, TEMPORARY, ChangeRequest, new_request_id
from changes.second_factor import enrolled, spend_code
from changes.usecase import UseCase

#: The result of a waiting change that was dropped by hand.
DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Amending:
    """What is asked, and of which change."""

    amendment: Amendment
    request: ChangeRequest


class ListWaiting(UseCase):
    """A shop's changes that wait for their time, their turn or a word, the earliest first."""

    needs = Action.SEE_USERS

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, actor: Actor, shop_id: int) -> tuple[ChangeRequest, ...]:
        async with self._store.read() as tx:
            await self.admit(tx, actor, shop_id)
            return await tx.requests.waiting(shop_id)


class SeeWaiting(UseCase):
    """One change that waits."""

    needs = Action.SEE_USERS

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, actor: Actor, request_id: str) -> ChangeRequest:
        """Raises `NotWaiting` or `NotAllowed`."""
        async with self._store.read() as tx:
            request = await _waiting(tx, request_id)
            await self.admit(tx, actor, request.shop_id)
            return request


class ProposeAmendment(UseCase):
    """Put an amendment before the owner. It replaces whatever else they have asked for and not confirmed."""

    needs = Action.CHANGE_USER

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def __call__(
        self, actor: Actor, request_id: str, kind: AmendmentKind, moment: datetime | None = None
    ) -> Amending:
        """Raises `NotWaiting`, `NotAllowed`, `NotEnrolled`, `NotOffered`, `WhenPast` or `WhenBeforeStart`."""
        now = self._clock.now()
        async with self._store.write() as tx:
            request = await _waiting(tx, request_id)
            await self.admit(tx, actor, request.shop_id)
            enrolled(await tx.factors.get(actor.person_id))
            _amended(request, kind, moment, now)
            await end_asked(tx, actor, now)
            amendment = Amendment(
                id=new_request_id(),
                shop_id=request.shop_id,
                request_id=request_id,
                actor_id=actor.person_id,
                actor_name=actor.name,
                chat_id=actor.chat_id,
                kind=kind,
                moment=moment,
                created_at=now,
                expires_at=now + LIFETIME,
            )
            await tx.amendments.add(amendment)
        return Amending(amendment, request)


class SeeAmendment(UseCase):
    """An own amendment that still waits for its code."""

    needs = Action.CHANGE_USER

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def __call__(self, actor: Actor, amendment_id: str) -> Amending:
        """Raises `RequestOver`, `NotWaiting` or `NotAllowed`."""
        async with self._store.read() as tx:
            amendment = _open_amendment(await tx.amendments.get(amendment_id), actor, self._clock.now())
            await self.admit(tx, actor, amendment.shop_id)
            return Amending(amendment, await _waiting(tx, amendment.request_id))


class ConfirmAmendment(UseCase):
    """Confirm an amendment with a code: code, waiting change, entry and messages in one transaction.

    The change waits in one row all along, so what lasts longer never lapses in between.
    """

    needs = Action.CHANGE_USER

    def __init__(self, store: Store, clock: Clock, waker: Waker) -> None:
        self._store, self._clock, self._waker = store, clock, waker

    async def __call__(self, actor: Actor, amendment_id: str, code: str) -> None:
        """Raises `RequestOver`, `NotWaiting` where the change has begun or is over, or what refuses a code."""
        async with self._store.write() as tx:
            refusal = await self._confirm(tx, actor, amendment_id, code)
        if not isinstance(refusal, CodeWrong):
            # There is a change to work on, or an alert to send.
            self._waker.wake()
        if refusal is not None:
            raise refusal

    async def _confirm(self, tx: Transaction, actor: Actor, amendment_id: str, code: str) -> Refused | None:
        now = self._clock.now()
        factor = await tx.factors.get(actor.person_id)
        amendment = _open_amendment(await tx.amendments.get(amendment_id), actor, now)
        await self.admit(tx, actor, amendment.shop_id)
        # Locked: of two owners who amend it at once the second amends what the first left.
        request = await _waiting(tx, amendment.request_id, lock=True)
        amended = _amended(request, amendment.kind, amendment.moment, now)
        refusal = await spend_code(tx, actor, enrolled(factor), code, now, asked_at=amendment.created_at)
        if refusal is not None:
            return refusal
        if not await tx.amendments.end(amendment.id, now):
            raise RequestOver
        if amended is None:
            try:
                await drop(tx, request, DROPPED, self._clock, actor)
            except LeaseLost as begun:
                raise NotWaiting from begun
            return None
        if not await tx.requests.move_waiting(amended):
            raise NotWaiting
        await post(tx, amended, moved(amended, actor), self._clock)
        if amended.ends is None:
            await tx.outbox.put(progress_of(amended, now), now)
        return None


def _amended(
    request: ChangeRequest, kind: AmendmentKind, moment: datetime | None, now: datetime
) -> ChangeRequest | None:
    """The change as it waits afterwards; None where it is dropped.

    Raises `NotOffered` where it cannot end by itself, `WhenPast` or `WhenBeforeStart`.
    """
    match kind:
        case AmendmentKind.CANCEL:
            return None
        case AmendmentKind.NOW:
            amended = replace(request, due_at=now, next_at=now, result="")
        case AmendmentKind.MOVE:
            amended = replace(request, due_at=moment, next_at=moment, result="")
        case AmendmentKind.END if request.kind not in TEMPORARY or request.ends is not None:
            raise NotOffered
        case AmendmentKind.END:
            amended = replace(request, until=moment)
    if kind is not AmendmentKind.NOW and (moment is None or moment <= now):
        raise WhenPast
    if amended.until is not None and amended.until <= (amended.due_at or now):
        raise WhenBeforeStart
    return amended


async def _waiting(tx: Transaction, request_id: str, *, lock: bool = False) -> ChangeRequest:
    request = await tx.requests.get(request_id, lock=lock)
    if request is None or request.state is not State.SCHEDULED:
        raise NotWaiting
    return request


def _open_amendment(amendment: Amendment | None, actor: Actor, now: datetime) -> Amendment:
    if amendment is None or amendment.actor_id != actor.person_id or now >= amendment.expires_at:
        raise RequestOver
    return amendment
