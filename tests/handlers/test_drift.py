"""What an owner reads of drift, in every language, and where its buttons lead."""

from datetime import UTC, datetime
from typing import Any

import pytest

from changes.audit import Entry, EntryKind, Record
from changes.drift import Drift
from changes.names import plain
from changes.till import Permission
from demo.botapi.entities import parse_html, utf16_length
from handlers.drift import DriftButton
from handlers.entries import entry_html
from handlers.notices import entry_keyboard
from locales import LANGUAGES, Locales
from tests.handlers.bench import CASHIER, TERMINAL, Bench

LOCALES = Locales()
ZONE = "Asia/Shanghai"
VALUES = {
    Drift.ADDED: ("", "manager"),
    Drift.REMOVED: ("cashier", ""),
    Drift.RENAMED: ("Old <b>", "New & co"),
    Drift.NUMBER: ("01", "02"),
    Drift.ROLE: ("cashier", "manager"),
    Drift.FROZEN: ("active", "frozen"),
    Drift.UNFROZEN: ("frozen", "active"),
    Drift.PERMISSIONS: ("", " ".join(Permission)),
    Drift.TERMINALS: ("a", ""),
}


def entry_of(*whats: Drift, total: int = 0, name: str = "陈晓雨") -> Entry:
    differences = [
        {
            "what": what.value,
            "terminal": {"id": "front", "name": TERMINAL},
            "user": {"id": f"u{place}", "number": f"{place:02}", "name": name},
            "before": VALUES[what][0],
            "after": VALUES[what][1],
        }
        for place, what in enumerate(whats)
    ]
    facts: dict[str, Any] = {"since": "2026-11-22T11:00:00+00:00", "differences": differences}
    facts["total"] = total or len(differences)
    return Entry(1, 7, datetime(2026, 11, 22, 12, tzinfo=UTC), EntryKind.TILL_DRIFTED, facts, "0" * 64, "a" * 64)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_difference_is_told_in_a_line(locale: str) -> None:
    texts = LOCALES.of(locale)
    shown = parse_html(entry_html(texts, entry_of(*Drift), ZONE, whole=True)).text
    assert "2026-11-22 19:00:00" in shown
    assert shown.count("陈晓雨") == len(Drift)
    for said in ("Old <b>", "New & co", texts.plain("role-manager"), texts.plain("permission-refund-issue")):
        assert said in shown
    assert texts.plain("nothing") in shown


@pytest.mark.parametrize("locale", LANGUAGES)
def test_however_much_differs_it_fits_into_a_message_and_says_how_much_more(locale: str) -> None:
    texts = LOCALES.of(locale)
    entry = entry_of(*[Drift.PERMISSIONS] * 50, total=900, name="𝔸" * 300)
    for whole in (True, False):
        shown = parse_html(entry_html(texts, entry, ZONE, whole=whole)).text
        assert utf16_length(shown) <= (4096 if whole else 750)
        named = shown.count("🗝")
        assert parse_html(texts.html("drift-more", count=900 - named)).text in shown
    keyboard = entry_keyboard(texts, entry)
    assert keyboard is not None
    assert all(len(row[0].text) <= 64 for row in keyboard.inline_keyboard)


def test_who_is_gone_has_no_button() -> None:
    texts = LOCALES.of("en")
    assert entry_keyboard(texts, entry_of(Drift.REMOVED)) is None
    keyboard = entry_keyboard(texts, entry_of(Drift.REMOVED, Drift.ADDED))
    assert keyboard is not None
    ((button,),) = keyboard.inline_keyboard
    assert button.callback_data == DriftButton(shop_id=1, number=7, place=1).pack()


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_the_button_opens_the_users_card(bench: Bench, locale: str) -> None:
    claim = await bench.shop()
    person = await bench.owner(claim, language_code=locale, locale=locale)
    watch = bench.parts.watch
    await watch.look(claim.shop.id)
    bench.execute_till("UPDATE user SET name = 'Ana' WHERE name = ?", CASHIER.name)
    bench.clock.turn(hours=1)
    await watch.look(claim.shop.id)
    ((number,),) = bench.rows("SELECT number FROM audit WHERE kind = 'till.drifted'")
    await person.send("/menu")
    await person.press_data(DriftButton(shop_id=claim.shop.id, number=number, place=0).pack())
    assert person.state() == "ChangeSG:what"
    assert "Ana" in person.window().text
    await person.press_data(DriftButton(shop_id=claim.shop.id, number=number, place=9).pack())
    assert person.told()[-1] == plain(person.texts.plain("refused-not-allowed"), 200)


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_the_audit_shows_drift_and_a_till_that_was_away(bench: Bench, locale: str) -> None:
    claim = await bench.shop()
    person = await bench.owner(claim, language_code=locale, locale=locale)
    facts = dict(entry_of(*[Drift.PERMISSIONS] * 50, total=900).facts)
    async with bench.parts.store.write() as tx:
        for _ in range(4):
            await tx.audit.append(claim.shop.id, Record(EntryKind.TILL_DRIFTED, facts), bench.clock.now())
        blind = Record(EntryKind.TILL_UNSEEN, {"since": facts["since"]})
        await tx.audit.append(claim.shop.id, blind, bench.clock.now())
    await person.send("/audit")
    shown = person.window().text
    assert sum(shown.count(person.texts.html("drift-more", count=count)) for count in range(800, 900)) == 4
    assert parse_html(person.texts.html("drift-blind", since="2026-11-22 19:00:00")).text in shown
