"""Texts within Telegram's bounds, and harmless whatever goes into them."""

from typing import Any

import pytest
from fluent.syntax import ast

from bot.profile import COMMANDS
from changes.names import plain
from demo.botapi.entities import parse_html, utf16_length
from locales import LANGUAGES, Markup, Texts
from tests.locales.texts import ALL, TAG, source, variables

every_locale = pytest.mark.parametrize("locale", LANGUAGES)

TEXTS = {locale: Texts(locale) for locale in LANGUAGES}

#: As they could come from a till or from Telegram.
HOSTILE = {
    "html": "<b>Ana</b> & <a href='tg://user?id=1'>x</a>",
    "unclosed": "</code><b><pre>",
    "entity": "&lt;b&gt; &amp; &#60;",
    "fluent": "{ $pin } { -term }",
    "direction": "\u202eanA\u202c \u2066\u200f",
    "zero-width": "A\u200bn\u200da\ufeff\u2060",
    "lines": "Ana\n\n\r\tSilva\u2028x",
    "long": "长" * 300,
    "emoji": "👩🏽‍🍳" * 40,
}

#: Shown in buttons, alerts and Telegram's own screens, where nothing is marked up.
UNMARKED = (
    "refused-", "till-refused-", "result-", "role-", "status-", "command-", "bot-", "menu-change", "menu-audit",
    "menu-language", "menu-help", "menu-other-shop", "home", "back", "cancel", "change-kind-", "change-pin-make",
    "change-pin-type", "change-search-clear", "change-role-current", "preview-confirm", "preview-force-",
    "preview-to-", "menu-waiting", "menu-late", "quick-", "when-now", "until-for-good", "late-chosen", "late-limit",
    "waiting-row-", "waiting-move", "waiting-lasts", "waiting-to-end", "waiting-drop", "waiting-end-now",
    "waiting-keep", "entry-verdict-", "secret-noted", "enrol-copy", "enrol-again", "language-chosen",
    "keyboard-old", "stranger", "unexpected", "signed-in", "cancelled",
)  # fmt: skip
BUTTONS = tuple(key for key in UNMARKED if key.startswith(("menu-", "home", "back", "change-", "preview-", "enrol-")))
MARKED = ("change-pin-typed", "waiting-lasts-ask")


def unmarked() -> list[str]:
    return [key for key in ALL["en"] if key.startswith(UNMARKED) and key not in MARKED]


def given(message: ast.Message, value: Any) -> dict[str, Any]:
    """A value for every variable; counts stay counts, and what is HTML already stays so."""
    counts = {"total": 5000, "attempts": 7, "seconds": 60, "tries": 4, "longest": 40, "shortest": 4, "length": 300}
    markup = {"change", "what", "summary"}
    found: dict[str, Any] = {}
    for name in variables(message):
        shown = Markup("<b>x</b>") if name in markup else value
        found[name] = counts.get(name, shown)
    return found


@every_locale
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_values_are_escaped(locale: str, hostile: str) -> None:
    """Telegram reads the values back letter by letter, and finds no tag but ours."""
    texts = TEXTS[locale]
    for key, message in ALL[locale].items():
        shown = given(message, hostile)
        read = parse_html(texts.html(key, **shown))
        assert utf16_length(read.text) <= 4096, key
        if hostile in shown.values():
            assert hostile.strip() in read.text, key
        harmless = parse_html(texts.html(key, **given(message, "x")))
        assert len(read.entities) == len(harmless.entities), key


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_outside_names_become_one_short_line(hostile: str) -> None:
    shown = plain(hostile)
    assert len(shown) <= 64
    assert shown.isprintable()
    assert not set(shown) & set("\u202e\u200f\u2066\u200b\u2060\n")


@every_locale
def test_nothing_is_marked_up_where_nothing_can_be(locale: str) -> None:
    for key in unmarked():
        written = source(ALL[locale][key])
        assert not TAG.search(written), key
        assert "&" not in written, key


@every_locale
def test_alerts_and_toasts_are_short_enough(locale: str) -> None:
    """`handlers.errors` sends what is longer as a message; these are never longer."""
    texts = TEXTS[locale]
    for key in ("keyboard-old", "stranger", "cancelled", "language-chosen", "refused-not-allowed"):
        assert utf16_length(texts.plain(key)) <= 200, key
    for key, message in ALL[locale].items():
        if key.startswith(("refused-", "till-refused-")):
            assert utf16_length(texts.plain(key, **given(message, "2026-11-22 12:00:00"))) <= 200, key


@every_locale
def test_telegrams_own_screens(locale: str) -> None:
    texts = TEXTS[locale]
    assert utf16_length(texts.plain("bot-description")) <= 512
    assert utf16_length(texts.plain("bot-short-description")) <= 120
    assert 0 < len(texts.plain("bot-name")) <= 64
    for command in COMMANDS:
        assert 1 <= len(texts.plain(f"command-{command}")) <= 256


@every_locale
def test_buttons_are_one_short_line(locale: str) -> None:
    texts = TEXTS[locale]
    for key in ALL[locale]:
        if key in {"cancel", "secret-noted"} or (key.startswith(BUTTONS) and key in unmarked()):
            text = texts.plain(key, **given(ALL[locale][key], "Supervisor"))
            assert "\n" not in text
            assert len(text) <= 32, key


@every_locale
def test_texts_end_neatly(locale: str) -> None:
    for key, message in ALL[locale].items():
        text = TEXTS[locale].html(key, **given(message, "x"))
        assert text == text.strip(), key
        assert "  " not in text, key
        assert "\n\n\n" not in text, key
