"""The ways out of a window: back, home, and every command in the middle of any conversation."""

import pytest
from aiogram.fsm.state import State

from changes.life import State as Life
from handlers.states import AddSG, AuditSG, BackupSG, ChangeSG, EnrolSG, ManySG, MenuSG, WaitingSG
from tests.handlers.bench import Bench
from tests.handlers.chat import How
from tests.handlers.person import Person
from tests.handlers.ways import WAYS, go, someone_for, someone_in

BACK = {
    ChangeSG.user: ChangeSG.terminal,
    ChangeSG.what: ChangeSG.user,
    ChangeSG.name: ChangeSG.what,
    ChangeSG.pin: ChangeSG.what,
    ChangeSG.pin_typed: ChangeSG.pin,
    ChangeSG.role: ChangeSG.what,
    ChangeSG.permissions: ChangeSG.what,
    ChangeSG.places: ChangeSG.what,
    ChangeSG.preview: ChangeSG.what,
    ChangeSG.when: ChangeSG.preview,
    ChangeSG.until: ChangeSG.preview,
    ChangeSG.code: ChangeSG.preview,
    WaitingSG.change: WaitingSG.list,
    WaitingSG.time: WaitingSG.change,
    WaitingSG.end: WaitingSG.change,
    WaitingSG.preview: WaitingSG.change,
    WaitingSG.code: WaitingSG.preview,
    AddSG.number: ChangeSG.user,
    AddSG.name: AddSG.number,
    AddSG.role: AddSG.name,
    AddSG.secret: AddSG.role,
    AddSG.secret_typed: AddSG.secret,
    AddSG.preview: AddSG.role,
    AddSG.code: AddSG.preview,
    ManySG.what: ChangeSG.user,
    ManySG.targets: ManySG.what,
    ManySG.preview: ManySG.targets,
    ManySG.code: ManySG.preview,
    BackupSG.code: BackupSG.what,
    BackupSG.file: BackupSG.what,
    BackupSG.phrase: BackupSG.file,
    BackupSG.difference: BackupSG.file,
    BackupSG.confirm: BackupSG.difference,
}
WITHOUT_HOME = {EnrolSG.code, MenuSG.shops, MenuSG.home}
#: Where a command leads an owner of two shops, who chooses the shop first.
LEADS = {
    "menu": MenuSG.shops,
    "start": MenuSG.shops,
    "cancel": MenuSG.shops,
    "change": MenuSG.shops,
    "waiting": MenuSG.shops,
    "audit": MenuSG.shops,
    "backup": MenuSG.shops,
    "language": MenuSG.language,
    "help": MenuSG.help,
}

every_window = pytest.mark.parametrize("state", WAYS, ids=lambda state: state.state)


@every_window
async def test_back_leads_one_window_back(bench: Bench, state: State) -> None:
    person = await someone_in(bench, state)
    back = person.texts.plain("back")
    assert (back in person.buttons()) == (state in BACK)
    if state in BACK:
        await person.press_text(back)
        assert person.state() == BACK[state].state


@every_window
async def test_home_leads_to_the_menu_in_the_same_message(bench: Bench, state: State) -> None:
    person = await someone_in(bench, state)
    home = person.texts.plain("home")
    assert (home in person.buttons()) == (state not in WITHOUT_HOME)
    if state not in WITHOUT_HOME:
        await person.press_text(home)
        assert person.state() == MenuSG.shops.state
        assert Life.PROPOSED not in bench.changes()


async def test_the_cancel_button_says_so_and_ends_the_proposal(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.code)
    await person.press("cancel")
    assert person.told(How.TOAST) == [person.texts.plain("cancelled")]
    assert person.state() == MenuSG.shops.state
    assert bench.changes() == [Life.CANCELLED]


@every_window
async def test_every_command_works_in_every_window(bench: Bench, state: State) -> None:
    person = await someone_for(bench, state)
    for command, target in LEADS.items():
        await go(person, state)
        person.fresh()
        await person.send(f"/{command}")
        enrolling = state is EnrolSG.code and target is MenuSG.shops
        assert person.state() == (EnrolSG.code if enrolling else target).state, command
        assert person.news()[-1].how is How.WINDOW
        assert Life.PROPOSED not in bench.changes()
        if command == "cancel":
            assert person.told()[0] == person.texts.plain("cancelled")


async def test_change_and_audit_open_at_once_with_one_shop(owner: Person) -> None:
    await owner.send("/change")
    assert owner.state() == ChangeSG.terminal.state
    await owner.send("/audit")
    assert owner.state() == AuditSG.entries.state


async def test_cancel_without_a_conversation_says_so(owner: Person) -> None:
    await owner.send("/cancel")
    assert owner.told() == [owner.texts.plain("nothing-to-cancel")]
    assert owner.state() == MenuSG.home.state


async def test_cancel_ends_the_proposal_for_good(bench: Bench) -> None:
    """The code that would have confirmed it confirms nothing any more."""
    person = await someone_in(bench, ChangeSG.code)
    await person.send("/cancel")
    assert bench.changes() == [Life.CANCELLED]
    person.fresh()
    await person.send(person.code())
    assert person.told() == []
    assert person.texts.plain("digits-removed") in person.window().text
    assert bench.changes() == [Life.CANCELLED]


async def test_back_to_the_users_keeps_what_was_searched(bench: Bench) -> None:
    person = await someone_in(bench, ChangeSG.user)
    await person.send("Grace")
    await person.press_matching(".*Grace Liu.*")
    await person.press("back")
    assert "Grace" in person.window().text
    assert any("Grace Liu" in text for text in person.buttons())
    assert not any("陈晓雨" in text for text in person.buttons())
