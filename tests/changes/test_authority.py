"""Who may do what: every cell of the table, and every use case held to it."""

import importlib
import inspect
import pkgutil
from itertools import product

import pytest

import changes
from changes.authority import Action, ChatKind, MemberRole, judge
from changes.browsing import ListTerminals, ListUsers, ReadAudit, SeeUser
from changes.errors import NotAllowed, NotDeclared
from changes.till import UserQuery
from changes.usecase import UseCase
from tests.changes.bench import Bench, in_group

CELLS = list(product(Action, [*MemberRole, None], ChatKind))


@pytest.mark.parametrize(("action", "role", "chat"), CELLS)
def test_only_an_owner_in_a_private_chat_may_do_anything(
    action: Action, role: MemberRole | None, chat: ChatKind
) -> None:
    if (role, chat) == (MemberRole.OWNER, ChatKind.PRIVATE):
        judge(action, role, chat)
    else:
        with pytest.raises(NotAllowed):
            judge(action, role, chat)


@pytest.mark.parametrize(("role", "chat"), list(product([*MemberRole, None], ChatKind)))
def test_what_declares_nothing_is_refused_to_all(role: MemberRole | None, chat: ChatKind) -> None:
    with pytest.raises(NotDeclared):
        judge(None, role, chat)


class _Undeclared(UseCase):
    pass


async def test_a_use_case_that_declares_nothing_is_refused_even_to_the_owner(sqlite_bench: Bench) -> None:
    async with sqlite_bench.store.read() as tx:
        with pytest.raises(NotDeclared):
            await _Undeclared().admit(tx, sqlite_bench.owner, sqlite_bench.shop.id)


def use_cases() -> list[type[UseCase]]:
    for module in pkgutil.iter_modules(changes.__path__, "changes."):
        importlib.import_module(module.name)
    found, new = set[type[UseCase]](), {UseCase}
    while new:
        new = {sub for each in new for sub in each.__subclasses__() if sub.__module__.startswith("changes.")}
        found |= new
    return sorted(found, key=lambda each: each.__name__)


@pytest.mark.parametrize("use_case", use_cases())
def test_every_use_case_that_is_about_a_shop_declares_its_action(use_case: type[UseCase]) -> None:
    calls = [call for name, call in vars(use_case).items() if inspect.isfunction(call) and name[0] != "_"]
    calls += [use_case.__dict__["__call__"]] if "__call__" in use_case.__dict__ else []
    about = {parameter for call in calls for parameter in inspect.signature(call).parameters}
    if about & {"shop_id", "draft", "drafts", "request_id", "amendment_id"}:
        assert use_case.needs is not None
        source = inspect.getsource(use_case)
        assert any(judged in source for judged in ("admit(", "self._till(", "may_propose(", "self._case("))


def test_there_are_use_cases_to_hold_to_that() -> None:
    assert {"Propose", "Confirm", "ListUsers", "ReadAudit"} <= {each.__name__ for each in use_cases()}


@pytest.mark.parametrize("where", ["stranger", "group", "other shop"])
async def test_nobody_else_sees_anything(sqlite_bench: Bench, where: str) -> None:
    bench, terminal, user = sqlite_bench, sqlite_bench.at.terminal.id, sqlite_bench.user.id
    actor = bench.owner
    if where == "stranger":
        await bench.leave()
    elif where == "group":
        actor = in_group(actor)
    else:
        _, actor = await bench.claim(4_000_000_002, "Other Boss")
    looks = (
        ListTerminals(bench.store, bench.tills)(actor, bench.shop.id),
        ListUsers(bench.store, bench.tills)(actor, bench.shop.id, terminal, UserQuery()),
        SeeUser(bench.store, bench.tills)(actor, bench.shop.id, terminal, user),
        ReadAudit(bench.store)(actor, bench.shop.id, 0, 5),
    )
    for look in looks:
        with pytest.raises(NotAllowed):
            await look


async def test_the_owner_sees_the_shop(sqlite_bench: Bench) -> None:
    bench, shop_id, terminal = sqlite_bench, sqlite_bench.shop.id, sqlite_bench.at.terminal
    assert await ListTerminals(bench.store, bench.tills)(bench.owner, shop_id) == (terminal,)
    page = await ListUsers(bench.store, bench.tills)(bench.owner, shop_id, terminal.id, UserQuery(search="晓"))
    assert page.users == (bench.user,)
    card = await SeeUser(bench.store, bench.tills)(bench.owner, shop_id, terminal.id, bench.user.id)
    assert (card.user, card.terminal) == (bench.user, terminal)
    audit = await ReadAudit(bench.store)(bench.owner, shop_id, 0, 2)
    assert [entry.number for entry in audit.entries] == [audit.total, audit.total - 1]
