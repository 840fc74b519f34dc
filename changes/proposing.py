"""From a draft to a proposal: everything that can be refused or warned of is, before a code is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from changes.authority import Actor
from changes.backend import Capabilities, ChangeKind
from changes.browsing import asking_till, named_terminal
from changes.cautions import cautions_of, check_protected
from changes.clock import Clock
from changes.errors import GuidedNow, NoTerminal, NothingToDo, NotOffered
from changes.names import new_name
from changes.ports import Store, Tills
from changes.proposals import Caution, Proposing, check_times, not_busy
from changes.request import ChangeRequest, Draft, Values, joined, touched, wanted
from changes.signing_in import new_secret, way_of
from changes.till import Terminal, TerminalUser


@dataclass(frozen=True, slots=True)
class Proposal:
    request: ChangeRequest
    cautions: tuple[Caution, ...]


class Propose(Proposing):
    """Put a change of one user before the owner. Who is to be added is none yet: see `changes.adding`."""

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
            if draft.kind is ChangeKind.ADD or not till.capabilities.offers(draft.kind):
                raise NotOffered
            if till.capabilities.is_guided(draft.kind) and (draft.due_at or draft.until):
                raise GuidedNow
            user = await till.user(draft.terminal_id, draft.user_id)
            check_protected(draft.kind, user)
            terminals = await till.terminals()
            value = _checked_value(draft, till.capabilities, user, terminals)
            cautions = await cautions_of(till, draft, user, value)
        terminal = named_terminal(terminals, draft.terminal_id)
        more = _noted(draft, till.capabilities, user, value, terminals)
        is_secret = draft.kind is ChangeKind.PIN
        secret, made = (value, value is not None and draft.value is None) if is_secret else (None, False)
        request = self.request(actor, draft, terminal, user, value, secret=secret, made=made, noted=more)
        if await self.put(actor, draft, (request,)):
            cautions = (*cautions, Caution.WAITING)
        return Proposal(request, cautions)


def _checked_value(draft: Draft, can: Capabilities, user: TerminalUser, terminals: Sequence[Terminal]) -> str | None:
    """The new value as it will be applied; a secret is made here where none was typed."""
    value: str | None = None
    match draft.kind:
        case ChangeKind.RENAME:
            value = new_name(draft.value or "", can.name_longest)
        case ChangeKind.PIN:
            return new_secret(draft.value, can.secret, user.number, user.name)
        case ChangeKind.ROLE:
            if draft.value not in can.roles:
                raise NotOffered
            value = draft.value
        case ChangeKind.PERMISSIONS:
            chosen = set((draft.value or "").split())
            if not chosen <= set(can.permissions):
                raise NotOffered
            value = joined(chosen)
        case ChangeKind.ASSIGN:
            value = _places((draft.value or "").split(), terminals)
    if touched(draft.kind, user) == wanted(draft.kind, value):
        raise NothingToDo
    return value


def _places(chosen: Sequence[str], terminals: Sequence[Terminal]) -> str:
    """Raises `NoTerminal` where none is chosen, `NotOffered` for one that is not the shop's."""
    if not chosen:
        raise NoTerminal
    if not set(chosen) <= {terminal.id for terminal in terminals}:
        raise NotOffered
    return joined(chosen)


def _noted(
    draft: Draft, can: Capabilities, user: TerminalUser, value: str | None, terminals: Sequence[Terminal]
) -> Values:
    """What is kept beside the new value so that it can be told: of a secret its way, of terminals their names."""
    if draft.kind is ChangeKind.PIN:
        return way_of(can.secret)
    if draft.kind is ChangeKind.ASSIGN:
        before, after = user.terminals or frozenset(), (value or "").split()
        return {"were": _names(before, terminals), "are": _names(after, terminals)}
    return {}


def _names(ids: Sequence[str] | frozenset[str], terminals: Sequence[Terminal]) -> str:
    return ", ".join(sorted(named_terminal(terminals, each).name for each in ids))
