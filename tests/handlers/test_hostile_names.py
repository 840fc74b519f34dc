"""Names as they could come from a till, from Telegram or from a keyboard: shown harmlessly, or refused with the reason.

Every text is read as Telegram reads HTML when it is shown (`tests.handlers.chat`), so broken markup fails by itself.
"""

import pytest

from changes.errors import NameInvisible, NameTooLong, Refused
from changes.names import is_unseen
from handlers.shown import refusal_plain
from handlers.states import AuditSG, ChangeSG, MenuSG
from tests.handlers.bench import CASHIER, Bench
from tests.handlers.chat import How
from tests.handlers.ways import FIRST_SHOP, go, someone_for, someone_in

HOSTILE = {
    "html": "<b>Ana</b> &amp; <a href='tg://user?id=1'>x</a>",
    "unclosed": "</code><b><pre> & <",
    "direction": "\u202eanA\u202c \u2066x\u200f",
    "zero-width": "A\u200bn\u200da\ufeff\u2060",
    "emoji": "👩🏽‍🍳🇨🇳 Ana",
    "long": "长" * 300,
    "lines": "Ana\nSilva\u2028x",
}
every_name = pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)


@every_name
async def test_names_from_the_till_and_of_the_shop_are_shown_harmlessly(bench: Bench, name: str) -> None:
    person = await someone_for(bench, ChangeSG.code)
    bench.execute_till("UPDATE user SET name = ? WHERE name = ?", name, CASHIER.name)
    bench.execute_till("UPDATE terminal SET name = ? WHERE name LIKE 'Front%'", name)
    bench.execute("UPDATE shops SET name = ? WHERE name = ?", name, FIRST_SHOP)
    await person.send("/menu")
    await person.press_button(person.keyboard()[0])
    await person.press("menu-change")
    await person.press_button(person.keyboard()[0])
    await person.press_button(person.keyboard()[0])
    await person.press("change-kind-freeze")
    await person.press("preview-confirm")
    assert person.state() == ChangeSG.code.state
    await person.send(person.code())
    await bench.work()
    await person.send("/menu")
    await person.press_button(person.keyboard()[0])
    await person.press("menu-audit")
    assert person.state() == AuditSG.entries.state
    for said in bench.chat.said:
        assert not any(is_unseen(character) for character in said.text.replace("\n", "").replace("️", ""))
        assert len(said.text) < 1500


@every_name
async def test_names_of_persons_are_shown_harmlessly(bench: Bench, name: str) -> None:
    claim = await bench.shop()
    person = await bench.owner(claim, enrolled=False)
    person.known_as(name)
    await person.send("/start")
    person.secret = (await bench.parts.use.begin_enrolment(person.actor())).secret
    await person.send(person.code())
    await person.press("menu-audit")
    assert "· 77" in person.window().text
    assert not any(is_unseen(character) for character in person.window().text.replace("\n", "").replace("️", ""))


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("A\u200bna", NameInvisible()),
        ("\u202eAna", NameInvisible()),
        ("Ana\nSilva", NameInvisible()),
        ("👩\u200d🍳", NameInvisible()),
        ("长" * 300, NameTooLong(longest=40, length=300)),
    ],
)
async def test_names_that_cannot_be_are_refused_with_the_reason(bench: Bench, typed: str, refusal: Refused) -> None:
    person = await someone_in(bench, ChangeSG.name)
    await person.send(typed)
    assert person.state() == ChangeSG.name.state
    assert refusal_plain(person.texts, refusal, "UTC") in person.window().text
    assert bench.changes() == []


@pytest.mark.parametrize("typed", ["<b>Ana</b> & Co", "{ $pin }", "Zoë 陈", "😀", "𠮷野", 'O\'Neill "Ben"'])
async def test_odd_but_visible_names_are_accepted_as_typed(bench: Bench, typed: str) -> None:
    person = await someone_in(bench, ChangeSG.name)
    await person.send(typed)
    assert person.state() == ChangeSG.preview.state
    assert typed in person.window().text


async def test_the_same_name_changes_nothing(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.name)
    await person.send(CASHIER.name)
    assert person.texts.plain("refused-nothing-to-do") in person.window().text
    assert person.told(How.MESSAGE, How.ALERT) == []
    await go(person, MenuSG.home)
