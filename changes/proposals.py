"""What is put before an owner and waits for a code: made, seen, given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from changes.authority import Action, Actor
from changes.clock import Clock
from changes.errors import NotOffered, RequestOver, UserBusy, WhenBeforeStart, WhenPast
from changes.life import State
from changes.ports import Store, Transaction
from changes.request import LIFETIME, TEMPORARY, ChangeRequest, Draft, Values, new_request_id, touched, wanted
from changes.second_factor import enrolled
from changes.till import Terminal, TerminalUser
from changes.usecase import UseCase


class Caution(StrEnum):
    """What the owner should know before confirming. Each has a text in every language (`caution-*`)."""

    LAST_SUPERVISOR = "last-supervisor"
    MORE_RIGHTS = "more-rights"
    #: Supervisors are left, but nobody above them.
    LAST_MANAGER = "last-manager"
    SIGNED_IN = "signed-in"
    #: Who hands over is signed in: their session ends.
    SESSION_ENDS = "session-ends"
    SAME_NAME = "same-name"
    STILL_FROZEN = "still-frozen"
    #: Another change of this user waits for its time.
    WAITING = "waiting"
    #: Who is signed in when it ends is signed out.
    ENDS_SESSION = "ends-session"
    #: What is removed cannot be put back; freezing can be undone.
    FREEZE_INSTEAD = "freeze-instead"
    #: The bot cannot do it: somebody has to be at the till.
    GUIDED = "guided"


class Proposing(UseCase):
    """What every way of proposing shares. A proposal replaces the person's earlier ones: a code is for one only."""

    needs = Action.CHANGE_USER

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def may_propose(self, tx: Transaction, actor: Actor, draft: Draft) -> None:
        """Raises `NotAllowed` or `NotEnrolled`."""
        await self.admit(tx, actor, draft.shop_id)
        enrolled(await tx.factors.get(actor.person_id))

    def request(
        self,
        actor: Actor,
        draft: Draft,
        terminal: Terminal,
        user: TerminalUser,
        value: str | None,
        *,
        secret: str | None = None,
        made: bool = False,
        noted: Values | None = None,
    ) -> ChangeRequest:
        """The proposal of a draft whose value was checked. `made`: the bot made the secret; `noted` is told besides."""
        now = self._clock.now()
        return ChangeRequest(
            id=new_request_id(),
            shop_id=draft.shop_id,
            actor_id=actor.person_id,
            actor_name=actor.name,
            chat_id=actor.chat_id,
            terminal=terminal,
            user=user,
            kind=draft.kind,
            before=touched(draft.kind, user),
            after=wanted(draft.kind, value) | (noted or {}),
            state=State.PROPOSED,
            created_at=now,
            expires_at=now + LIFETIME,
            force=draft.force,
            undoes=draft.undoes,
            due_at=draft.due_at,
            until=draft.until,
            secret=secret,
            secret_made=made,
        )

    async def put(self, actor: Actor, draft: Draft, requests: Sequence[ChangeRequest]) -> bool:
        """Keep what one code will confirm. Whether another change of one of the users waits for its time.

        Raises `NotAllowed` or `NotEnrolled`, and `UserBusy` where a single change is to begin at once and cannot.
        """
        now = self._clock.now()
        async with self._store.write() as tx:
            await self.may_propose(tx, actor, draft)
            if len(requests) == 1:
                await not_busy(tx, draft)
            await tx.requests.expire(now)
            await end_asked(tx, actor, now)
            for request in requests:
                await tx.requests.add(request)
            users = {(request.terminal.id, request.user.id) for request in requests}
            waiting = await tx.requests.waiting(draft.shop_id)
        return any((request.terminal.id, request.user.id) in users for request in waiting)


async def not_busy(tx: Transaction, draft: Draft) -> None:
    """Raises `UserBusy` where the change is to begin at once and another of the user is not finished."""
    if draft.due_at is None and await tx.requests.busy(draft.shop_id, draft.terminal_id, draft.user_id):
        raise UserBusy


def check_times(draft: Draft, now: datetime) -> None:
    """Raises `NotOffered`, `WhenPast` or `WhenBeforeStart`."""
    if draft.until is not None and draft.kind not in TEMPORARY:
        raise NotOffered
    if draft.due_at is not None and draft.due_at <= now:
        raise WhenPast
    if draft.until is not None and draft.until <= (draft.due_at or now):
        raise WhenBeforeStart


async def end_asked(tx: Transaction, actor: Actor, now: datetime) -> int:
    """End whatever the person has asked for and not confirmed: a code is for one of them only. How many there were."""
    ended = await tx.requests.end_proposals(actor.person_id, State.CANCELLED, now)
    return ended + await tx.amendments.end_all(actor.person_id, now)


@dataclass(frozen=True, slots=True)
class Discarded:
    #: Proposals that ended.
    proposals: int
    #: Whether a change that the person confirmed before is still under way; discarding does not touch it.
    under_way: bool


class Discard(UseCase):
    """Give up a person's open proposals. Needs no authority: it only takes back what the person asked for."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def __call__(self, actor: Actor) -> Discarded:
        now = self._clock.now()
        async with self._store.write() as tx:
            ended = await end_asked(tx, actor, now)
            return Discarded(ended, await tx.requests.under_way(actor.person_id))


class SeeProposal(UseCase):
    """An own proposal that still waits for its code."""

    needs = Action.CHANGE_USER

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def __call__(self, actor: Actor, request_id: str) -> ChangeRequest:
        async with self._store.read() as tx:
            request = open_proposal(await tx.requests.get(request_id), actor, self._clock.now())
            await self.admit(tx, actor, request.shop_id)
            return request


def open_proposal(request: ChangeRequest | None, actor: Actor, now: datetime) -> ChangeRequest:
    """The request, if `actor` proposed it and it still waits. Raises `RequestOver`."""
    if request is None or request.actor_id != actor.person_id:
        raise RequestOver
    if request.state is not State.PROPOSED or now >= request.expires_at:
        raise RequestOver
    return request
