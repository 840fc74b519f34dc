"""Adding, handing over, removing, permissions, terminals and passwords, as an owner walks through them."""

from typing import Any

import pytest

from changes.backend import Backend, Capabilities, ChangeKind, Emulation, SecretKind, SecretRules, Support
from changes.life import State
from demo.botapi.entities import parse_html
from handlers.states import AddSG, ChangeSG, MenuSG
from locales import LANGUAGES
from tests.changes.backends import Before
from tests.handlers.bench import CASHIER, MANAGER, Bench
from tests.handlers.chat import How
from tests.handlers.person import Person
from tests.handlers.ways import go, someone_for, someone_in

PASSWORDS = SecretRules(8, 64, 12, SecretKind.PASSWORD)
TOLD_NONE = SecretRules(4, 8, 0)


def users(bench: Bench) -> dict[str, str]:
    """Name and status by number at the first terminal."""
    rows = bench.till_rows(
        "SELECT number, name, status FROM user WHERE terminal_id IN (SELECT id FROM terminal ORDER BY place LIMIT 1)"
    )
    return {number: f"{name} {status}" for number, name, status in rows}


def line(person: Person, key: str, **facts: Any) -> str:
    """A text as a window shows it."""
    return parse_html(person.texts.html(key, **facts)).text


def can(backend: Backend, **operations: Support) -> dict[ChangeKind, Support]:
    known: Capabilities = backend.capabilities
    return {**known.operations, **{ChangeKind(kind): how for kind, how in operations.items()}}


async def someone_with(bench: Bench, state: Any, **other: Any) -> Person:
    """An owner in this window of a shop whose till is otherwise in these fields of its capabilities."""
    person = await someone_for(bench, state)
    await bench.lend(1, lambda till: Before(till, other=other))
    await go(person, state)
    person.fresh()
    bench.chat.deleted.clear()
    return person


async def confirmed(bench: Bench, person: Person) -> None:
    await person.press("preview-confirm")
    await person.send(person.next_code())
    assert person.state() is None
    await bench.work()


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_a_user_is_added_with_a_pin_that_was_typed(bench: Bench, locale: str) -> None:
    person = await someone_in(bench, AddSG.secret, locale)
    await person.press("change-pin-type")
    typed = await person.send("480316")
    assert bench.chat.deleted == [typed]
    shown = person.window().text
    assert line(person, "change-line-add", after=f"07 · Bea · {person.texts.plain('role-cashier')}") in shown
    assert line(person, "add-secret-pin") in shown
    assert "480316" not in str(bench.rows("SELECT * FROM conversations"))
    await confirmed(bench, person)
    assert users(bench)["07"] == "Bea active"


async def test_a_taken_number_or_a_bad_name_is_said_in_its_window(bench: Bench) -> None:
    person = await someone_in(bench, AddSG.number)
    for typed, key in (("01", "refused-number-taken"), ("x", "refused-number-not-digits")):
        await person.send(typed)
        assert person.state() == AddSG.number.state
        assert person.texts.html(key, shortest=1, longest=8) in person.window().text
    await person.send("07")
    await person.send("\u202eBea")
    assert person.texts.html("refused-name-invisible") in person.window().text
    sent = await person.send("739164")
    assert sent in bench.chat.deleted
    assert person.state() == AddSG.name.state


async def test_a_number_taken_while_the_windows_stood_leads_back_to_it(bench: Bench) -> None:
    person = await someone_in(bench, AddSG.secret)
    bench.execute_till("UPDATE user SET number = '07' WHERE number = '91'")
    await person.press("change-pin-make")
    assert person.state() == AddSG.number.state
    assert person.texts.html("refused-number-taken") in person.window().text


async def test_what_looks_like_a_code_does_not_stay_in_the_number_window(bench: Bench) -> None:
    person = await someone_in(bench, AddSG.number)
    sent = await person.send("739164")
    assert bench.chat.deleted == [sent]
    assert person.state() == AddSG.name.state


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_one_hands_over_to_another_by_one_code(bench: Bench, locale: str) -> None:
    person = await someone_in(bench, ChangeSG.what, locale)
    await person.press("change-kind-hand-over")
    assert CASHIER.name in person.window().text
    await person.send("07")
    await person.send("Bea")
    await person.press("role-cashier")
    await person.press("change-pin-make")
    shown = person.window().text
    assert line(person, "add-goes", name=CASHIER.name, number="01") in shown
    assert f"01 · {CASHIER.name}" in shown
    assert line(person, "add-secret-pin-made") in shown
    await confirmed(bench, person)
    assert bench.changes() == [State.APPLIED] * 2
    assert users(bench) == {"01": f"{CASHIER.name} frozen", "07": "Bea active", "91": f"{MANAGER.name} active"}


async def test_who_is_frozen_hands_nothing_over(bench: Bench) -> None:
    person = await someone_for(bench, ChangeSG.what)
    bench.execute_till("UPDATE user SET status = 'frozen' WHERE number = '01'")
    await go(person, ChangeSG.what)
    assert person.texts.plain("change-kind-hand-over") not in person.buttons()


async def test_a_user_is_removed_after_a_warning(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.what)
    await person.press("change-kind-remove")
    assert person.texts.html("caution-freeze-instead") in person.window().text
    assert person.texts.plain("preview-to-until") not in person.buttons()
    await confirmed(bench, person)
    assert set(users(bench)) == {"91"}


async def test_removing_who_is_signed_in_takes_a_tick(bench: Bench) -> None:
    person = await someone_for(bench, ChangeSG.what)
    bench.execute_till("INSERT INTO session SELECT terminal_id, id FROM user WHERE name = ?", CASHIER.name)
    await go(person, ChangeSG.what)
    await person.press("change-kind-remove")
    await person.press("preview-force-off")
    assert person.texts.plain("preview-force-on") in person.buttons()
    await confirmed(bench, person)
    assert set(users(bench)) == {"91"}


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_permissions_are_ticked_and_then_checked(bench: Bench, locale: str) -> None:
    person = await someone_in(bench, ChangeSG.permissions, locale)
    assert sum(text.startswith("☑️") for text in person.buttons()) == 3
    await person.press("ticks-done")
    assert person.texts.html("refused-nothing-to-do") in person.window().text
    refunds = person.texts.plain("permission-refund-issue")
    await person.press_text(person.texts.plain("many-unticked", about=refunds))
    assert person.texts.plain("many-ticked", about=refunds) in person.buttons()
    await person.press("ticks-done")
    assert refunds in person.window().text
    assert person.texts.html("caution-more-rights") in person.window().text
    await confirmed(bench, person)
    ((given,),) = bench.till_rows("SELECT permissions FROM user WHERE number = '01' AND permissions IS NOT NULL")
    assert given == "drawer.open preauth.use refund.issue sale.take"


async def test_terminals_are_ticked_by_name(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.places)
    await person.press_matching("⬜ Bar.*")
    await person.press("ticks-done")
    assert "Front 前台 → Bar 吧台, Front 前台" in person.window().text
    await confirmed(bench, person)
    assert bench.changes() == [State.APPLIED]


async def test_somebody_works_at_one_terminal_at_least(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.places)
    await person.press_matching("☑️ Front.*")
    await person.press("ticks-done")
    assert person.texts.html("refused-no-terminal") in person.window().text
    assert bench.changes() == []


@pytest.mark.parametrize(("state", "widget"), [(ChangeSG.permissions, "permission"), (ChangeSG.places, "place")])
@pytest.mark.parametrize("place", ["99", "-1", "x", "", "٣"])
async def test_a_forged_tick_is_refused(bench: Bench, state: Any, widget: str, place: str) -> None:
    person = await someone_in(bench, state)
    prefix = (person.keyboard()[0].callback_data or "").partition("\x1d")[0]
    await person.press_data(f"{prefix}\x1d{widget}:{place}")
    assert person.told() == [person.texts.plain("refused-not-offered")]
    assert bench.changes() == []


async def test_only_what_the_till_offers_has_a_button(bench: Bench) -> None:
    none = {"add": Support.NONE, "remove": Support.NONE, "permissions": Support.NONE}
    person = await someone_for(bench, ChangeSG.what)
    await bench.lend(1, lambda till: Before(till, other={"operations": can(till, **none)}))
    await go(person, ChangeSG.user)
    assert person.texts.plain("change-kind-add") not in person.buttons()
    await go(person, ChangeSG.what)
    for key in ("remove", "permissions", "assign", "hand-over"):
        assert person.texts.plain(f"change-kind-{key}") not in person.buttons()
    assert person.texts.plain("change-kind-freeze") in person.buttons()


async def test_what_is_done_in_another_way_is_said_before_the_code(bench: Bench) -> None:
    person = await someone_for(bench, ChangeSG.what)

    def emulating(till: Backend) -> Backend:
        ways = {ChangeKind.FREEZE: Emulation.RIGHTS_TAKEN}
        return Before(till, other={"operations": can(till, freeze=Support.EMULATED), "emulations": ways})

    await bench.lend(1, emulating)
    await go(person, ChangeSG.preview)
    really = person.texts.plain("emulated-rights-taken")
    assert person.texts.html("preview-emulated", really=really) in person.window().text


async def test_a_password_is_called_a_password_and_what_was_typed_goes_at_once(bench: Bench) -> None:
    person = await someone_for(bench, ChangeSG.what)
    await bench.lend(1, lambda till: Before(till, other={"secret": PASSWORDS}))
    await go(person, ChangeSG.what)
    await person.press("change-kind-password")
    facts = {"name": CASHIER.name, "number": "01"}
    assert person.window().text == line(person, "change-password", **facts)
    await person.press("change-pin-type")
    bench.chat.deleted.clear()
    short = await person.send("kPz7")
    assert person.texts.html("refused-password-length", shortest=8, longest=64) in person.window().text
    typed = await person.send("kPz7wQe2 ok")
    assert bench.chat.deleted == [short, typed]
    assert line(person, "change-line-password") in person.window().text
    assert "kPz7wQe2" not in str(bench.rows("SELECT * FROM conversations"))
    assert "kPz7wQe2" not in "".join(bench.chat.texts())


async def test_a_till_that_is_told_no_pin_is_asked_for_none(bench: Bench) -> None:
    person = await someone_with(bench, AddSG.role, secret=TOLD_NONE)
    await person.press("role-cashier")
    assert person.state() == AddSG.preview.state
    assert person.texts.html("add-secret-at-till") in person.window().text
    await go(person, ChangeSG.pin)
    assert person.texts.plain("change-pin-make") not in person.buttons()
    await person.press("change-pin-go-on")
    assert line(person, "change-line-at-till") in person.window().text
    assert bench.rows("SELECT sealed_secret FROM requests") == [(None,), (None,)]


async def test_a_full_terminal_is_said_at_the_first_press(bench: Bench) -> None:
    person = await someone_with(bench, ChangeSG.user, users_most=2)
    await person.press("change-kind-add")
    assert person.told(How.ALERT) == [person.texts.plain("till-refused-full")]
    assert bench.changes() == []


async def test_of_an_addition_freezing_and_of_a_removal_adding_is_offered(bench: Bench) -> None:
    person = await someone_in(bench, AddSG.preview)
    await confirmed(bench, person)
    number = bench.rows("SELECT max(number) FROM audit WHERE kind = 'change.outcome'")[0][0]
    person.fresh()
    await person.send("/menu")
    await person.press_data(f"entry:1:{number}")
    assert person.told(How.ALERT) == [person.texts.plain("undo-freeze")]
    assert person.state() == ChangeSG.what.state
    assert "Bea" in person.window().text
    await person.press("change-kind-remove")
    await confirmed(bench, person)
    person.fresh()
    await person.send("/menu")
    number = bench.rows("SELECT max(number) FROM audit WHERE kind = 'change.outcome'")[0][0]
    await person.press_data(f"entry:1:{number}")
    assert person.told(How.ALERT) == [person.texts.plain("undo-add")]
    assert person.state() == ChangeSG.user.state
    assert person.texts.plain("change-kind-add") in person.buttons()


async def test_the_tills_card_calls_a_password_a_password(bench: Bench) -> None:
    person = await someone_with(bench, MenuSG.till, secret=PASSWORDS)
    assert person.texts.plain("change-kind-password") in person.window().text
    assert person.texts.plain("change-kind-pin") not in person.window().text
