"""From a draft to a proposal: everything that can be refused or warned of is, before a code is asked for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from changes.authority import Action, Actor
from changes.backend import Backend, ChangeKind
from changes.browsing import asking_till, terminal_of
from changes.clock import Clock
from changes.errors import NotEnrolled, NothingToDo, NotOffered, RequestOver, UserBusy
from changes.life import State
from changes.names import new_name
from changes.pins import make_pin, typed_pin
from changes.ports import Store, Tills, Transaction
from changes.request import LIFETIME, ChangeRequest, Draft, new_request_id, touched, wanted
from changes.till import SUPERVISING, Role, Status, TerminalUser, UserQuery
from changes.usecase import UseCase


class Caution(StrEnum):
    """What the owner should know before confirming. Each has a text in every language (`caution-*`)."""

    LAST_SUPERVISOR = "last-supervisor"
    MORE_RIGHTS = "more-rights"
    SIGNED_IN = "signed-in"
    SAME_NAME = "same-name"
    STILL_FROZEN = "still-frozen"


@dataclass(frozen=True, slots=True)
class Proposal:
    request: ChangeRequest
    cautions: tuple[Caution, ...]


class Propose(UseCase):
    """Put a change before the owner. It replaces the person's earlier proposals: a code is for one request only."""

    needs = Action.CHANGE_USER

    def __init__(self, store: Store, tills: Tills, clock: Clock) -> None:
        self._store, self._tills, self._clock = store, tills, clock

    async def __call__(self, actor: Actor, draft: Draft) -> Proposal:
        """Raises a `Refused` for whatever stands against the change."""
        async with self._store.read() as tx:
            await self._may_propose(tx, actor, draft)
        async with asking_till():
            till = await self._tills.of(draft.shop_id)
            if not till.capabilities.offers(draft.kind):
                raise NotOffered
            user = await till.user(draft.terminal_id, draft.user_id)
            value = _checked_value(draft, till, user)
            terminal = await terminal_of(till, draft.terminal_id)
            cautions = await _cautions(draft, till, user, value)
        now = self._clock.now()
        request = ChangeRequest(
            id=new_request_id(),
            shop_id=draft.shop_id,
            actor_id=actor.person_id,
            actor_name=actor.name,
            chat_id=actor.chat_id,
            terminal=terminal,
            user=user,
            kind=draft.kind,
            before=touched(draft.kind, user),
            after=wanted(draft.kind, value),
            state=State.PROPOSED,
            created_at=now,
            expires_at=now + LIFETIME,
            force=draft.force,
            undoes=draft.undoes,
            secret=value if draft.kind is ChangeKind.PIN else None,
            secret_made=draft.kind is ChangeKind.PIN and draft.value is None,
        )
        async with self._store.write() as tx:
            await self._may_propose(tx, actor, draft)
            await tx.requests.expire(now)
            await tx.requests.end_proposals(actor.person_id, State.CANCELLED, now)
            await tx.requests.add(request)
        return Proposal(request, cautions)

    async def _may_propose(self, tx: Transaction, actor: Actor, draft: Draft) -> None:
        await self.admit(tx, actor, draft.shop_id)
        factor = await tx.factors.get(actor.person_id)
        if factor is None or not factor.confirmed:
            raise NotEnrolled
        if await tx.requests.busy(draft.shop_id, draft.terminal_id, draft.user_id):
            raise UserBusy


def _checked_value(draft: Draft, till: Backend, user: TerminalUser) -> str | None:
    """The new value as it will be applied; a PIN is made here where none was typed."""
    capabilities = till.capabilities
    match draft.kind:
        case ChangeKind.RENAME:
            value: str | None = new_name(draft.value or "", capabilities.name_longest)
        case ChangeKind.PIN if draft.value is None:
            value = make_pin(capabilities.secret, user.number)
        case ChangeKind.PIN:
            value = typed_pin(draft.value or "", capabilities.secret, user.number)
        case ChangeKind.ROLE:
            if draft.value not in capabilities.roles:
                raise NotOffered
            value = draft.value
        case ChangeKind.FREEZE | ChangeKind.UNFREEZE:
            value = None
    if draft.kind is not ChangeKind.PIN and touched(draft.kind, user) == wanted(draft.kind, value):
        raise NothingToDo
    return value


async def _cautions(draft: Draft, till: Backend, user: TerminalUser, value: str | None) -> tuple[Caution, ...]:
    found = []
    role = Role(value) if draft.kind is ChangeKind.ROLE and value else user.role
    if role.rank > user.role.rank:
        found.append(Caution.MORE_RIGHTS)
    if draft.kind is ChangeKind.FREEZE and user.signed_in:
        found.append(Caution.SIGNED_IN)
    if draft.kind is ChangeKind.PIN and user.status is Status.FROZEN:
        found.append(Caution.STILL_FROZEN)
    loses = user.status is Status.ACTIVE and user.role in SUPERVISING
    loses = loses and (draft.kind is ChangeKind.FREEZE or role not in SUPERVISING)
    if loses:
        query = UserQuery(roles=SUPERVISING, status=Status.ACTIVE, limit=1)
        if (await till.users(draft.terminal_id, query)).total <= 1:
            found.append(Caution.LAST_SUPERVISOR)
    if draft.kind is ChangeKind.RENAME and value and await _name_taken(draft, till, value):
        found.append(Caution.SAME_NAME)
    return tuple(found)


async def _name_taken(draft: Draft, till: Backend, name: str) -> bool:
    page = await till.users(draft.terminal_id, UserQuery(search=name, limit=50))
    return any(other.name.casefold() == name.casefold() and other.id != draft.user_id for other in page.users)


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
            ended = await tx.requests.end_proposals(actor.person_id, State.CANCELLED, now)
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
