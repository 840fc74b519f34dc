"""Presses that come late, twice, or on the keyboard of a conversation that is gone."""

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.fsm.state import State
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message

from handlers.states import ChangeSG, MenuSG
from locales import LANGUAGES
from tests.handlers.bench import EVERYWHERE, Bench
from tests.handlers.chat import How
from tests.handlers.person import Person
from tests.handlers.ways import WAYS, go, someone_for, someone_in

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def expect_fresh_menu(person: Person) -> None:
    """The person was told that the keyboard is old, and has a menu below."""
    assert person.told()[:1] == [person.texts.plain("keyboard-old")]
    assert person.news()[-1].how is How.WINDOW
    assert person.state() == MenuSG.shops.state


@EVERYWHERE
async def test_the_keyboard_of_a_conversation_that_is_over(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.user)
    old, button = person.window().message, person.keyboard()[0]
    await person.send("/menu")
    person.fresh()
    await person.press_button(button, old)
    expect_fresh_menu(person)


@EVERYWHERE
async def test_the_keyboard_below_the_newer_conversation(bench: Bench) -> None:
    """The menu's own keyboard, after the change was opened on top of it."""
    person = await someone_in(bench, MenuSG.home)
    old, button = person.window().message, person.keyboard()[0]
    await person.press("menu-change")
    person.fresh()
    await person.press_button(button, old)
    expect_fresh_menu(person)


async def test_a_conversation_whose_windows_were_renamed(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.user)
    bench.execute("UPDATE conversations SET data = replace(data, 'ChangeSG:', 'OldSG:')")
    await person.press_button(person.keyboard()[0])
    expect_fresh_menu(person)


async def test_a_message_in_a_conversation_whose_windows_were_renamed(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.code)
    bench.execute("UPDATE conversations SET data = replace(data, 'ChangeSG:code', 'ChangeSG:older')")
    code = await person.send(person.code())
    expect_fresh_menu(person)
    assert bench.chat.deleted == [code]


@pytest.mark.parametrize("destiny", ["aiogd:context:%", "aiogd:stack:%", "%"])
@pytest.mark.parametrize("broken", ["{", "[]", "null"])
async def test_what_a_conversation_remembers_is_broken(bench: Bench, destiny: str, broken: str) -> None:
    """Nobody is stranded: the menu comes back."""
    person = await someone_in(bench, ChangeSG.user)
    bench.execute("UPDATE conversations SET data = ? WHERE destiny LIKE ?", broken, destiny)
    await person.press_button(person.keyboard()[0])
    await person.send("/menu")
    assert person.state() == MenuSG.shops.state


@EVERYWHERE
async def test_a_reply_to_an_old_keyboard_is_no_code(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.code)
    old = person.window().message
    assert isinstance(old, Message)
    old = old.model_copy(update={"from_user": person.user.model_copy(update={"id": bench.bot.id, "is_bot": True})})
    await person.send("/menu")
    person.fresh()
    code = await person.send(person.code(), reply_to=old)
    expect_fresh_menu(person)
    assert code in bench.chat.deleted


@pytest.mark.parametrize("data", ["menu", "noted", "old", ""])
async def test_a_press_that_telegram_no_longer_lets_answer(bench: Bench, owner: Person, data: str) -> None:
    """The bot was away for a while: the press does its work all the same."""
    await owner.send("/menu")
    owner.fresh()
    bench.chat.failing["AnswerCallbackQuery"] = [too_old() for _ in range(5)]
    window = owner.window().message
    assert window is not None
    await owner.press_data(data)
    assert owner.texts.plain("unexpected", id="")[:20] not in "".join(owner.told())
    if data == "noted":
        assert bench.chat.deleted == [window.message_id]
    else:
        assert owner.news()[-1].how is How.WINDOW


def too_old() -> TelegramBadRequest:
    return TelegramBadRequest(AnswerCallbackQuery(callback_query_id="1"), TOO_OLD)


@pytest.mark.parametrize("state", WAYS, ids=lambda state: state.state)
async def test_a_double_tap_on_every_button(bench: Bench, state: State) -> None:
    """The second tap of the same button does nothing new, and never fails."""
    person = await someone_for(bench, state)
    await go(person, state)
    for number in range(len(person.keyboard())):
        await go(person, state)
        window, button = person.window().message, person.keyboard()[number]
        await person.press_button(button, window)
        if button.text in LANGUAGES.values():
            person.locale = next(locale for locale, name in LANGUAGES.items() if name == button.text)
        first = (person.state(), bench.changes())
        person.fresh()
        bench.chat.answered = 0
        await person.press_button(button, window)
        # After an answer with words aiogram-dialog gives an empty one, which takes nothing from the screen.
        words = [said for said in person.news() if said.how is How.TOAST]
        assert bench.chat.answered == 1 + len(words), button.text
        assert not any("number" in text for text in person.told()), person.told()
        stood = person.state() in {first[0], state.state}
        assert stood or person.told() == [person.texts.plain("keyboard-old")], button.text
        assert len(bench.changes()) <= len(first[1]) + 1


async def test_noted_deletes_the_pin_while_a_conversation_is_open(bench: Bench, owner: Person) -> None:
    """The owner opened the menu before noting the PIN: the button below the PIN still is the PIN's."""
    await owner.send("/menu")
    window = owner.window().message
    assert window is not None
    shown = window.model_copy(update={"message_id": 9_999})
    await owner.press_data("noted", shown)
    assert bench.chat.deleted == [9_999]
    assert bench.chat.answered == 1


async def test_menu_under_a_finished_change_opens_below(owner: Person) -> None:
    """The message with the result is not turned into the menu, whatever is open."""
    await owner.send("/change")
    owner.fresh()
    await owner.press_data("menu")
    assert owner.state() == MenuSG.home.state
    assert owner.news()[-1].how is How.WINDOW
