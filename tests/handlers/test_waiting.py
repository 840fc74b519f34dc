"""Changes that wait: listed, moved, ended otherwise, done now, dropped, each with a code; the buttons about them."""

import re

import pytest
from aiogram.fsm.state import State as Window

from changes.amendment import AmendmentKind
from changes.life import State
from changes.request import new_request_id
from handlers.notices import AmendButton, GiveUpButton
from handlers.states import ChangeSG, MenuSG, WaitingSG
from locales import LANGUAGES
from pos.embedded.faults import FaultKind
from tests.handlers.bench import CASHIER, Bench
from tests.handlers.chat import How
from tests.handlers.person import Person
from tests.handlers.test_forged import forge
from tests.handlers.ways import go, someone_in

NAME = CASHIER.name
WAITING = "SELECT id FROM requests WHERE state = 'scheduled'"


def row(bench: Bench) -> tuple[str, str]:
    """Start and end of the one waiting change to the minute, in UTC."""
    ((due, until),) = bench.rows("SELECT due_at, until FROM requests WHERE state = 'scheduled'")
    return str(due or "")[:16], str(until or "")[:16]


def waiting_id(bench: Bench) -> str:
    ((found,),) = bench.rows(WAITING)
    return str(found)


async def confirm(person: Person) -> None:
    await person.press("preview-confirm")
    await person.send(person.next_code())


async def frozen_until_tuesday(bench: Bench, locale: str = "en") -> Person:
    """An owner in the list, where the end of a freeze waits for Tuesday 08:00."""
    person = await someone_in(bench, ChangeSG.until, locale)
    await person.send("到周二早上八点")
    await confirm(person)
    await bench.work()
    assert bench.changes() == [State.CANCELLED, State.APPLIED, State.SCHEDULED]
    await go(person, WaitingSG.list)
    return person


async def test_the_menu_counts_and_the_list_shows(bench: Bench) -> None:
    person = await someone_in(bench, MenuSG.home)
    await person.press("menu-waiting", count=0)
    assert person.texts.plain("waiting-none") in person.window().text
    await go(person, WaitingSG.list)
    assert person.buttons()[0] == f"⏰ 11-22 22:00 · {NAME} · ❄️ Freeze"
    await person.press_text(person.buttons()[0])
    text = person.window().text
    for part in ("Tea House", NAME, "Active → Frozen", "Sunday 2026-11-22 22:00", "By Lin, confirmed 2026-11-22 20:0"):
        assert part in text, text


async def test_a_long_list_has_pages(bench: Bench) -> None:
    person = await someone_in(bench, WaitingSG.list)
    columns = [name for (_, name, *_) in bench.rows("PRAGMA table_info(requests)") if name != "id"]
    for _ in range(8):
        bench.execute(
            f"INSERT INTO requests (id, {', '.join(columns)}) SELECT ?, {', '.join(columns)} FROM requests"  # noqa: S608
            " WHERE state = 'scheduled' LIMIT 1",
            new_request_id(),
        )
    await go_again(person)
    assert len([text for text in person.buttons() if NAME in text]) == 8
    await person.press_text("›")
    assert len([text for text in person.buttons() if NAME in text]) == 1


async def go_again(person: Person) -> None:
    await person.press("home")
    await person.press_matching(".*Tea House")
    await person.press_matching(re.escape(person.texts.plain("menu-waiting", count=9)))


@pytest.mark.parametrize(("locale", "typed"), [("en", "tomorrow 8am"), ("zh-Hans", "明天早上8点")])
async def test_another_time(bench: Bench, locale: str, typed: str) -> None:
    person = await someone_in(bench, WaitingSG.time, locale)
    await person.send("nonsense")
    assert person.texts.plain("refused-when-unreadable") in person.window().text
    await person.send(typed)
    texts = person.texts
    before = texts.plain("when", weekday=7, date="2026-11-22", time="22:00")
    after = texts.plain("when", weekday=1, date="2026-11-23", time="08:00")
    assert f"{before} → {after}" in person.window().text
    assert row(bench) == ("2026-11-22 14:00", "")
    await confirm(person)
    assert texts.plain("amend-done") in person.window().text
    assert person.state() == WaitingSG.list.state
    assert row(bench) == ("2026-11-23 00:00", "")
    ((kind,),) = bench.rows("SELECT kind FROM audit ORDER BY number DESC LIMIT 1")
    assert kind == "change.moved"


async def test_another_time_and_an_end_by_buttons(bench: Bench) -> None:
    person = await someone_in(bench, WaitingSG.time)
    await person.press_matching("Tomorrow.*")
    await confirm(person)
    await person.press_matching(f".*{NAME}.*")
    await person.press("waiting-to-end")
    await person.press_matching("3 days.*")
    assert "for good → Thursday 2026-11-26 08:00" in person.window().text
    await confirm(person)
    assert row(bench) == ("2026-11-23 00:00", "2026-11-26 00:00")
    await person.press_matching(f".*{NAME}.*")
    assert person.texts.plain("waiting-until", when="Thursday 2026-11-26 08:00") in person.window().text
    await person.press("waiting-to-end")
    await person.send("tonight")
    assert person.texts.plain("refused-when-before-start") in person.window().text


@pytest.mark.parametrize(("locale", "typed"), [("en", "until Friday 08:00"), ("zh-Hans", "到周五早上八点")])
async def test_a_freeze_lasts_longer(bench: Bench, locale: str, typed: str) -> None:
    person = await frozen_until_tuesday(bench, locale)
    texts = person.texts
    assert person.buttons()[0].startswith("⌛ 11-24 08:00 ")
    await person.press_text(person.buttons()[0])
    assert texts.plain("waiting-to-end") not in person.buttons()
    await person.press("waiting-lasts")
    await person.send(typed)
    friday = texts.plain("when", weekday=5, date="2026-11-27", time="08:00")
    assert f"→ {friday}" in person.window().text
    await confirm(person)
    assert row(bench) == ("2026-11-27 00:00", "")
    await forge_end(bench, person)
    bench.clock.turn(days=4, hours=12, minutes=5)
    await bench.work()
    assert bench.changes()[-1] == State.APPLIED


async def forge_end(bench: Bench, person: Person) -> None:
    """The end of an end, by buttons that are not offered."""
    before = row(bench)
    await person.press_matching(f".*{NAME}.*")
    await forge(person, "to_end")
    await forge(person, "end_quick:three-days")
    assert person.told(How.ALERT) == [person.texts.plain("refused-not-offered")]
    assert row(bench) == before


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_a_freeze_that_no_longer_ends_stays_for_good(bench: Bench, locale: str) -> None:
    person = await frozen_until_tuesday(bench, locale)
    await person.press_matching(f".*{NAME}.*")
    await person.press("waiting-keep")
    assert {"en": "stays frozen for good", "zh-Hans": "长期冻结"}[locale] in person.window().text
    await confirm(person)
    assert bench.changes() == [State.CANCELLED, State.APPLIED, State.CANCELLED]


async def test_a_freeze_ends_now(bench: Bench) -> None:
    person = await frozen_until_tuesday(bench)
    await person.press_matching(f".*{NAME}.*")
    await person.press("waiting-end-now")
    await confirm(person)
    await bench.work()
    assert bench.changes()[-1] == State.APPLIED


async def test_done_now(bench: Bench) -> None:
    person = await someone_in(bench, WaitingSG.change)
    await person.press("entry-now")
    await confirm(person)
    await bench.work()
    assert bench.changes()[-1] == State.APPLIED


async def test_codes_are_deleted_and_wrong_ones_told(bench: Bench) -> None:
    person = await someone_in(bench, WaitingSG.code)
    for _ in range(2):
        sent = await person.send("000000")
        assert bench.chat.deleted[-1] == sent
        assert person.state() == WaitingSG.code.state
        assert person.texts.plain("refused-code-wrong", tries=0).partition(".")[0] in person.window().text
    code = person.next_code()
    sent = await person.send(code)
    assert bench.chat.deleted[-1] == sent
    assert bench.changes()[-1] == State.CANCELLED
    kept = "\n".join(str(each) for each in bench.rows("SELECT * FROM conversations"))
    assert code not in kept
    assert "000000" not in kept


async def test_a_moment_that_passes_before_the_code_spends_none(bench: Bench) -> None:
    person = await someone_in(bench, WaitingSG.time)
    await person.send("in 5 minutes")
    await person.press("preview-confirm")
    bench.clock.turn(minutes=6)
    await person.send(person.code())
    assert person.state() == WaitingSG.change.state
    assert person.texts.plain("refused-when-past") in person.window().text
    assert row(bench) == ("2026-11-22 14:00", "")
    await person.press("waiting-drop")
    await person.press("preview-confirm")
    await person.send(person.code())
    assert bench.changes()[-1] == State.CANCELLED


@pytest.mark.parametrize(
    "state", [WaitingSG.change, WaitingSG.time, WaitingSG.preview, WaitingSG.code], ids=lambda state: state.state
)
async def test_a_change_that_begins_meanwhile_leads_to_the_list(bench: Bench, state: Window) -> None:
    person = await someone_in(bench, state)
    not_waiting = person.texts.plain("refused-not-waiting")
    bench.execute("UPDATE requests SET state = 'confirmed' WHERE state = 'scheduled'")
    if state is WaitingSG.preview:
        await person.press("preview-confirm")
    elif state is WaitingSG.change:
        await person.press("entry-now")
    else:
        await person.send(person.next_code() if state is WaitingSG.code else "in 2 hours")
    assert person.told() == [not_waiting]
    assert person.state() == WaitingSG.list.state
    assert person.texts.plain("waiting-none") in person.window().text


async def test_a_missed_change_is_marked_and_done_or_dropped_from_its_entry(bench: Bench) -> None:
    person = await someone_in(bench, WaitingSG.list)
    bench.clock.turn(hours=4)
    await bench.work()
    assert bench.changes()[-1] == State.SCHEDULED
    ((kind,),) = bench.rows("SELECT kind FROM audit ORDER BY number DESC LIMIT 1")
    assert kind == "change.missed"
    await go(person, WaitingSG.list)
    assert person.buttons()[0].startswith("⚠️")
    await person.press_text(person.buttons()[0])
    assert person.texts.plain("waiting-missed", when="Sunday 2026-11-22 22:00") in person.window().text
    await go(person, ChangeSG.preview)
    await press_amend(bench, person, AmendmentKind.CANCEL)
    assert person.state() == WaitingSG.preview.state
    assert person.texts.plain("amend-now") not in person.window().text
    await press_amend(bench, person, AmendmentKind.NOW)
    assert bench.changes().count(State.PROPOSED) == 0
    await confirm(person)
    await bench.work()
    assert State.APPLIED in bench.changes()


async def press_amend(bench: Bench, person: Person, kind: AmendmentKind | None) -> None:
    person.fresh()
    await person.press_data(AmendButton(request_id=waiting_id(bench), kind=kind).pack())


@pytest.mark.parametrize("kind", [None, AmendmentKind.END])
async def test_the_button_under_an_entry_shows_the_change(bench: Bench, kind: AmendmentKind | None) -> None:
    person = await someone_in(bench, WaitingSG.list)
    await go(person, ChangeSG.preview)
    await press_amend(bench, person, kind)
    assert person.state() == WaitingSG.change.state
    assert person.told() == []
    assert State.PROPOSED not in bench.changes()
    await person.press("back")
    assert person.state() == WaitingSG.list.state


async def test_another_time_is_asked_for_from_an_entry(bench: Bench) -> None:
    person = await someone_in(bench, WaitingSG.list)
    await press_amend(bench, person, AmendmentKind.MOVE)
    assert person.state() == WaitingSG.time.state
    await person.send("23:00")
    assert "2026-11-22 23:00" in person.window().text
    await person.press("back")
    assert person.state() == WaitingSG.change.state


@pytest.mark.parametrize("state", [WaitingSG.change, WaitingSG.time, WaitingSG.end, WaitingSG.preview, WaitingSG.code])
async def test_no_cancel_beside_a_waiting_change(bench: Bench, state: Window) -> None:
    """It would read like dropping the change."""
    person = await someone_in(bench, state)
    assert person.texts.plain("cancel") not in person.buttons()


async def test_buttons_about_nothing_and_of_others_are_alerts(bench: Bench) -> None:
    person = await someone_in(bench, WaitingSG.list)
    await go(person, ChangeSG.preview)
    for request_id in (new_request_id(), "' OR 1=1 --", ""):
        await expect_alert(bench, person, request_id, "refused-not-waiting")
    stranger = await bench.owner(await bench.shop("Of somebody else"), person_id=78)
    await stranger.send("/menu")
    await expect_alert(bench, stranger, waiting_id(bench), "refused-not-allowed")
    await stranger.press("menu-waiting", count=0)
    await forge(stranger, f"change:{waiting_id(bench)}")
    assert stranger.told() == [stranger.texts.plain("refused-not-allowed")]
    assert bench.rows("SELECT count(*) FROM amendments") == [(0,)]


async def expect_alert(bench: Bench, person: Person, request_id: str, key: str) -> None:
    for kind in (None, AmendmentKind.NOW, AmendmentKind.CANCEL):
        before = (person.state(), bench.changes())
        person.fresh()
        await person.press_data(AmendButton(request_id=request_id, kind=kind).pack())
        assert person.told(How.ALERT) == [person.texts.plain(key)]
        assert (person.state(), bench.changes()) == before


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_giving_up_is_answered_with_what_it_means(bench: Bench, locale: str) -> None:
    person = await someone_in(bench, ChangeSG.code, locale)
    async with bench.till() as till:
        await till.set_fault(FaultKind.DOWN, times=50)
    await person.send(person.code())
    await bench.work()
    await go(person, MenuSG.help)
    await press_give_up(bench, person, "given-up")
    async with bench.till() as till:
        await till.clear_faults()
    bench.clock.turn(minutes=1)
    await bench.work()
    assert bench.changes()[-1] in (State.FAILED, State.ABANDONED, State.APPLIED)
    await press_give_up(bench, person, "refused-request-over")
    stranger = await bench.owner(
        await bench.shop("Of somebody else"), person_id=78, locale=locale, language_code=locale
    )
    await stranger.send("/menu")
    await press_give_up(bench, stranger, "refused-not-allowed")


async def press_give_up(bench: Bench, person: Person, key: str) -> None:
    """The alert; whatever conversation is open goes on."""
    ((request_id,),) = bench.rows("SELECT id FROM requests ORDER BY created_at DESC LIMIT 1")
    before = person.state()
    person.fresh()
    await person.press_data(GiveUpButton(request_id=request_id).pack())
    assert [(said.how, said.text) for said in person.news() if said.how is not How.WINDOW] == [
        (How.ALERT, person.texts.plain(key))
    ]
    assert person.state() == before


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_the_limit_of_late_changes_is_chosen(bench: Bench, locale: str) -> None:
    person = await someone_in(bench, MenuSG.late, locale)
    texts = person.texts
    hour, day = texts.plain("late-limit", minutes=60), texts.plain("late-limit", minutes=1440)
    assert person.buttons()[1] == f"✓ {hour}"
    await person.press_text(day)
    assert person.told(How.TOAST) == [texts.plain("late-chosen", limit=day)]
    assert [text for text in person.buttons() if text.startswith("✓")] == [f"✓ {day}"]
    await person.press_text(f"✓ {day}")
    await person.press("late-limit-never")
    assert bench.rows("SELECT late_limit FROM shops ORDER BY id") == [(None,), (60,)]
    assert bench.rows("SELECT count(*) FROM audit WHERE kind = 'shop.setting'") == [(2,)]
    await forge(person, "late_limit:1")
    assert person.told() == [texts.plain("refused-not-offered")]


async def test_each_shop_has_its_own_list(bench: Bench) -> None:
    person = await someone_in(bench, WaitingSG.list)
    await person.send("/menu")
    await person.press_matching(".*Noodle Bar")
    await person.press("menu-waiting", count=0)
    assert not any(NAME in text for text in person.buttons())


async def test_the_command_opens_the_list_of_the_only_shop(owner: Person) -> None:
    await owner.send("/waiting")
    assert owner.state() == WaitingSG.list.state
