"""What a person sends that the window did not ask for."""

from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram.fsm.state import State
from aiogram.types import Contact, Document, Location, MessageOriginUser, PhotoSize, Sticker, User, Voice

from handlers.states import AddSG, BackupSG, ChangeSG, EnrolSG, MenuSG
from tests.handlers.bench import Bench
from tests.handlers.chat import How
from tests.handlers.person import Person
from tests.handlers.ways import TEXT_EXPECTED, WAYS, go, someone_for, someone_in

_FILE: dict[str, Any] = {"file_id": "f", "file_unique_id": "u"}
_PICTURE = PhotoSize(width=9, height=9, **_FILE)

OTHERS: dict[str, dict[str, Any]] = {
    "photo": {"photo": [_PICTURE]},
    "photo-with-caption": {"photo": [_PICTURE], "caption": "Ana"},
    "sticker": {
        "sticker": Sticker(type="regular", width=9, height=9, is_animated=False, is_video=False, **_FILE),
    },
    "voice": {"voice": Voice(duration=1, **_FILE)},
    "document": {"document": Document(**_FILE)},
    "location": {"location": Location(latitude=1, longitude=2)},
    "contact": {"contact": Contact(phone_number="1", first_name="Ana")},
}

every_window = pytest.mark.parametrize("state", WAYS, ids=lambda state: state.state)
digits_not_asked = pytest.mark.parametrize(
    "state", [state for state in WAYS if state not in TEXT_EXPECTED], ids=lambda state: state.state
)


@every_window
async def test_other_kinds_of_messages_are_refused(bench: Bench, state: State) -> None:
    person = await someone_in(bench, state)
    key = "text-expected" if state in TEXT_EXPECTED else "press-instead"
    if state is BackupSG.file:
        key = "restore-file-expected"
    for name, fields in OTHERS.items():
        if state is BackupSG.file and "document" in fields:
            continue
        person.fresh()
        await person.send("", **fields)
        assert person.texts.plain(key) in person.window().text, name
        assert person.state() == state.state
    assert bench.chat.deleted == []


async def test_a_forwarded_name_is_a_name(bench: Bench) -> None:
    """What counts is who sent it; where they took the words from does not matter."""
    person = await someone_in(bench, ChangeSG.name)
    origin = MessageOriginUser(date=datetime.now(UTC), sender_user=User(id=5, is_bot=False, first_name="Other"))
    await person.send("Ana Silva", forward_origin=origin)
    assert person.state() == ChangeSG.preview.state


@every_window
async def test_an_edited_message_is_never_read(bench: Bench, state: State) -> None:
    person = await someone_in(bench, state)
    before, proposed = person.state(), bench.changes()
    for text in ("/menu", "Ana Silva", "97531"):
        person.fresh()
        edited = await person.edit(text)
        assert person.told() == [person.texts.plain("edited-not-read")]
        assert (person.state(), bench.changes()) == (before, proposed)
    assert bench.chat.deleted == [edited]


@digits_not_asked
async def test_digits_that_nobody_asked_for_are_deleted(bench: Bench, state: State) -> None:
    person = await someone_in(bench, state)
    for digits in ("123456", "1234", " 123 456 ", "１２３４５６", "١٢٣٤٥٦", "12345678", "123456\u200d\u200c"):
        bench.chat.deleted.clear()
        sent = await person.send(digits)
        assert bench.chat.deleted == [sent], digits
        assert person.texts.plain("digits-removed") in person.window().text
        assert person.state() == state.state


async def test_other_words_stay_and_are_answered(bench: Bench) -> None:
    person = await someone_in(bench, MenuSG.home)
    for text in ("hello", "123", "123456789", "Room 12", "😀"):
        await person.send(text)
        assert bench.chat.deleted == [], text
        assert person.texts.plain("press-instead") in person.window().text


async def test_a_refusal_is_shown_once(bench: Bench) -> None:
    person = await someone_in(bench, MenuSG.home)
    await person.send("hello")
    await person.press("menu-help")
    assert person.texts.plain("press-instead") not in person.window().text


async def test_digits_outside_any_conversation_are_deleted(bench: Bench, owner: Person) -> None:
    sent = await owner.send("123456")
    assert bench.chat.deleted == [sent]
    assert owner.told() == [owner.texts.plain("digits-removed")]
    assert owner.window().how is How.WINDOW


@pytest.mark.parametrize(
    "state",
    [EnrolSG.code, ChangeSG.code, ChangeSG.pin_typed, AddSG.code, AddSG.secret_typed],
    ids=lambda state: state.state,
)
async def test_a_code_or_a_pin_as_a_caption_does_not_stay(bench: Bench, state: State) -> None:
    person = await someone_in(bench, state)
    sent = await person.send("", photo=[_PICTURE], caption="973164")
    assert bench.chat.deleted == [sent]
    assert person.texts.plain("text-expected") in person.window().text


@pytest.mark.parametrize("state", TEXT_EXPECTED, ids=lambda state: state.state)
async def test_invisible_characters_at_the_end_are_no_press(bench: Bench, state: State) -> None:
    """aiogram-dialog reads such an end as a press of a reply button; there are none here."""
    person = await someone_for(bench, state)
    for tail in ("\u200d\u200c", "\u2060\u2060", "\U0001d17a\U0001d17a", "\u00ad"):
        await go(person, state)
        person.fresh()
        sent = await person.send(f"12{tail}")
        assert person.told() == []
        # A PIN or an operator number may be 12 as well.
        assert person.state() in {state.state, ChangeSG.preview.state, AddSG.name.state}
        if state in (EnrolSG.code, ChangeSG.code, ChangeSG.pin_typed, AddSG.code, AddSG.secret_typed):
            assert sent in bench.chat.deleted


async def test_a_code_in_the_name_window_is_no_name_and_does_not_stay(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.name)
    sent = await person.send("739 164")
    assert bench.chat.deleted == [sent]
    assert person.texts.plain("digits-removed") in person.window().text
    assert person.state() == ChangeSG.name.state


async def test_a_code_in_the_search_is_neither_kept_nor_searched(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.user)
    sent = await person.send("739164")
    assert bench.chat.deleted == [sent]
    assert person.texts.plain("digits-removed") in person.window().text
    assert "739164" not in person.window().text
    await person.send("01")
    assert "01" in person.window().text
    assert bench.chat.deleted == [sent]
