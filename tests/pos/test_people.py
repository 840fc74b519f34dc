"""Finding users: pages, search and filters, on a terminal with five thousand of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from changes.till import Role, Status, Terminal, UserQuery
from pos.embedded.till import Edit, NewTerminal, NewUser, Till
from tests.pos.bench import QUICK, Shop, on_statement

MANY = 5000


def crowd() -> tuple[NewUser, ...]:
    """Numbers 1 to 5000; every hundredth a supervisor, every thousandth frozen."""
    return tuple(
        NewUser(
            str(number),
            f"Zoë Müller {number:05}" if number % 2 else f"陈晓雨 {number:05}",
            Role.CASHIER if number % 100 else Role.SUPERVISOR,
            "1234",
            Status.ACTIVE if number % 1000 else Status.FROZEN,
        )
        for number in range(1, MANY + 1)
    )


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crowd") / "till.db"


@pytest.fixture
async def hall(filled: Path) -> AsyncIterator[tuple[Till, Terminal]]:
    async with Till(filled, hasher=QUICK) as till:
        await till.furnish([NewTerminal("Hall", crowd()), NewTerminal("Empty")])
        yield till, (await till.terminals())[0]


async def test_pages_are_in_order_complete_and_without_repeats(hall: tuple[Till, Terminal]) -> None:
    till, terminal = hall
    numbers = []
    for offset in range(0, MANY, 500):
        page = await till.users(terminal.id, UserQuery(offset=offset, limit=500))
        assert page.total == MANY
        numbers += [int(user.number) for user in page.users]
    assert numbers == list(range(1, MANY + 1))


@pytest.mark.parametrize(
    ("query", "shown", "total"),
    [
        (UserQuery(), 8, MANY),
        (UserQuery(offset=4996), 4, MANY),
        (UserQuery(offset=5000), 0, MANY),
        (UserQuery(offset=10**30), 0, MANY),
        (UserQuery(offset=-5, limit=3), 3, MANY),
        (UserQuery(limit=0), 0, MANY),
        (UserQuery(limit=-1), 0, MANY),
        (UserQuery(limit=10**30), MANY, MANY),
        (UserQuery(roles=frozenset({Role.SUPERVISOR})), 8, 50),
        (UserQuery(roles=frozenset(Role)), 8, MANY),
        (UserQuery(roles=frozenset({Role.MANAGER})), 0, 0),
        (UserQuery(status=Status.FROZEN), 5, 5),
        (UserQuery(roles=frozenset({Role.SUPERVISOR}), status=Status.ACTIVE), 8, 45),
        (UserQuery(search="陈"), 8, 2500),
        (UserQuery(search="ZOË MÜLLER 0000"), 5, 5),
        (UserQuery(search="4999"), 1, 1),
        (UserQuery(search="４９９９"), 1, 1),
        (UserQuery(search="500", roles=frozenset({Role.SUPERVISOR})), 6, 6),
        (UserQuery(search="%"), 0, 0),
        (UserQuery(search="_"), 0, 0),
        (UserQuery(search="\ud800"), 0, 0),
        (UserQuery(search="x" * 5000), 0, 0),
    ],
    ids=lambda value: ascii(value.search)[:20] or str(value.status) if isinstance(value, UserQuery) else str(value),
)
async def test_a_query(hall: tuple[Till, Terminal], query: UserQuery, shown: int, total: int) -> None:
    till, terminal = hall
    page = await till.users(terminal.id, query)
    assert (len(page.users), page.total) == (shown, total)
    assert {user.terminal_id for user in page.users} <= {terminal.id}


async def test_a_terminal_without_users(hall: tuple[Till, Terminal]) -> None:
    till, _ = hall
    page = await till.users((await till.terminals())[1].id, UserQuery())
    assert (page.users, page.total) == ((), 0)


async def test_a_page_is_one_question_to_the_file(
    filled: Path, hall: tuple[Till, Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    on_statement(monkeypatch, said.append)
    async with Till(filled, create=False) as till:
        said.clear()
        page = await till.users(hall[1].id, UserQuery(search="zoë", offset=2000))
        assert (len(page.users), page.total) == (8, 2500)
        assert len([sql for sql in said if not sql.startswith("--")]) == 1


@pytest.mark.parametrize(
    ("name", "search", "found"),
    [
        ("ÉMILE", "émile", True),
        ("e\u0301mile", "ÉMI", True),
        ("Straße", "STRASSE", True),
        ("ΣΊΣΥΦΟΣ", "σίσυφος", True),
        ("ИВАН", "ван", True),
        ("Ｗａｎｇ", "wang", True),
        ("50% off_er", "%", True),
        ("50% off_er", "_", True),
        ("50% off_er", "5%o", False),
        ("a\\b", "\\", True),
        ("O'Neill", "o'n", True),
        ("Émile", "emile", False),
    ],
)
async def test_search_knows_no_case_and_no_wildcards(shop: Shop, name: str, search: str, found: bool) -> None:
    await shop.till.add_user(shop.terminal.id, NewUser("77", name, Role.CASHIER, "1234"))
    page = await shop.till.users(shop.terminal.id, UserQuery(search=search))
    assert [user.name for user in page.users] == ([name] if found else [])


async def test_a_renamed_user_is_found_by_the_new_name_alone(shop: Shop) -> None:
    await shop.till.add_user(shop.terminal.id, NewUser("77", "Before", Role.CASHIER, "1234"))
    user = (await shop.till.users(shop.terminal.id, UserQuery(search="before"))).users[0]
    await shop.till.change(shop.terminal.id, user.id, Edit(name="After"), version="1", key="key")
    assert (await shop.till.users(shop.terminal.id, UserQuery(search="before"))).total == 0
    assert (await shop.till.users(shop.terminal.id, UserQuery(search="AFTER"))).total == 1
