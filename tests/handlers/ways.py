"""How a person comes to each window. The owner has two shops, so that every window has its use."""

import re
from collections.abc import Awaitable, Callable

from aiogram.fsm.state import State
from aiogram.types import Document

from changes.sealed_file import open_sealed, seal
from handlers.states import AddSG, AuditSG, BackupSG, ChangeSG, EnrolSG, ManySG, MenuSG, WaitingSG
from tests.changes.backends import Sharing
from tests.handlers.bench import CASHIER, TERMINAL, Bench
from tests.handlers.chat import How
from tests.handlers.person import Person

Step = Callable[[Person], Awaitable[None]]

FIRST_SHOP = "Tea House"
SECOND_SHOP = "Noodle Bar"


def press(key: str) -> Step:
    return lambda person: person.press(key)


def item(pattern: str) -> Step:
    return lambda person: person.press_matching(pattern)


def say(text: str) -> Step:
    async def send(person: Person) -> None:
        await person.send(text)

    return send


_SHOP = item(f".*{FIRST_SHOP}")
_HOME = (_SHOP,)
_CHANGE = (*_HOME, press("menu-change"))
_USER = (*_CHANGE, item(f".*{TERMINAL}"))
_WHAT = (*_USER, item(f".*{CASHIER.name}.*"))
_PIN = (*_WHAT, press("change-kind-pin"))
_PREVIEW = (*_WHAT, press("change-kind-freeze"))
_ADD = (*_USER, press("change-kind-add"))
_ADD_NAME = (*_ADD, say("07"))
_ADD_ROLE = (*_ADD_NAME, say("Bea"))
_ADD_SECRET = (*_ADD_ROLE, press("role-cashier"))
_ADD_PREVIEW = (*_ADD_SECRET, press("change-pin-make"))
_MANY = (*_USER, press("many-open-everyone"))
_TARGETS = (*_MANY, item(".*\\(2\\)|.*（2）"))
_MANY_PREVIEW = (*_TARGETS, item(".*👀.*"))


async def _waiting(person: Person) -> None:
    """From the menu of a shop to the list of its waiting changes; where there is none, one is made first."""
    if person.texts.plain("menu-waiting", count=0) in person.buttons():
        for step in (*_PREVIEW[len(_HOME) :], press("preview-to-when"), item(".*22:00"), press("preview-confirm")):
            await step(person)
        await person.send(person.next_code())
        await person.send("/menu")
        await _SHOP(person)
    await person.press("menu-waiting", count=1)


_LIST = (*_HOME, _waiting)
_WAITS = (*_LIST, item(f".*{CASHIER.name}.*"))
_AMENDMENT = (*_WAITS, press("waiting-drop"))


async def _file(person: Person) -> None:
    """A backup is made and, with another name for the cashier in it, sent back."""
    await person.press("sealed-make")
    await person.send(person.next_code())
    ((name, file),) = person.seen.files.items()
    inside = open_sealed(file, phrase_of(person))
    inside["terminals"][0]["users"][0]["name"] = "Once Ana"
    person.seen.files[name] = file = seal(inside, phrase_of(person))
    for step in (_SHOP, press("menu-backup"), press("sealed-restore")):
        await step(person)
    await person.send("", document=Document(file_id=name, file_unique_id="u", file_size=len(file)))


def phrase_of(person: Person) -> str:
    """The passphrase that the person was shown last."""
    shown = [said.text for said in person.seen.said if said.how is How.EDITED][-1]
    (phrase,) = re.findall(r"(?:[2-9A-Z]{4}-){5}[2-9A-Z]{4}", shown)
    return str(phrase)


async def _phrase(person: Person) -> None:
    await person.send(phrase_of(person))


_BACKUP = (*_HOME, press("menu-backup"))
_RESTORE = (*_BACKUP, _file)
_DIFFERENCE = (*_RESTORE, _phrase)

WAYS: dict[State, tuple[Step, ...]] = {
    EnrolSG.code: (),
    MenuSG.shops: (),
    MenuSG.home: _HOME,
    MenuSG.language: (*_HOME, press("menu-language")),
    MenuSG.till: (*_HOME, press("menu-till")),
    MenuSG.late: (*_HOME, press("menu-late")),
    MenuSG.help: (*_HOME, press("menu-help")),
    ChangeSG.terminal: _CHANGE,
    ChangeSG.user: _USER,
    ChangeSG.what: _WHAT,
    ChangeSG.name: (*_WHAT, press("change-kind-rename")),
    ChangeSG.pin: _PIN,
    ChangeSG.pin_typed: (*_PIN, press("change-pin-type")),
    ChangeSG.role: (*_WHAT, press("change-kind-role")),
    ChangeSG.permissions: (*_WHAT, press("change-kind-permissions")),
    ChangeSG.places: (*_WHAT, press("change-kind-assign")),
    ChangeSG.preview: _PREVIEW,
    ChangeSG.when: (*_PREVIEW, press("preview-to-when")),
    ChangeSG.until: (*_PREVIEW, press("preview-to-until")),
    ChangeSG.code: (*_PREVIEW, press("preview-confirm")),
    AddSG.number: _ADD,
    AddSG.name: _ADD_NAME,
    AddSG.role: _ADD_ROLE,
    AddSG.secret: _ADD_SECRET,
    AddSG.secret_typed: (*_ADD_SECRET, press("change-pin-type")),
    AddSG.preview: _ADD_PREVIEW,
    AddSG.code: (*_ADD_PREVIEW, press("preview-confirm")),
    ManySG.what: _MANY,
    ManySG.targets: _TARGETS,
    ManySG.preview: _MANY_PREVIEW,
    ManySG.code: (*_MANY_PREVIEW, press("preview-confirm")),
    WaitingSG.list: _LIST,
    WaitingSG.change: _WAITS,
    WaitingSG.time: (*_WAITS, press("waiting-move")),
    WaitingSG.end: (*_WAITS, press("waiting-to-end")),
    WaitingSG.preview: _AMENDMENT,
    WaitingSG.code: (*_AMENDMENT, press("preview-confirm")),
    AuditSG.entries: (*_HOME, press("menu-audit")),
    BackupSG.what: _BACKUP,
    BackupSG.code: (*_BACKUP, press("sealed-make")),
    BackupSG.file: (*_BACKUP, press("sealed-restore")),
    BackupSG.phrase: _RESTORE,
    BackupSG.difference: _DIFFERENCE,
    BackupSG.confirm: (*_DIFFERENCE, press("preview-confirm")),
}

#: Windows in which the bot waits for text.
TEXT_EXPECTED = (
    EnrolSG.code,
    ChangeSG.user,
    ChangeSG.name,
    ChangeSG.pin_typed,
    ChangeSG.when,
    ChangeSG.until,
    ChangeSG.code,
    AddSG.number,
    AddSG.name,
    AddSG.secret_typed,
    AddSG.code,
    ManySG.code,
    WaitingSG.time,
    WaitingSG.end,
    WaitingSG.code,
    BackupSG.code,
    BackupSG.phrase,
    BackupSG.confirm,
)


async def someone_for(bench: Bench, state: State, locale: str = "en") -> Person:
    """An owner of two shops; for the enrolment one without an authenticator."""
    claims = [await bench.shop(FIRST_SHOP), await bench.shop(SECOND_SHOP)]
    if state is ChangeSG.places:
        await bench.lend(claims[0].shop.id, Sharing)
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
    bench.chat.deleted.clear()
    return person
