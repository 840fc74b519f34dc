"""Undo: the opposite of a recorded change, proposed anew with a preview and a code of its own."""

from dataclasses import dataclass

from changes.audit import Entry, EntryKind
from changes.authority import Action, Actor
from changes.backend import ChangeKind
from changes.browsing import asking_till
from changes.errors import ChangedSince, NotUndoable
from changes.life import State
from changes.ports import Store, Tills
from changes.proposing import Proposal, Propose
from changes.request import Draft, touched
from changes.till import Terminal
from changes.usecase import UseCase

_OPPOSITE = {
    ChangeKind.RENAME: ChangeKind.RENAME,
    ChangeKind.ROLE: ChangeKind.ROLE,
    ChangeKind.FREEZE: ChangeKind.UNFREEZE,
    ChangeKind.UNFREEZE: ChangeKind.FREEZE,
}


def is_applied(entry: Entry) -> bool:
    """Whether an entry says that the till took a change: only that can be undone."""
    return entry.kind is EntryKind.CHANGE_OUTCOME and entry.facts["state"] == State.APPLIED


@dataclass(frozen=True, slots=True)
class NewPinInstead:
    """A PIN cannot be put back, for nobody knows the old one; this user can be given a new one."""

    terminal: Terminal
    user_id: str


def opposite(entry: Entry) -> Draft | NewPinInstead:
    """What puts the user back to the recorded before. Raises `NotUndoable`."""
    if not is_applied(entry):
        raise NotUndoable
    terminal, user_id = Terminal(**entry.facts["terminal"]), entry.facts["user"]["id"]
    kind = ChangeKind(entry.facts["action"])
    if kind is ChangeKind.PIN:
        return NewPinInstead(terminal, user_id)
    before = entry.facts["before"]
    value = before.get("name", before.get("role"))
    return Draft(entry.shop_id, terminal.id, user_id, _OPPOSITE[kind], value, undoes=entry.number)


class ProposeUndo(UseCase):
    """Propose the opposite of an entry's change, unless the user was changed since."""

    needs = Action.CHANGE_USER

    def __init__(self, store: Store, tills: Tills, propose: Propose) -> None:
        self._store, self._tills, self._propose = store, tills, propose

    async def __call__(self, actor: Actor, shop_id: int, number: int) -> Proposal | NewPinInstead:
        """Raises `NotUndoable`, `ChangedSince`, and whatever `Propose` raises."""
        async with self._store.read() as tx:
            await self.admit(tx, actor, shop_id)
            entry = await tx.audit.get(shop_id, number)
        if entry is None:
            raise NotUndoable
        undo = opposite(entry)
        if isinstance(undo, NewPinInstead):
            return undo
        async with asking_till():
            till = await self._tills.of(shop_id)
            user = await till.user(undo.terminal_id, undo.user_id)
        if touched(undo.kind, user) != entry.facts["after"]:
            raise ChangedSince
        return await self._propose(actor, undo)
