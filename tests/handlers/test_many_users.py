"""A terminal with five thousand users: pages, search, and buttons that stay within Telegram's bounds."""

import re
import uuid

import pytest

from handlers.owner.change.getters import PAGE
from handlers.states import ChangeSG
from tests.handlers.bench import Bench
from tests.handlers.person import Person
from tests.handlers.ways import go, someone_for, someone_in

MANY = 5000


@pytest.fixture
async def person(bench: Bench) -> Person:
    owner = await someone_for(bench, ChangeSG.user)
    bench.add_users(MANY)
    await go(owner, ChangeSG.user)
    return owner


def users(person: Person) -> list[str]:
    return [text for text in person.buttons() if re.match(r"\S+ · ", text)]


async def test_pages(person: Person) -> None:
    pages = -(-(MANY + 2) // PAGE)
    assert f"1 / {pages}" in person.buttons()
    assert "5,002" in person.window().text
    first = users(person)
    assert len(first) == PAGE
    await person.press_text("›")
    assert f"2 / {pages}" in person.buttons()
    assert not set(users(person)) & set(first)
    await person.press_text("‹")
    assert users(person) == first
    await person.press_text("‹")
    assert users(person) == first


async def test_search_by_a_part_of_the_name_or_number(person: Person) -> None:
    await person.press_text("›")
    for search, found in (("clerk 1234", 1), ("CLERK 123", 10), ("1234", 1), ("晓", 1), ("grace", 1), ("lerk", MANY)):
        await person.send(search)
        assert search in person.window().text
        assert len(users(person)) == min(found, PAGE), search
        assert person.texts.plain("change-user-count", total=found) in person.window().text
    await person.press("change-search-clear")
    assert person.texts.plain("change-user-count", total=MANY + 2) in person.window().text
    assert person.texts.plain("change-search-clear") not in person.buttons()


@pytest.mark.parametrize("search", ["nobody at all", "%", "_", "' OR 1=1 --", "<b>", "\u200b", "x" * 300])
async def test_a_search_that_finds_nobody_can_be_cleared(bench: Bench, search: str) -> None:
    person = await someone_in(bench, ChangeSG.user)
    await person.send(search)
    if search != "\u200b":
        assert users(person) == []
        assert person.texts.plain("change-user-count", total=0) in person.window().text
        await person.press("change-search-clear")
    assert len(users(person)) == 2


async def test_the_page_begins_anew_at_another_terminal(person: Person) -> None:
    await person.press_text("›")
    await person.press("back")
    await person.press_matching(".*Bar.*")
    assert len(users(person)) == 1


async def test_users_that_go_while_a_late_page_is_open(bench: Bench, person: Person) -> None:
    await person.press_text("›")
    bench.execute_till("DELETE FROM user WHERE name LIKE 'Clerk %'")
    await person.press_text("›")
    assert len(users(person)) == 2


async def test_ids_as_long_as_backends_have_them_fit_in_buttons(bench: Bench) -> None:
    """36 characters, as a UUID has; every keyboard is held to 64 bytes as it is shown."""
    person = await someone_for(bench, ChangeSG.code)
    terminal, user = str(uuid.UUID(int=2**128 - 1)), str(uuid.UUID(int=2**127))
    bench.execute_till("UPDATE terminal SET id = ? WHERE name LIKE 'Front%'", terminal)
    bench.execute_till(
        "UPDATE user SET terminal_id = ?, id = number || substr(?, 3) WHERE name <> 'Ana'", terminal, user
    )
    await go(person, ChangeSG.code)
    assert person.state() == ChangeSG.code.state
