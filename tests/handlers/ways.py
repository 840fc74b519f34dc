"""How a person comes to each window. The owner has two shops, so that every window has its use."""

from collections.abc import Awaitable, Callable

from aiogram.fsm.state import State

from handlers.states import AuditSG, ChangeSG, EnrolSG, MenuSG
from tests.handlers.bench import CASHIER, TERMINAL, Bench
from tests.handlers.person import Person

Step = Callable[[Person], Awaitable[None]]

FIRST_SHOP = "Tea House"
SECOND_SHOP = "Noodle Bar"


def press(key: str) -> Step:
    return lambda person: person.press(key)


def item(pattern: str) -> Step:
    return lambda person: person.press_matching(pattern)


_SHOP = item(f".*{FIRST_SHOP}")
_HOME = (_SHOP,)
_CHANGE = (*_HOME, press("menu-change"))
_USER = (*_CHANGE, item(f".*{TERMINAL}"))
_WHAT = (*_USER, item(f".*{CASHIER.name}.*"))
_PIN = (*_WHAT, press("change-kind-pin"))
_PREVIEW = (*_WHAT, press("change-kind-freeze"))

WAYS: dict[State, tuple[Step, ...]] = {
    EnrolSG.code: (),
    MenuSG.shops: (),
    MenuSG.home: _HOME,
    MenuSG.language: (*_HOME, press("menu-language")),
    MenuSG.help: (*_HOME, press("menu-help")),
    ChangeSG.terminal: _CHANGE,
    ChangeSG.user: _USER,
    ChangeSG.what: _WHAT,
    ChangeSG.name: (*_WHAT, press("change-kind-rename")),
    ChangeSG.pin: _PIN,
    ChangeSG.pin_typed: (*_PIN, press("change-pin-type")),
    ChangeSG.role: (*_WHAT, press("change-kind-role")),
    ChangeSG.preview: _PREVIEW,
    ChangeSG.code: (*_PREVIEW, press("preview-confirm")),
    AuditSG.entries: (*_HOME, press("menu-audit")),
}

#: Windows in which the bot waits for text.
TEXT_EXPECTED = (EnrolSG.code, ChangeSG.user, ChangeSG.name, ChangeSG.pin_typed, ChangeSG.code)


async def someone_for(bench: Bench, state: State, locale: str = "en") -> Person:
    """An owner of two shops; for the enrolment one without an authenticator."""
    claims = [await bench.shop(FIRST_SHOP), await bench.shop(SECOND_SHOP)]
    enrolled = state.group is not EnrolSG
    return await bench.owner(*claims, enrolled=enrolled, language_code=locale, locale=locale)


async def go(person: Person, state: State) -> None:
    """From anywhere to this window."""
    await person.send("/menu")
    for step in WAYS[state]:
        await step(person)
    assert person.state() == state.state


async def someone_in(bench: Bench, state: State, locale: str = "en") -> Person:
    """An owner who stands in this window; what led there is forgotten."""
    person = await someone_for(bench, state, locale)
    await go(person, state)
    person.fresh()
    return person
