"""The card of a guided change: whole and safe in every language, and nothing a forged or late press can do."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from changes.backend import ChangeKind
from changes.case import Answer, Case
from changes.claiming import AddShop
from changes.life import State
from changes.request import ChangeRequest, Draft, touched, wanted
from changes.till import Role, Status, Terminal, TerminalUser, UserQuery
from demo.botapi.entities import parse_html
from handlers.cases import AnswerButton, TickButton, case_html, case_keyboard
from handlers.states import MenuSG
from locales import LANGUAGES, Locales
from pos.guided.brand import GUIDED, brand, brands
from pos.registry import prepare
from tests.handlers.bench import ZONE, Bench
from tests.handlers.person import Person

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
USER = TerminalUser("u", "t", "01", "Ana </b> & 陈", Role.CASHIER, Status.ACTIVE, "1")
VALUES = {ChangeKind.ADD: "07 cashier Bea & Co"}

#: As Telegram bounds a message, in UTF-16 units, and a button's data, in bytes.
LONGEST_TEXT = 4096
LONGEST_DATA = 64

every_locale = pytest.mark.parametrize("locale", LANGUAGES)


def guided(kind: ChangeKind) -> ChangeRequest:
    return ChangeRequest(
        id="f" * 32,
        shop_id=1,
        actor_id=7,
        actor_name="Lin",
        chat_id=7,
        terminal=Terminal("t", "Front <i> 前台"),
        user=USER,
        kind=kind,
        before=touched(kind, USER),
        after=wanted(kind, VALUES.get(kind)),
        state=State.GUIDED,
        created_at=NOW,
        expires_at=NOW,
    )


@every_locale
@pytest.mark.parametrize("name", brands())
@pytest.mark.parametrize("kind", GUIDED)
def test_the_card_says_all_there_is_to_do_and_marks_what_nobody_confirmed(
    locale: str, name: str, kind: ChangeKind
) -> None:
    texts, guide = Locales().of(locale), brand(name).guides[kind]
    case = Case("f" * 32, guide, NOW, ticked=frozenset({0}))
    text = parse_html(case_html(texts, guided(kind), case, ZONE)).text
    assert len(text.encode("utf-16-le")) // 2 <= LONGEST_TEXT
    assert "Ana </b> & 陈" in text
    assert "Front <i> 前台" in text
    assert texts.plain(f"brand-{name}") in text
    steps = [line for line in text.splitlines() if line.startswith(("☐", "☑"))]
    assert [line[0] for line in steps] == ["☑", *"☐" * (len(guide.steps) - 1)]
    assert [line.endswith("❔") for line in steps] == [not step.confirmed for step in guide.steps]
    assert parse_html(texts.html("case-unconfirmed", brand=texts.plain(f"brand-{name}"))).text in text
    assert parse_html(texts.html("case-help")).text in text
    assert not any(number in text for number in ("88", "99"))


@every_locale
def test_the_check_is_asked_and_can_be_answered_only_once_all_is_ticked(locale: str) -> None:
    texts, guide = Locales().of(locale), brand("lakala").guides[ChangeKind.FREEZE]
    for ticked in range(len(guide.steps) + 1):
        case = Case("f" * 32, guide, NOW, ticked=frozenset(range(ticked)))
        complete = ticked == len(guide.steps)
        check = texts.html("guided-check-refused", number="01")
        assert (check in case_html(texts, guided(ChangeKind.FREEZE), case, ZONE)) == complete
        keys = [button for row in case_keyboard(texts, ChangeKind.FREEZE, case).inline_keyboard for button in row]
        assert (texts.plain("case-worked") in [key.text for key in keys]) == complete
        assert all(len((key.callback_data or "").encode()) <= LONGEST_DATA for key in keys)


@every_locale
def test_only_who_is_added_may_have_been_there_before(locale: str) -> None:
    texts = Locales().of(locale)
    for kind in GUIDED:
        for ticked in (frozenset[int](), frozenset({0})):
            case = Case("f" * 32, brand("lakala").guides[kind], NOW, ticked=ticked)
            keys = [key.text for row in case_keyboard(texts, kind, case).inline_keyboard for key in row]
            assert (texts.plain("case-noted") in keys) == (kind is ChangeKind.ADD and not ticked)


@every_locale
def test_a_confirmed_step_has_no_mark(locale: str) -> None:
    texts, guide = Locales().of(locale), brand("lakala").guides[ChangeKind.FREEZE]
    steps = tuple(replace(step, confirmed=True) for step in guide.steps)
    case = Case("f" * 32, replace(guide, steps=steps), NOW)
    assert "❔" not in case_html(texts, guided(ChangeKind.FREEZE), case, ZONE)


# Presses ------------------------------------------------------------------------------------------------------------


async def opened(bench: Bench) -> tuple[Person, str]:
    """An owner at the menu, and the id of a guided change of theirs whose case is open."""
    options = {"brand": "lakala", "path": str(bench.folder / "register.db"), "terminals": "Front", "users": "01:陈晓雨"}
    await prepare("guided", options)
    person = await bench.owner(await AddShop(bench.parts.store, bench.clock)("Lakala shop", ZONE, "guided", options))
    use, actor = bench.parts.use, person.actor()
    (shop_id,) = (row[0] for row in bench.rows("SELECT id FROM shops"))
    (terminal,) = await use.list_terminals(actor, shop_id)
    (user,) = (await use.list_users(actor, shop_id, terminal.id, UserQuery())).users
    proposal = await use.propose(actor, Draft(shop_id, terminal.id, user.id, ChangeKind.FREEZE))
    await use.confirm(actor, proposal.request.id, person.next_code(), None)
    await bench.work()
    assert bench.changes() == [State.GUIDED]
    await person.send("/menu")
    person.fresh()
    return person, proposal.request.id


async def test_a_press_ticks_and_whatever_stands_below_goes_on(bench: Bench) -> None:
    person, request_id = await opened(bench)
    await person.press_data(TickButton(request_id=request_id, step=0, ticked=True).pack())
    assert person.told() == []
    assert bench.rows("SELECT ticked FROM cases") == [("[0]",)]
    assert person.state() == MenuSG.home.state


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("tick:{id}:6:1", ["refused-case-over"]),
        ("tick:{id}:-1:1", ["refused-case-over"]),
        ("tick:00000000000000000000000000000000:0:1", ["refused-case-over"]),
        ("tick:' OR 1=1 --:0:1", ["refused-case-over"]),
        ("case:{id}:worked", ["refused-steps-left"]),
        ("case:{id}:noted", ["refused-not-offered"]),
        ("case::unsure", ["refused-case-over"]),
        ("tick:{id}:one:1", []),
        ("tick:{id}", []),
        ("case:{id}:done", []),
    ],
)
async def test_a_forged_press_does_nothing(bench: Bench, data: str, told: list[str]) -> None:
    person, request_id = await opened(bench)
    await person.press_data(data.format(id=request_id))
    assert person.told() == [person.texts.plain(key) for key in told]
    assert bench.rows("SELECT ticked, answer FROM cases") == [("[]", None)]
    await bench.work()
    assert bench.changes() == [State.GUIDED]


async def test_somebody_elses_case_is_not_for_me(bench: Bench) -> None:
    _, request_id = await opened(bench)
    other = await bench.owner(await bench.shop("Of somebody else"), person_id=78)
    for data in (
        TickButton(request_id=request_id, step=0, ticked=True).pack(),
        AnswerButton(request_id=request_id, answer=Answer.NOT_DONE).pack(),
    ):
        await other.send("/menu")
        other.fresh()
        await other.press_data(data)
        assert other.told() == [other.texts.plain("refused-not-allowed")]
    assert bench.rows("SELECT ticked, answer FROM cases") == [("[]", None)]


async def test_an_answer_ends_it_and_old_buttons_say_so(bench: Bench) -> None:
    person, request_id = await opened(bench)
    for step in range(6):
        await person.press_data(TickButton(request_id=request_id, step=step, ticked=True).pack())
    await person.press_data(AnswerButton(request_id=request_id, answer=Answer.WORKED).pack())
    await bench.work()
    assert bench.changes() == [State.APPLIED]
    person.fresh()
    await person.press_data(TickButton(request_id=request_id, step=0, ticked=False).pack())
    assert person.told() == [person.texts.plain("refused-case-over")]
