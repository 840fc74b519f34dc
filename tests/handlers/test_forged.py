"""Presses that no keyboard of ours offers: someone else's ids, nonsense, buttons of other windows."""

import re

import pytest
from aiogram.fsm.state import State as Window

from changes.life import State
from handlers.states import AuditSG, ChangeSG, MenuSG
from tests.handlers.bench import Bench
from tests.handlers.person import Person
from tests.handlers.ways import WAYS, go, someone_for, someone_in


def prefix(person: Person) -> str:
    """What every button of the conversation's keyboard begins with."""
    data = person.keyboard()[0].callback_data or ""
    start, separator, _ = data.partition("\x1d")
    assert separator
    return start + separator


async def forge(person: Person, data: str) -> None:
    person.fresh()
    await person.press_data(prefix(person) + data)


@pytest.mark.parametrize(
    ("state", "data", "told"),
    [
        (ChangeSG.terminal, "terminal:no-such", "till-refused-terminal-gone"),
        (ChangeSG.terminal, "terminal:", "till-refused-terminal-gone"),
        (ChangeSG.user, "user:no-such", "till-refused-user-gone"),
        (ChangeSG.user, "user:' OR 1=1 --", "till-refused-user-gone"),
        (ChangeSG.role, "to_role:owner", "refused-not-offered"),
        (ChangeSG.role, "to_role:", "refused-not-offered"),
        (MenuSG.language, "locale:xx", "refused-not-allowed"),
        (MenuSG.language, "locale:../en", "refused-not-allowed"),
        (MenuSG.shops, "shop:99", "refused-not-allowed"),
        (MenuSG.shops, "shop:-1", "refused-not-allowed"),
        (MenuSG.shops, "shop:x", "refused-not-allowed"),
        (MenuSG.shops, "shop:", "refused-not-allowed"),
    ],
)
async def test_forged_items_are_refused(bench: Bench, state: Window, data: str, told: str) -> None:
    person = await someone_in(bench, state)
    await forge(person, data)
    assert person.told() == [person.texts.plain(told)]
    assert bench.changes() == []


async def test_the_shop_of_another_owner_is_refused_like_one_that_is_not(bench: Bench) -> None:
    person = await someone_for(bench, MenuSG.shops)
    other = await bench.shop("Of somebody else")
    await bench.owner(other, person_id=78)
    await go(person, MenuSG.shops)
    await forge(person, f"shop:{other.shop.id}")
    assert person.told() == [person.texts.plain("refused-not-allowed")]
    await go(person, MenuSG.home)


async def test_a_user_of_another_terminal_is_not_found(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.terminal)
    await person.press_matching(".*Bar.*")
    (elsewhere,) = [button.callback_data for button in person.keyboard() if "Ana" in button.text]
    await person.press("back")
    await person.press_matching(".*Front.*")
    await forge(person, (elsewhere or "").partition("\x1d")[2])
    assert person.told() == [person.texts.plain("till-refused-user-gone")]


async def test_a_user_who_went_while_their_window_stood(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.what)
    bench.execute_till("DELETE FROM user WHERE number = '01'")
    await person.press("change-kind-freeze")
    assert person.told() == [person.texts.plain("till-refused-user-gone")]
    assert person.state() == MenuSG.shops.state


@pytest.mark.parametrize("scroll", ["users", "entries"])
async def test_forged_pages_show_a_page_that_is(bench: Bench, scroll: str) -> None:
    state = ChangeSG.user if scroll == "users" else AuditSG.entries
    person = await someone_for(bench, state)
    bench.add_users(20)
    await bench.add_entries(1, 10)
    await go(person, state)
    for page in ("-1", "-99999999999999999999", "7", "9" * 40, "x", "", "1.5", "٣", "1e9"):
        bench.chat.answered = 0
        await forge(person, f"{scroll}_next:{page}")
        assert bench.chat.answered == 1, page
        assert person.state() == state.state
        assert any(re.fullmatch(r"[123] / 3", text) for text in person.buttons()), page


@pytest.mark.parametrize("state", [MenuSG.home, ChangeSG.code], ids=lambda state: state.state)
async def test_forged_data_does_nothing(bench: Bench, state: Window) -> None:
    person = await someone_in(bench, state)
    proposed = bench.changes()
    for data in ("x", "menu2", "\x1d", "\x1dhome", "a\x1db", "💥" * 16, " "):
        bench.chat.answered = 0
        await person.press_data(data)
        assert bench.chat.answered == 1, data
        assert bench.changes() in (proposed, [State.CANCELLED])
    await go(person, state)


@pytest.mark.parametrize("state", WAYS, ids=lambda state: state.state)
async def test_buttons_of_other_windows_do_nothing_here(bench: Bench, state: Window) -> None:
    """Forging the id of a widget that the window does not show reaches nothing."""
    person = await someone_in(bench, state)
    before, proposed = person.state(), bench.changes()
    own = {(button.callback_data or "").partition("\x1d")[2].partition(":")[0] for button in person.keyboard()}
    for widget in {"to_code", "freeze", "make_pin", "force_on", "user", "terminal", "shop", "change", "again"} - own:
        await forge(person, f"{widget}:1")
        assert person.state() == before
        assert bench.changes() == proposed
