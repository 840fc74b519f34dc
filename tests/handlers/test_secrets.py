"""Codes, PINs and keys: in no conversation's memory, and gone from the chat."""

import re

import pytest

from changes.life import State
from handlers.states import ChangeSG, EnrolSG
from tests.handlers.bench import EVERYWHERE, Bench
from tests.handlers.chat import How
from tests.handlers.person import Person
from tests.handlers.ways import go, someone_in

PIN = "973164"


def remembered(bench: Bench) -> str:
    return "\n".join(str(row) for row in bench.rows("SELECT * FROM conversations"))


async def enrolling(bench: Bench) -> Person:
    """A new owner who has the key from their message in the chat."""
    claim = await bench.shop()
    person = bench.person()
    await person.send(f"/start {claim.code}")
    assert claim.code not in remembered(bench)
    (person.secret,) = [key for said in bench.chat.said for key in re.findall(r"\b[A-Z2-7]{32}\b", said.text)]
    return person


async def test_an_enrolment_remembers_no_key_and_no_code(bench: Bench) -> None:
    person = await enrolling(bench)
    assert person.state() == EnrolSG.code.state
    assert person.secret not in remembered(bench)
    photo, key = (said.message for said in bench.chat.said if said.how is How.PHOTO or person.secret in said.text)
    assert photo is not None
    assert key is not None
    wrong = await person.send("000000")
    code = person.code()
    right = await person.send(code)
    assert set(bench.chat.deleted) == {1, wrong, right, photo.message_id, key.message_id}
    for secret in (person.secret, code, "000000"):
        assert secret not in remembered(bench)


async def test_the_first_key_goes_when_another_is_shown(bench: Bench) -> None:
    person = await enrolling(bench)
    shown = [said.message.message_id for said in bench.chat.said if said.message and said.how is not How.WINDOW]
    await person.press("enrol-again")
    assert set(shown[1:]) <= set(bench.chat.deleted)
    assert person.secret not in remembered(bench)


async def test_a_typed_pin_and_its_code_are_nowhere(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.pin_typed)
    for text, window in (("1111", ChangeSG.pin_typed), ("9731642222", ChangeSG.pin_typed), (PIN, ChangeSG.preview)):
        sent = await person.send(text)
        assert bench.chat.deleted[-1] == sent
        assert person.state() == window.state
        assert text not in remembered(bench)
        assert text not in "".join(said.text for said in person.news())
    await person.press("preview-confirm")
    for code in ("000000", "１２３４５６", person.code()):
        sent = await person.send(code)
        assert bench.chat.deleted[-1] == sent
        assert code not in remembered(bench)
    assert bench.changes() == [State.CONFIRMED]
    assert person.state() is None
    await bench.work()
    assert bench.changes() == [State.APPLIED]
    assert PIN not in remembered(bench)
    assert PIN not in "".join(bench.chat.texts())


async def test_a_made_pin_is_not_remembered(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("changes.signing_in.make_pin", lambda *_: PIN)
    person = await someone_in(bench, ChangeSG.pin)
    await person.press("change-pin-make")
    await person.press("preview-confirm")
    assert PIN not in remembered(bench)
    await person.send(person.code())
    await bench.work()
    assert PIN not in remembered(bench)
    assert PIN not in "".join(bench.chat.texts())


@EVERYWHERE
async def test_a_wrong_code_says_how_many_tries_are_left_and_a_lock_until_when(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.code)
    for tries in (4, 3, 2, 1):
        await person.send("000000")
        assert person.texts.plain("refused-code-wrong", tries=tries) in person.window().text
    await person.send("000000")
    assert "20:01:30" in person.window().text
    await person.send(person.code())
    assert bench.changes() == [State.PROPOSED]
    bench.clock.turn(minutes=1, seconds=1)
    await person.send(person.code())
    assert bench.changes() == [State.CONFIRMED]


@EVERYWHERE
async def test_the_worker_does_nothing_before_the_code(bench: Bench) -> None:
    await someone_in(bench, ChangeSG.code)
    await bench.work()
    assert bench.changes() == [State.PROPOSED]


@EVERYWHERE
async def test_an_expired_request_takes_no_code(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.code)
    bench.clock.turn(minutes=11)
    sent = await person.send(person.code())
    assert bench.chat.deleted == [sent]
    assert person.told() == [person.texts.plain("refused-request-over")]
    assert State.CONFIRMED not in bench.changes()
    await go(person, ChangeSG.code)
