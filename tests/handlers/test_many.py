"""A change of many, as an owner walks through it: whom it is for, the preview, one code."""

import re

import pytest

from changes.backend import Backend, ChangeKind, Emulation, Support
from changes.life import State
from changes.many import MOST_TOGETHER
from handlers.states import ChangeSG, ManySG
from locales import LANGUAGES
from tests.changes.backends import Before
from tests.handlers.bench import CASHIER, MANAGER, Bench
from tests.handlers.chat import How
from tests.handlers.person import Person
from tests.handlers.test_forged import forge
from tests.handlers.ways import go, someone_for, someone_in

#: As long as names are kept, each letter two of Telegram's units and five in HTML.
LONG = "𠮷&" * 32


def frozen(bench: Bench) -> set[str]:
    with_status = "SELECT name FROM user WHERE status = 'frozen'"
    return {name for (name,) in bench.till_rows(with_status)}


def ticked(person: Person) -> int:
    return sum(text.startswith("☑️ ") and "·" in text for text in person.buttons())


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_everyone_but_one_on_a_terminal(bench: Bench, locale: str) -> None:
    person = await someone_in(bench, ManySG.targets, locale)
    assert ticked(person) == 2
    await person.press_matching(f".*{CASHIER.name}.*")
    assert ticked(person) == 1
    await person.press("many-check", chosen=1)
    assert MANAGER.name in person.window().text
    assert CASHIER.name not in person.window().text
    assert person.texts.html("many-caution-last-supervisor") in person.window().text
    await person.press("preview-confirm")
    window = person.window().message
    code = await person.send(person.code())
    assert code in bench.chat.deleted
    assert window is not None
    assert bench.rows("SELECT progress_message_id FROM requests") == [(window.message_id,)]
    assert person.state() is None
    await bench.work()
    assert frozen(bench) == {MANAGER.name}


async def test_one_code_for_all_and_no_code_is_remembered(bench: Bench) -> None:
    person = await someone_in(bench, ManySG.code)
    assert bench.changes() == [State.PROPOSED] * 2
    await person.send("000000")
    assert person.texts.plain("refused-code-wrong", tries=4) in person.window().text
    code = person.code()
    await person.send(code)
    assert bench.changes() == [State.CONFIRMED] * 2
    assert code not in str(bench.rows("SELECT * FROM conversations"))
    await bench.work()
    assert bench.changes() == [State.APPLIED] * 2


async def test_one_person_on_all_terminals(bench: Bench) -> None:
    person = await someone_for(bench, ChangeSG.what)
    bench.execute_till("UPDATE user SET name = ?, folded = ? WHERE name = 'Ana'", CASHIER.name, CASHIER.name)
    await go(person, ChangeSG.what)
    await person.press("many-open-person")
    assert CASHIER.name in person.window().text
    await person.press("many-freeze", freeze=2)
    assert person.texts.plain("many-targets-person") in person.window().text
    assert sum(CASHIER.name in text for text in person.buttons()) == 2
    await person.press("many-check", chosen=2)
    await person.press("preview-confirm")
    await person.send(person.code())
    await bench.work()
    assert frozen(bench) == {CASHIER.name}
    assert bench.changes() == [State.APPLIED] * 2


async def test_with_one_terminal_nobody_is_asked_about_all(bench: Bench) -> None:
    person = await someone_for(bench, ChangeSG.what)
    bench.execute_till("DELETE FROM user WHERE name = 'Ana'")
    bench.execute_till("DELETE FROM terminal WHERE name LIKE 'Bar%'")
    await go(person, ChangeSG.what)
    assert person.texts.plain("many-open-person") not in person.buttons()


async def test_who_searches_is_not_offered_everyone(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.user)
    await person.send("Grace")
    assert person.texts.plain("many-open-everyone") not in person.buttons()


async def test_who_is_so_already_is_shown_so_and_cannot_be_ticked(bench: Bench) -> None:
    person = await someone_for(bench, ManySG.targets)
    bench.execute_till("UPDATE user SET status = 'frozen' WHERE name = ?", CASHIER.name)
    await go(person, ManySG.what)
    assert person.texts.plain("many-unfreeze", unfreeze=1) in person.buttons()
    await person.press("many-freeze", freeze=1)
    assert ticked(person) == 1
    person.fresh()
    await person.press_matching(f"❄️ .*{CASHIER.name}.*")
    assert person.told(How.ALERT) == [person.texts.plain("refused-nothing-to-do")]
    assert person.state() == ManySG.targets.state
    assert ticked(person) == 1


async def test_all_nobody_and_what_then_is_asked(bench: Bench) -> None:
    person = await someone_in(bench, ManySG.targets)
    await person.press("many-untick-all")
    assert ticked(person) == 0
    await person.press("many-check", chosen=0)
    assert person.state() == ManySG.targets.state
    assert person.texts.plain("refused-nobody-chosen") in person.window().text
    assert bench.changes() == []
    await person.press("many-tick-all")
    assert ticked(person) == 2


async def test_sessions_are_ended_only_where_that_is_asked_for(bench: Bench) -> None:
    person = await someone_for(bench, ManySG.preview)
    async with bench.till() as till:
        terminal = (await till.terminals())[0]
        await till.sign_in(terminal.id, CASHIER.number, CASHIER.pin)
    await go(person, ManySG.preview)
    text = person.window().text
    assert person.texts.plain("many-caution-signed-in") in text
    assert text.count(person.texts.plain("signed-in")) == 1
    await person.press("many-force-off")
    await person.press("many-force-on")
    await person.press("many-force-off")
    await person.press("preview-confirm")
    await person.send(person.code())
    assert {force for (force,) in bench.rows("SELECT force FROM requests WHERE state = 'confirmed'")} == {1}
    await bench.work()
    assert frozen(bench) == {CASHIER.name, MANAGER.name}


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_as_many_as_can_be_with_names_as_long_as_can_be(bench: Bench, locale: str) -> None:
    """Every window and keyboard is held to Telegram's limits as it is shown."""
    person = await someone_for(bench, ManySG.targets, locale)
    bench.add_users(MOST_TOGETHER - 2)
    bench.execute_till("UPDATE user SET name = ? WHERE name LIKE 'Clerk%'", LONG)
    bench.execute_till("UPDATE terminal SET name = ?", LONG)
    await person.send("/menu")
    await person.press_matching(".*Tea House")
    await person.press("menu-change")
    await person.press_button(person.keyboard()[0])
    await person.press("many-open-everyone")
    await person.press("many-freeze", freeze=MOST_TOGETHER)
    await person.press_text("›")
    assert "2 / 7" in person.buttons()
    await person.press_button(person.keyboard()[0])
    await person.press("many-check", chosen=MOST_TOGETHER - 1)
    named = len(re.findall("👤", person.window().text))
    assert named == 20
    assert person.texts.plain("progress-batch-more", count=MOST_TOGETHER - 1 - named) in person.window().text
    await person.press("preview-confirm")
    await person.send(person.code())
    assert bench.changes() == [State.CONFIRMED] * (MOST_TOGETHER - 1)


async def test_one_more_is_refused_where_the_owner_stands(bench: Bench) -> None:
    person = await someone_for(bench, ChangeSG.user)
    bench.add_users(MOST_TOGETHER - 1)
    await go(person, ChangeSG.user)
    person.fresh()
    await person.press("many-open-everyone")
    assert person.told(How.ALERT) == [person.texts.plain("refused-too-many", most=MOST_TOGETHER)]
    assert person.state() == ChangeSG.user.state


@pytest.mark.parametrize("place", ["2", "-1", "x", "", "٣", "9" * 40])
async def test_forged_places_are_refused(bench: Bench, place: str) -> None:
    person = await someone_in(bench, ManySG.targets)
    await forge(person, f"target:{place}")
    assert person.told() == [person.texts.plain("till-refused-user-gone")]
    assert bench.changes() == []


async def test_who_goes_while_the_list_stands_is_shown_to_be_gone(bench: Bench) -> None:
    person = await someone_in(bench, ManySG.targets)
    bench.execute_till("DELETE FROM user WHERE name = ?", CASHIER.name)
    await person.press_matching(f".*{MANAGER.name}.*")
    assert person.texts.plain("many-gone") in person.buttons()
    await person.press_matching(f".*{MANAGER.name}.*")
    await person.press_text(person.texts.plain("many-gone"))
    await person.press("many-check", chosen=1)
    assert person.state() == ManySG.preview.state
    assert bench.changes() == [State.PROPOSED]


async def test_back_in_the_list_the_preview_stands_for_what_is_ticked_then(bench: Bench) -> None:
    person = await someone_in(bench, ManySG.code)
    await person.press("back")
    await person.press("back")
    await person.press_matching(f".*{CASHIER.name}.*")
    await person.press("many-check", chosen=1)
    assert bench.rows("SELECT count(*) FROM requests WHERE state = 'proposed'") == [(1,)]


async def test_whom_the_till_protects_cannot_be_ticked(bench: Bench) -> None:
    person = await someone_for(bench, ManySG.targets)
    ((manager,),) = bench.till_rows("SELECT id FROM user WHERE number = '91'")
    await bench.lend(1, lambda till: Before(till, protects=frozenset({manager})))
    await go(person, ManySG.what)
    await person.press("many-freeze", freeze=1)
    person.fresh()
    await person.press_matching(f".*{MANAGER.name}.*")
    assert person.told(How.ALERT) == [person.texts.plain("till-refused-protected")]


async def test_what_is_done_in_another_way_to_all_is_said_before_the_code(bench: Bench) -> None:
    person = await someone_for(bench, ManySG.preview)

    def emulating(till: Backend) -> Backend:
        operations = {**till.capabilities.operations, ChangeKind.FREEZE: Support.EMULATED}
        ways = {ChangeKind.FREEZE: Emulation.SECRET_CHANGED}
        return Before(till, other={"operations": operations, "emulations": ways})

    await bench.lend(1, emulating)
    await go(person, ManySG.preview)
    really = person.texts.plain("emulated-secret-changed")
    assert person.texts.html("preview-emulated", really=really) in person.window().text
