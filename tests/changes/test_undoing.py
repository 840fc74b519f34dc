"""Undo: the recorded before is put back by a new proposal, unless the user was changed since."""

import pytest

from changes.audit import Entry, EntryKind
from changes.authority import Actor, ChatKind
from changes.backend import ChangeKind
from changes.errors import ChangedSince, NotAllowed, NotUndoable
from changes.life import State
from changes.proposing import Proposal, Propose
from changes.till import Role, Status
from changes.undoing import NewPinInstead, ProposeUndo
from pos.embedded.till import Edit, FaultKind
from tests.changes.bench import Bench


def undoing(bench: Bench) -> ProposeUndo:
    return ProposeUndo(bench.store, bench.tills, Propose(bench.store, bench.tills, bench.clock))


async def done(bench: Bench, kind: ChangeKind, value: str | None = None) -> Entry:
    """A change that the till took; its entry."""
    request = await bench.confirmed(kind, value)
    await bench.work(request)
    entry = (await bench.entries())[-1]
    assert entry.kind is EntryKind.CHANGE_OUTCOME
    return entry


@pytest.mark.parametrize(
    ("kind", "value"),
    [(ChangeKind.RENAME, "Ana Silva"), (ChangeKind.ROLE, "manager"), (ChangeKind.FREEZE, None)],
)
async def test_the_user_is_as_before_and_the_entry_says_what_it_undoes(
    bench: Bench, kind: ChangeKind, value: str | None
) -> None:
    before = await bench.till.user(bench.at.terminal.id, bench.user.id)
    entry = await done(bench, kind, value)
    undo = await undoing(bench)(bench.owner, bench.shop.id, entry.number)
    assert isinstance(undo, Proposal)
    assert (undo.request.before, undo.request.after) == (entry.facts["after"], entry.facts["before"])
    await bench.confirm(undo.request)
    assert (await bench.work(undo.request)).state is State.APPLIED
    now = await bench.till.user(bench.at.terminal.id, bench.user.id)
    assert (now.name, now.role, now.status) == (before.name, before.role, before.status)
    assert (await bench.entries())[-1].facts["undoes"] == entry.number
    assert await bench.chain_fault() is None


async def test_an_undo_can_be_undone(bench: Bench) -> None:
    entry = await done(bench, ChangeKind.FREEZE)
    for expected in (Status.ACTIVE, Status.FROZEN):
        undo = await undoing(bench)(bench.owner, bench.shop.id, entry.number)
        assert isinstance(undo, Proposal)
        await bench.confirm(undo.request)
        await bench.work(undo.request)
        entry = (await bench.entries())[-1]
        assert (await bench.till.user(bench.at.terminal.id, bench.user.id)).status is expected


async def test_a_user_changed_since_is_left_as_they_are(bench: Bench) -> None:
    entry = await done(bench, ChangeKind.ROLE, "manager")
    user = await bench.till.user(bench.at.terminal.id, bench.user.id)
    await bench.till.change(
        user.terminal_id, user.id, Edit(role=Role.SUPERVISOR), version=user.version, key="at-the-till"
    )
    with pytest.raises(ChangedSince):
        await undoing(bench)(bench.owner, bench.shop.id, entry.number)


async def test_of_a_pin_a_new_one_is_offered(bench: Bench) -> None:
    entry = await done(bench, ChangeKind.PIN)
    assert await undoing(bench)(bench.owner, bench.shop.id, entry.number) == NewPinInstead(
        bench.at.terminal, bench.user.id
    )


async def test_only_what_the_till_took_can_be_undone(bench: Bench) -> None:
    await bench.till.set_fault(FaultKind.REFUSED)
    await bench.work(await bench.confirmed())
    for entry in await bench.entries():
        with pytest.raises(NotUndoable):
            await undoing(bench)(bench.owner, bench.shop.id, entry.number)
    with pytest.raises(NotUndoable):
        await undoing(bench)(bench.owner, bench.shop.id, 1000)


async def test_another_shops_entry_is_nobodys_business(bench: Bench) -> None:
    entry = await done(bench, ChangeKind.FREEZE)
    stranger = Actor(77, "Eve", 77, ChatKind.PRIVATE)
    with pytest.raises(NotAllowed):
        await undoing(bench)(stranger, bench.shop.id, entry.number)
