"""When a change is done and until when: chosen by buttons or typed, shown in the preview, kept in the proposal."""

import pytest
from aiogram.fsm.state import State as Window

from changes.life import State
from handlers.states import ChangeSG
from locales import LANGUAGES
from tests.handlers.bench import CASHIER, TERMINAL, Bench
from tests.handlers.person import Person
from tests.handlers.test_forged import forge
from tests.handlers.ways import go, someone_in

#: It is Sunday 2026-11-22 20:00 in the shop.
TIMES = "SELECT due_at, until FROM requests WHERE state IN ('proposed', 'scheduled', 'confirmed')"


def times(bench: Bench) -> tuple[str, str]:
    """Start and end of the one open change to the minute, in UTC; "" where there is none."""
    ((due, until),) = bench.rows(TIMES)
    return str(due or "")[:16], str(until or "")[:16]


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_both_are_chosen_by_buttons_and_shown(bench: Bench, locale: str) -> None:
    person = await someone_in(bench, ChangeSG.preview, locale)
    texts = person.texts
    assert texts.plain("preview-now") in person.window().text
    assert texts.plain("preview-for-good") in person.window().text
    await person.press("preview-to-when")
    tonight = texts.plain("quick-tonight", time="22:00", date="")
    tomorrow = texts.plain("quick-tomorrow", time="08:00", date="")
    assert person.buttons()[:3] == [tonight, tomorrow, texts.plain("when-now")]
    await person.press_text(tonight)
    await person.press("preview-to-until")
    hour = texts.plain("quick-hour", time="23:00", date="2026-11-22")
    days = texts.plain("quick-three-days", time="22:00", date="2026-11-25")
    assert person.buttons()[:4] == [hour, tomorrow, days, texts.plain("until-for-good")]
    await person.press_text(days)
    assert person.state() == ChangeSG.preview.state
    assert times(bench) == ("2026-11-22 14:00", "2026-11-25 14:00")
    for moment in (
        texts.plain("when", weekday=7, date="2026-11-22", time="22:00"),
        texts.plain("when", weekday=3, date="2026-11-25", time="22:00"),
    ):
        assert moment in person.window().text
    await person.press("preview-confirm")
    assert moment in person.window().text
    await person.press("back")
    await person.press("preview-to-when")
    await person.press("when-now")
    await person.press("preview-to-until")
    await person.press("until-for-good")
    assert times(bench) == ("", "")
    assert texts.plain("preview-for-good") in person.window().text


@pytest.mark.parametrize(
    ("locale", "start", "end"),
    [("en", "at 22:00", "until Tuesday 08:00"), ("zh-Hans", "今晚10点", "到周二早上八点")],
)
async def test_both_are_typed(bench: Bench, locale: str, start: str, end: str) -> None:
    person = await someone_in(bench, ChangeSG.until, locale)
    await person.send(end)
    await person.press("preview-to-when")
    await person.send(start)
    assert person.state() == ChangeSG.preview.state
    assert times(bench) == ("2026-11-22 14:00", "2026-11-24 00:00")
    await person.press("preview-to-until")
    await person.send("3天" if locale == "zh-Hans" else "for 3 days")
    assert times(bench) == ("2026-11-22 14:00", "2026-11-25 14:00")
    assert bench.chat.deleted == []


async def test_what_cannot_be_taken_is_said_in_the_window(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.when)
    for typed, key in (
        ("soon", "refused-when-unreadable"),
        ("until Monday", "refused-when-unreadable"),
        ("10/12", "refused-when-ambiguous"),
        ("20 Nov", "refused-when-past"),
        ("20:00", None),
    ):
        await person.send(typed)
        if key is not None:
            assert person.texts.plain(key) in person.window().text
            assert person.state() == ChangeSG.when.state
    assert times(bench)[0] == "2026-11-23 12:00"
    await person.press("preview-to-until")
    await person.send("tonight")
    assert person.texts.plain("refused-when-before-start") in person.window().text
    assert person.state() == ChangeSG.until.state
    assert bench.chat.deleted == []


async def test_a_start_past_the_end_is_refused(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.until)
    await person.send("for 1 hour")
    await person.press("preview-to-when")
    await person.send("tonight")
    assert person.texts.plain("refused-when-before-start") in person.window().text
    await person.press_matching(".*22:00")
    assert person.told() == [person.texts.plain("refused-when-before-start")]
    assert times(bench) == ("", "2026-11-22 13:00")


@pytest.mark.parametrize("state", [ChangeSG.when, ChangeSG.until], ids=lambda state: state.state)
async def test_a_code_in_place_of_a_time_does_not_stay(bench: Bench, state: Window) -> None:
    person = await someone_in(bench, state)
    sent = await person.send("973164")
    assert bench.chat.deleted == [sent]
    assert person.texts.plain("digits-removed") in person.window().text


async def test_a_choice_that_is_offered_no_more_is_past(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.when)
    bench.clock.turn(minutes=9)
    for data in ("when_quick:yesterday", "when_quick:", "when_quick:hour"):
        await forge(person, data)
        assert person.told() == [person.texts.plain("refused-when-past")]
    assert times(bench) == ("", "")


@pytest.mark.parametrize("way", ["change-pin-make", "type"])
async def test_a_new_pin_is_for_now(bench: Bench, way: str) -> None:
    """It is shown once and for a minute: whoever is to read it must be there."""
    person = await someone_in(bench, ChangeSG.pin_typed if way == "type" else ChangeSG.pin)
    await (person.send("973164") if way == "type" else person.press(way))
    assert person.state() == ChangeSG.preview.state
    assert person.texts.plain("preview-to-when") not in person.buttons()
    assert person.texts.plain("preview-now") not in person.window().text
    before = bench.rows("SELECT id, state FROM requests")
    await forge(person, "force")
    assert person.told() == [person.texts.plain("refused-not-offered")]
    await forge(person, "to_when")
    await forge(person, "when_now")
    assert person.told() == [person.texts.plain("refused-not-offered")]
    assert bench.rows("SELECT id, state FROM requests") == before


async def test_a_name_has_a_start_but_no_end(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.name)
    await person.send("Ana Silva")
    assert person.texts.plain("preview-to-until") not in person.buttons()
    await person.press("preview-to-when")
    await person.press_matching(".*22:00")
    assert "Ana Silva" in person.window().text
    await forge(person, "to_until")
    await forge(person, "until_quick:three-days")
    assert person.told() == [person.texts.plain("refused-not-offered")]
    assert times(bench) == ("2026-11-22 14:00", "")


async def test_of_a_later_freeze_nobody_knows_who_will_be_signed_in(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.preview)
    force = "SELECT force, due_at IS NULL FROM requests WHERE state = 'proposed'"
    assert not any("session" in text for text in person.buttons())
    await person.press("preview-to-when")
    await person.press_matching(".*22:00")
    assert person.texts.plain("caution-signed-in-then") in person.window().text
    await person.press("preview-force-later-off")
    assert person.texts.plain("preview-force-later-on") in person.buttons()
    assert bench.rows(force) == [(1, 0)]
    await person.press("preview-force-later-on")
    assert bench.rows(force) == [(0, 0)]


async def test_an_undo_stays_one_when_its_time_is_chosen(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.code)
    await person.send(person.code())
    await bench.work()
    ((number,),) = bench.rows("SELECT max(number) FROM audit")
    await person.send("/menu")
    await person.press_matching(".*Tea House")
    await person.press("menu-audit")
    await person.press("entry-undo-number", number=str(number))
    await person.press("preview-to-until")
    await person.send("for 3 days")
    assert person.texts.plain("caution-ends-session") in person.window().text
    undone = "SELECT kind, undoes, until IS NULL FROM requests WHERE state = 'proposed'"
    assert bench.rows(undone) == [("unfreeze", number, 0)]


async def test_an_end_that_passes_before_the_code_is_chosen_anew(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.until)
    await person.send("for 5 minutes")
    await person.press("preview-confirm")
    bench.clock.turn(minutes=6)
    await person.send(person.code())
    assert person.state() == ChangeSG.until.state
    assert person.texts.plain("refused-when-past") in person.window().text
    await person.send("for 5 minutes")
    await person.press("preview-confirm")
    await person.send(person.code())
    assert bench.changes()[-1] == State.CONFIRMED


async def test_a_scheduled_change_waits_for_its_time(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.when)
    await person.send("22:00")
    await person.press("preview-confirm")
    await person.send(person.code())
    await bench.work()
    assert bench.changes()[-1] == State.SCHEDULED
    bench.clock.turn(hours=2)
    await bench.work()
    assert bench.changes()[-1] == State.APPLIED
    await frozen(bench, person)


async def frozen(bench: Bench, person: Person) -> None:
    await go(person, ChangeSG.terminal)
    await person.press_matching(f".*{TERMINAL}")
    (button,) = [text for text in person.buttons() if CASHIER.name in text]
    assert button.startswith("❄️")
