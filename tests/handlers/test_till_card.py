"""The card of a shop's till says what is so, whatever the till can do."""

from dataclasses import replace
from itertools import cycle

import pytest

from changes.backend import Capabilities, ChangeKind, Emulation, Evidence, Scope, Support
from handlers.states import MenuSG
from handlers.till_card import till_html
from locales import LANGUAGES, Locales
from pos.embedded.backend import CAPABILITIES as EMBEDDED
from pos.guided.backend import capabilities_of
from pos.guided.brand import brand
from pos.scim.backend import CAPABILITIES as SCIM
from tests.handlers.bench import Bench
from tests.handlers.ways import someone_in


def card(locale: str, can: Capabilities) -> list[str]:
    return till_html(Locales().of(locale), "Lin's <Tea>", can).splitlines()


@pytest.mark.parametrize("locale", LANGUAGES)
def test_each_change_says_whether_and_how_it_is_done(locale: str) -> None:
    texts = Locales().of(locale)
    for support in Support:
        emulations = dict(zip(ChangeKind, cycle(Emulation), strict=False)) if support is Support.EMULATED else {}
        can = replace(EMBEDDED, operations=dict.fromkeys(ChangeKind, support), emulations=emulations)
        lines = card(locale, can)
        for kind in ChangeKind:
            really = texts.plain(f"emulated-{emulations[kind].value}") if kind in emulations else ""
            change = texts.plain(f"change-kind-{kind.value}")
            assert texts.html(f"till-can-{support.value}", change=change, really=really) in lines
    assert "Lin&#39;s &lt;Tea&gt;" in lines[0] or "Lin's &lt;Tea&gt;" in lines[0]


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_real_ones_say_what_they_are(locale: str) -> None:
    texts = Locales().of(locale)
    embedded, scim = card(locale, EMBEDDED), card(locale, SCIM)
    for key in ("till-scope-terminal", "till-ends-sessions", "till-minds-others", "till-reads-pin"):
        assert texts.html(key) in embedded
    for key in ("till-scope-shop", "till-leaves-sessions", "till-minds-others"):
        assert texts.html(key) in scim
    assert texts.html("till-can-none", change=texts.plain("change-kind-pin")) in scim
    assert texts.html("till-reads-no-pin") not in scim, "where no PIN is given nobody asks"
    assert embedded[-1] == scim[-1] == texts.html("till-evidence-real-server")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_what_is_weaker_is_said(locale: str) -> None:
    texts = Locales().of(locale)
    weak = replace(EMBEDDED, versioned=False, confirms_secret=False, scope=Scope.SHOP)
    lines = card(locale, weak)
    for key in ("till-minds-nobody", "till-reads-no-pin", "till-scope-shop"):
        assert texts.html(key) in lines
    for evidence in Evidence:
        assert card(locale, replace(weak, evidence=evidence))[-1] == texts.html(f"till-evidence-{evidence.value}")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_of_a_till_that_nobody_reaches_only_what_is_known_is_said(locale: str) -> None:
    texts = Locales().of(locale)
    lines = card(locale, capabilities_of(brand("lakala")))
    for key in ("till-blind", "till-scope-terminal", "till-reads-no-pin", "till-evidence-unconfirmed"):
        assert texts.html(key) in lines
    assert texts.html("till-brand", brand=texts.plain("brand-lakala")) in lines
    for key in ("till-minds-others", "till-leaves-sessions", "till-ends-sessions"):
        assert texts.html(key) not in lines


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_the_menu_leads_to_it(bench: Bench, locale: str) -> None:
    person = await someone_in(bench, MenuSG.till, locale)
    assert person.texts.plain("till-evidence-real-server") in person.window().text
