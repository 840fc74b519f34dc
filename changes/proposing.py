"""From a draft to a proposal: everything that can be refused or warned of is, before a code is asked for."""

from dataclasses import dataclass

from changes.authority import Actor
from changes.backend import Backend, ChangeKind
from changes.browsing import asking_till, terminal_of
from changes.clock import Clock
from changes.errors import NothingToDo, NotOffered
from changes.names import new_name
from changes.pins import make_pin, typed_pin
from changes.ports import Store, Tills
from changes.proposals import Caution, Proposing, check_times, not_busy
from changes.request import ChangeRequest, Draft, touched, wanted
from changes.till import SUPERVISING, Role, Status, TerminalUser, UserQuery


@dataclass(frozen=True, slots=True)
class Proposal:
    request: ChangeRequest
    cautions: tuple[Caution, ...]


class Propose(Proposing):
    """Put a change of one user before the owner."""

    def __init__(self, store: Store, tills: Tills, clock: Clock) -> None:
        super().__init__(store, clock)
        self._tills = tills

    async def __call__(self, actor: Actor, draft: Draft) -> Proposal:
        """Raises a `Refused` for whatever stands against the change."""
        check_times(draft, self._clock.now())
        async with self._store.read() as tx:
            await self.may_propose(tx, actor, draft)
            await not_busy(tx, draft)
        async with asking_till():
            till = await self._tills.of(draft.shop_id)
            if not till.capabilities.offers(draft.kind):
                raise NotOffered
            user = await till.user(draft.terminal_id, draft.user_id)
            value = _checked_value(draft, till, user)
            terminal = await terminal_of(till, draft.terminal_id)
            cautions = await _cautions(draft, till, user, value)
        request = self.request(actor, draft, terminal, user, value)
        if await self.put(actor, draft, (request,)):
            cautions = (*cautions, Caution.WAITING)
        return Proposal(request, cautions)


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
    if draft.kind is ChangeKind.UNFREEZE and draft.until is not None:
        found.append(Caution.ENDS_SESSION)
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
