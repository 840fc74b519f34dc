"""Undo: the opposite of a recorded change, proposed anew with a preview and a code of its own."""

from dataclasses import dataclass, replace

from changes.audit import Entry, EntryKind
from changes.authority import Action, Actor
from changes.backend import ChangeKind
from changes.browsing import asking_till
from changes.errors import ChangedSince, NotUndoable
from changes.life import State
from changes.listing import user_of_number
from changes.ports import Store, Tills
from changes.proposing import Proposal, Propose
from changes.request import Draft, touched, value_of
from changes.till import Terminal
from changes.usecase import UseCase

_OPPOSITE = {
    ChangeKind.RENAME: ChangeKind.RENAME,
    ChangeKind.ROLE: ChangeKind.ROLE,
    ChangeKind.FREEZE: ChangeKind.UNFREEZE,
    ChangeKind.UNFREEZE: ChangeKind.FREEZE,
    ChangeKind.PERMISSIONS: ChangeKind.PERMISSIONS,
    ChangeKind.ASSIGN: ChangeKind.ASSIGN,
}

#: What is not put back by its opposite: something else is offered instead.
NOT_PUT_BACK = frozenset({ChangeKind.PIN, ChangeKind.ADD, ChangeKind.REMOVE})


def is_applied(entry: Entry) -> bool:
    """Whether an entry says that the till took a change: only that can be undone."""
    return entry.kind is EntryKind.CHANGE_OUTCOME and entry.facts["state"] == State.APPLIED


@dataclass(frozen=True, slots=True)
class NewPinInstead:
    """A PIN cannot be put back, for nobody knows the old one; this user can be given a new one."""

    terminal: Terminal
    user_id: str


@dataclass(frozen=True, slots=True)
class FreezeInstead:
    """Who was added has worked since, maybe: freezing or removing them is a decision of its own."""

    terminal: Terminal
    user_id: str


@dataclass(frozen=True, slots=True)
class AddInstead:
    """Who was removed is gone with their past; somebody can be added anew."""

    terminal: Terminal


Instead = NewPinInstead | FreezeInstead | AddInstead


def opposite(entry: Entry) -> Draft | Instead:
    """What puts the user back to the recorded before. Raises `NotUndoable`."""
    if not is_applied(entry):
        raise NotUndoable
    terminal, user_id = Terminal(**entry.facts["terminal"]), entry.facts["user"]["id"]
    kind = ChangeKind(entry.facts["action"])
    if kind is ChangeKind.PIN:
        return NewPinInstead(terminal, user_id)
    if kind is ChangeKind.ADD:
        return FreezeInstead(terminal, user_id)
    if kind is ChangeKind.REMOVE:
        return AddInstead(terminal)
    value = value_of(entry.facts["before"])
    return Draft(entry.shop_id, terminal.id, user_id, _OPPOSITE[kind], value, undoes=entry.number)


class ProposeUndo(UseCase):
    """Propose the opposite of an entry's change, unless the user was changed since."""

    needs = Action.CHANGE_USER

    def __init__(self, store: Store, tills: Tills, propose: Propose) -> None:
        self._store, self._tills, self._propose = store, tills, propose

    async def __call__(self, actor: Actor, shop_id: int, number: int) -> Proposal | Instead:
        """Raises `NotUndoable`, `ChangedSince`, and whatever `Propose` raises."""
        async with self._store.read() as tx:
            await self.admit(tx, actor, shop_id)
            entry = await tx.audit.get(shop_id, number)
        if entry is None:
            raise NotUndoable
        undo = opposite(entry)
        if isinstance(undo, FreezeInstead):
            return await self._added(undo, entry)
        if not isinstance(undo, Draft):
            return undo
        async with asking_till():
            till = await self._tills.of(shop_id)
            user = await till.user(undo.terminal_id, undo.user_id)
        # The entry may tell more than what was touched.
        if not touched(undo.kind, user).items() <= entry.facts["after"].items():
            raise ChangedSince
        return await self._propose(actor, undo)

    async def _added(self, undo: FreezeInstead, entry: Entry) -> FreezeInstead:
        """With the till's own id of who was added. Raises `ChangedSince` where they are not there any more."""
        async with asking_till():
            till = await self._tills.of(entry.shop_id)
            user = await user_of_number(till, undo.terminal.id, entry.facts["after"]["number"])
        if user is None or user.name != entry.facts["after"]["name"]:
            raise ChangedSince
        return replace(undo, user_id=user.id)
