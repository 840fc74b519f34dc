"""All at once: one code for the same change of many terminal users. Each is a change of its own from then on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from changes.authority import Action, Actor
from changes.backend import Backend, ChangeKind
from changes.browsing import asking_till, terminal_of
from changes.clock import Clock
from changes.errors import NobodyChosen, NothingToDo, NotOffered, TooMany
from changes.listing import every_user
from changes.ports import Store, Tills
from changes.proposals import Caution, Proposing, check_times, open_proposal
from changes.request import ChangeRequest, Draft, touched, wanted
from changes.till import SUPERVISING, Status, Terminal, TerminalUser, UserQuery
from changes.usecase import UseCase

#: So many users at most are changed with one code: a code is for what a person can look over.
MOST_TOGETHER = 50

#: What can be asked of many; a name, a PIN or a role is one person's.
TOGETHER = frozenset({ChangeKind.FREEZE, ChangeKind.UNFREEZE})


@dataclass(frozen=True, slots=True)
class Target:
    terminal: Terminal
    user: TerminalUser


@dataclass(frozen=True, slots=True)
class Together:
    """What is put before the owner: a request for each target, in their order, and what to know of them all."""

    requests: tuple[ChangeRequest, ...]
    cautions: tuple[Caution, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a change of many may be for, at most `MOST_TOGETHER`, and what of `TOGETHER` the till can do."""

    targets: tuple[Target, ...]
    kinds: frozenset[ChangeKind]

    def who_would_change(self, kind: ChangeKind) -> tuple[Target, ...]:
        """Those who are not so already."""
        return tuple(target for target in self.targets if would_change(kind, target.user))


class FindTargets(UseCase):
    """Whom a change of many may be for. Raises `NotOffered` where the till can do nothing of `TOGETHER`."""

    needs = Action.SEE_USERS

    def __init__(self, store: Store, tills: Tills) -> None:
        self._store, self._tills = store, tills

    async def namesakes(self, actor: Actor, shop_id: int, terminal_id: str, user_id: str) -> Found:
        """The user and everyone of that name, on all of the shop's terminals. Raises `TooMany`."""
        async with asking_till():
            till = await self._till(actor, shop_id)
            name = (await till.user(terminal_id, user_id)).name
            found = []
            for terminal in await till.terminals():
                users = [user async for user in every_user(till, terminal.id, UserQuery(search=name))]
                found += [Target(terminal, user) for user in users if user.name.casefold() == name.casefold()]
        return _bounded(found, till)

    async def everyone(self, actor: Actor, shop_id: int, terminal_id: str) -> Found:
        """All users of a terminal. Raises `TooMany`."""
        async with asking_till():
            till = await self._till(actor, shop_id)
            terminal = await terminal_of(till, terminal_id)
            found = []
            async for user in every_user(till, terminal.id, UserQuery()):
                found.append(Target(terminal, user))
                if len(found) > MOST_TOGETHER:
                    break
        return _bounded(found, till)

    async def _till(self, actor: Actor, shop_id: int) -> Backend:
        async with self._store.read() as tx:
            await self.admit(tx, actor, shop_id)
        till = await self._tills.of(shop_id)
        if not _kinds(till):
            raise NotOffered
        return till


class ProposeMany(Proposing):
    """Put one change of many users before the owner. Left out is who is already so, and whom the till protects."""

    def __init__(self, store: Store, tills: Tills, clock: Clock) -> None:
        super().__init__(store, clock)
        self._tills = tills

    async def __call__(self, actor: Actor, drafts: Sequence[Draft]) -> Together:
        """`drafts` differ in terminal and user alone. Raises a `Refused` for what stands against all of them."""
        if not drafts:
            raise NobodyChosen
        first = drafts[0]
        if first.kind not in TOGETHER:
            raise NotOffered
        if len(drafts) > MOST_TOGETHER:
            raise TooMany(most=MOST_TOGETHER)
        check_times(first, self._clock.now())
        async with self._store.read() as tx:
            await self.may_propose(tx, actor, first)
        async with asking_till():
            till = await self._tills.of(first.shop_id)
            if first.kind not in _kinds(till):
                raise NotOffered
            targets = await _targets(till, drafts)
            cautions = await _cautions(till, first, targets)
        if not targets:
            raise NothingToDo
        requests = [self.request(actor, first, target.terminal, target.user, None) for target in targets]
        together = tuple(replace(request, batch=requests[0].id) for request in requests)
        if await self.put(actor, first, together):
            cautions = (*cautions, Caution.WAITING)
        return Together(together, cautions)


class SeeTogether(UseCase):
    """An own proposal that still waits for its code, with all that the code will confirm."""

    needs = Action.CHANGE_USER

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def __call__(self, actor: Actor, request_id: str) -> tuple[ChangeRequest, ...]:
        """Raises `RequestOver` or `NotAllowed`."""
        async with self._store.read() as tx:
            request = open_proposal(await tx.requests.get(request_id), actor, self._clock.now())
            await self.admit(tx, actor, request.shop_id)
            return (request,) if request.batch is None else await tx.requests.of_batch(request.batch)


def would_change(kind: ChangeKind, user: TerminalUser) -> bool:
    """Whether a user is not so already, and the till lets it be done; `kind` is one of `TOGETHER`."""
    kept = user.protected and kind is ChangeKind.FREEZE
    return not kept and touched(kind, user) != wanted(kind, None)


async def _targets(till: Backend, drafts: Sequence[Draft]) -> list[Target]:
    """Who is not as asked already, each once."""
    terminals = {terminal.id: terminal for terminal in await till.terminals()}
    found: dict[tuple[str, str], Target] = {}
    for draft in drafts:
        user = await till.user(draft.terminal_id, draft.user_id)
        if would_change(draft.kind, user):
            terminal = terminals.get(draft.terminal_id, Terminal(draft.terminal_id, draft.terminal_id))
            found[terminal.id, user.id] = Target(terminal, user)
    return list(found.values())


async def _cautions(till: Backend, draft: Draft, targets: Sequence[Target]) -> tuple[Caution, ...]:
    found = []
    if draft.kind is ChangeKind.UNFREEZE:
        return (Caution.ENDS_SESSION,) if draft.until is not None else ()
    if any(target.user.signed_in for target in targets):
        found.append(Caution.SIGNED_IN)
    for terminal in {target.terminal for target in targets}:
        frozen = {target.user.id for target in targets if target.terminal == terminal}
        query = UserQuery(roles=SUPERVISING, status=Status.ACTIVE)
        supervising = {user.id async for user in every_user(till, terminal.id, query)}
        if supervising and supervising <= frozen:
            found.append(Caution.LAST_SUPERVISOR)
            break
    return tuple(found)


def _bounded(found: Sequence[Target], till: Backend) -> Found:
    if len(found) > MOST_TOGETHER:
        raise TooMany(most=MOST_TOGETHER)
    return Found(tuple(found), _kinds(till))


def _kinds(till: Backend) -> frozenset[ChangeKind]:
    """What a person does at the till is done one by one."""
    can = till.capabilities
    return frozenset(kind for kind in TOGETHER if can.offers(kind) and not can.is_guided(kind))
