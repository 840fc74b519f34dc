"""Permissions, and at which terminals a user works: chosen as a whole, told as they were and will be."""

import pytest

from changes.backend import ChangeKind
from changes.errors import NoTerminal, NothingToDo, NotOffered
from changes.life import State
from changes.proposals import Caution
from changes.proposing import Proposal
from changes.till import Permission, Role
from pos.embedded.rules import PERMISSIONS
from tests.changes.backends import Before, Sharing
from tests.changes.bench import Bench
from tests.changes.test_undoing import undoing

KIND = ChangeKind.PERMISSIONS
CASHIERS = PERMISSIONS[Role.CASHIER]


def written(permissions: frozenset[Permission]) -> str:
    return " ".join(sorted(permissions))


async def test_exactly_what_is_chosen_is_given_and_can_be_undone(bench: Bench) -> None:
    chosen = frozenset({Permission.SALE_TAKE, Permission.REFUND_ISSUE})
    request = await bench.work(await bench.confirmed(KIND, "refund.issue sale.take"))
    assert request.state is State.APPLIED
    assert request.before == {"permissions": written(CASHIERS)}
    assert request.after == {"permissions": written(chosen)}
    assert (await bench.at.now()).permissions == chosen
    undo = await undoing(bench)(bench.owner, bench.shop.id, (await bench.entries())[-1].number)
    assert isinstance(undo, Proposal)
    await bench.confirm(undo.request)
    assert (await bench.work(undo.request)).state is State.APPLIED
    assert (await bench.at.now()).permissions == CASHIERS


async def test_more_rights_are_warned_of_and_fewer_are_not(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    more = await bench.proposal(bench.draft(KIND, written(CASHIERS | {Permission.USERS_MANAGE})))
    assert more.cautions == (Caution.MORE_RIGHTS,)
    assert (await bench.proposal(bench.draft(KIND, "sale.take"))).cautions == ()
    assert (await bench.proposal(bench.draft(KIND, ""))).request.after == {"permissions": ""}


async def test_only_what_the_till_knows_can_be_chosen(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    with pytest.raises(NothingToDo):
        await bench.propose(KIND, written(CASHIERS))
    with pytest.raises(NotOffered):
        await bench.propose(KIND, "fly")
    bench.tills.backend = Before(bench.tills.backend, other={"permissions": frozenset({Permission.SALE_TAKE})})
    with pytest.raises(NotOffered):
        await bench.propose(KIND, "sale.take refund.issue")


async def test_a_user_is_assigned_to_terminals_that_are_told_by_name(bench: Bench) -> None:
    front, bar = bench.at.terminal, await bench.till.add_terminal("Bar")
    bench.tills.backend = Sharing(bench.tills.backend)
    request = await bench.work(await bench.confirmed(ChangeKind.ASSIGN, f"{bar.id} {front.id}"))
    assert request.state is State.APPLIED
    assert request.before == {"terminals": front.id}
    both = " ".join(sorted((bar.id, front.id)))
    assert request.after == {"terminals": both, "were": front.name, "are": f"Bar, {front.name}"}
    undo = await undoing(bench)(bench.owner, bench.shop.id, (await bench.entries())[-1].number)
    assert isinstance(undo, Proposal)
    assert undo.request.after["terminals"] == front.id


async def test_a_user_works_at_some_terminal_of_the_shop(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    with pytest.raises(NotOffered):
        await bench.propose(ChangeKind.ASSIGN, bench.at.terminal.id)
    bench.tills.backend = Sharing(bench.tills.backend)
    with pytest.raises(NoTerminal):
        await bench.propose(ChangeKind.ASSIGN, "")
    with pytest.raises(NotOffered):
        await bench.propose(ChangeKind.ASSIGN, "nowhere")
    with pytest.raises(NothingToDo):
        await bench.propose(ChangeKind.ASSIGN, bench.at.terminal.id)
