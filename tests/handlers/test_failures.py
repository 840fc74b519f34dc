"""What nobody expected: the person sees an id, the log has the same, and the conversation goes on."""

import re
from collections.abc import MutableMapping
from typing import Any

import pytest
from aiogram.fsm.state import State

from handlers.states import ChangeSG, MenuSG
from pos.embedded.backend import EmbeddedBackend
from pos.embedded.faults import FaultKind, FaultMethod
from tests.handlers.bench import EVERYWHERE, Bench
from tests.handlers.person import Person
from tests.handlers.ways import WAYS, go, someone_for, someone_in

Logs = list[MutableMapping[str, Any]]


class Broken(RuntimeError):
    """What a mistake of ours would raise."""


async def fail(*_: Any, **__: Any) -> None:
    raise Broken("inside of the till 4711")


def expect_id(person: Person, logs: Logs) -> None:
    (told,) = person.told()
    (logged,) = [line for line in logs if line["log_level"] == "error"]
    assert told == person.texts.plain("unexpected", id=logged["error_id"])
    assert re.fullmatch("[0-9a-f]{8}", logged["error_id"])
    assert logged["exc_info"]
    assert "4711" not in told
    assert "Broken" not in told


@EVERYWHERE
async def test_an_unexpected_exception_behind_a_press(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    person = await someone_in(bench, ChangeSG.terminal)
    with monkeypatch.context() as patched:
        patched.setattr(EmbeddedBackend, "users", fail)
        bench.chat.answered = 0
        await person.press_matching(".*Front.*")
    expect_id(person, logs)
    assert bench.chat.answered == 1
    await person.press_matching(".*Front.*")
    assert person.state() == ChangeSG.user.state


@EVERYWHERE
async def test_an_unexpected_exception_behind_a_message(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    person = await someone_in(bench, ChangeSG.user)
    with monkeypatch.context() as patched:
        patched.setattr(EmbeddedBackend, "users", fail)
        await person.send("Grace")
    expect_id(person, logs)
    await person.send("Grace")
    assert any("Grace Liu" in text for text in person.buttons())


async def test_an_unexpected_exception_behind_a_command(
    bench: Bench, owner: Person, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(EmbeddedBackend, "terminals", fail)
        await owner.send("/change")
    expect_id(owner, logs)
    await owner.send("/change")
    assert owner.state() == ChangeSG.terminal.state


@EVERYWHERE
async def test_a_code_is_deleted_though_what_follows_fails(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    person = await someone_in(bench, ChangeSG.code)
    with monkeypatch.context() as patched:
        patched.setattr("changes.confirming.spend_code", fail)
        sent = await person.send(person.code())
    assert bench.chat.deleted == [sent]
    expect_id(person, logs)
    await person.send(person.code())
    assert bench.changes() == ["confirmed"]


#: These show what was proposed, from the database.
_FROM_PROPOSAL = (ChangeSG.preview, ChangeSG.when, ChangeSG.until, ChangeSG.code)
TILL_ASKED = [state for state in WAYS if state.group is ChangeSG and state not in _FROM_PROPOSAL]


@pytest.mark.parametrize("state", TILL_ASKED, ids=lambda state: state.state)
async def test_a_till_that_is_away_is_told_and_leads_to_the_menu(bench: Bench, state: State, logs: Logs) -> None:
    """The press is the last step into the window, or the window's own refresh."""
    person = await someone_for(bench, state)
    await go(person, state)
    person.fresh()
    async with bench.till() as till:
        await till.set_fault(FaultKind.DOWN, times=50, method=FaultMethod.READ)
    await person.send("", caption="x", photo=[])
    assert person.told() == [person.texts.plain("refused-till-unreachable")]
    async with bench.till() as till:
        await till.clear_faults()
    await go(person, state)
    assert not [line for line in logs if line["log_level"] == "error"]


@pytest.mark.parametrize("state", [ChangeSG.when, ChangeSG.until], ids=lambda state: state.state)
async def test_a_time_can_be_asked_for_but_not_chosen_while_the_till_is_away(bench: Bench, state: State) -> None:
    """The window needs no till; what is chosen in it is proposed anew, from what the till says."""
    person = await someone_in(bench, state)
    async with bench.till() as till:
        await till.set_fault(FaultKind.DOWN, times=50, method=FaultMethod.READ)
    await person.send("", caption="x", photo=[])
    assert person.told() == []
    assert person.state() == state.state
    await person.press_button(person.keyboard()[0])
    assert person.told() == [person.texts.plain("refused-till-unreachable")]
    assert person.state() == MenuSG.shops.state
