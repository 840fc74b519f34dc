"""The bot is stopped or killed: conversations go on, changes end right, what was not finished comes again."""

import asyncio
import signal
from collections.abc import Sequence

import pytest

from changes.till import Status
from demo.botapi.faults import Fault, Harm
from pos.embedded.till import FaultKind
from tests.e2e.bench import FIRST_PIN
from tests.e2e.shops import CHEN, FRONT, Shop, shop_of
from tests.e2e.traces import logged

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def restart(shop: Shop) -> None:
    """Kill it, let go what it held, and start it anew."""
    await shop.bot.kill()
    shop.bot.telegram.faults.clear()
    await shop.bot.start()


async def met(fault: Fault) -> None:
    await asyncio.wait_for(fault.met.wait(), 15)


async def polls(shop: Shop, times: int) -> None:
    """Until the bot has asked for updates so many times more."""
    with shop.bot.telegram.world.hub.listen() as news:
        async with asyncio.timeout(15):
            while times:
                times -= (await news.get()).type == "poll"


async def frozen_once(shop: Shop, audit: Sequence[str] = ("intent", "outcome applied applied")) -> None:
    """The end is told, once, and stands at the till and in the audit."""
    owner = shop.owner
    await owner.hear_text("progress-applied")
    await owner.hear(owner.texts.plain("entry-verdict-applied"))
    user = await shop.user()
    assert (user.status, user.version) == (Status.FROZEN, "2")
    assert await shop.audit() == list(audit)
    await owner.settled()
    waiting = [m for m in owner.said() if m.text.startswith("⏳")]
    assert waiting == []


async def holds_version(shop: Shop, version: str) -> bool:
    return (await shop.user()).version == version


WINDOWS = {
    "menu": ([], "menu-change"),
    "terminal": (["menu-change"], FRONT),
    "user": (["menu-change", FRONT], CHEN),
    "what": (["menu-change", FRONT, CHEN], "change-kind-role"),
    "pin": (["menu-change", FRONT, CHEN, "change-kind-pin"], "change-pin-make"),
    "role": (["menu-change", FRONT, CHEN, "change-kind-role"], "role-manager"),
    "preview": (["menu-change", FRONT, CHEN, "change-kind-freeze"], "preview-confirm"),
    "language": (["menu-language"], "home"),
    "help": (["menu-help"], "home"),
}
#: What is typed there, and the text that follows.
TYPED = {
    "search": (["menu-change", FRONT], "alice", "Alice Wang"),
    "name": (["menu-change", FRONT, CHEN, "change-kind-rename"], "陈小雨", "陈小雨"),
    "pin typed": (["menu-change", FRONT, CHEN, "change-kind-pin", "change-pin-type"], "59283716", "new PIN"),
}


async def test_a_conversation_goes_on_after_a_kill_in_every_window(lone: Shop) -> None:
    """All windows in one go, because each kill takes a start."""
    owner = lone.owner
    for way, press in WINDOWS.values():
        before = await owner.walk(*way)
        await owner.settled()
        await restart(lone)
        answer = await owner.press(press)
        assert answer.answer is not None
        assert answer.answer.text == "", "it goes on, and nothing is said of an old keyboard"
        assert owner.window() != before
        owner.say("/menu")
        await owner.menu(after=before.message_id)
        await owner.settled()
    for way, typed, follows in TYPED.values():
        await owner.walk(*way)
        await owner.settled()
        await restart(lone)
        said = owner.say(typed)
        await owner.settled()
        assert any(follows in text for text in [owner.window().text, *map(str, owner.window().keyboard)])
        owner.say("/menu")
        await owner.menu(after=said.message_id)
        await owner.settled()
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await restart(lone)
    await owner.confirm()
    await frozen_once(lone)


async def test_an_orderly_stop_ends_well_and_the_next_start_goes_on(lone: Shop) -> None:
    owner = lone.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    assert await lone.bot.stop() == 0
    typed = await owner.confirm()
    await lone.bot.start()
    await frozen_once(lone)
    assert not owner.stands(typed)
    assert await lone.bot.stop(signal.SIGINT) == 0
    assert [line["event"] for line in logged(lone.bot)].count("the bot has stopped") == 2


async def test_killed_while_the_code_is_taken_the_code_comes_again(lone: Shop) -> None:
    """The update was fetched and not finished: nothing was spent, and it is delivered again."""
    owner = lone.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await owner.settled()
    hold = owner.telegram.faults.add("deleteMessage", Harm.HOLD)
    with lone.bot.locked():
        typed = await owner.confirm()
        await met(hold)
        # Polls go on meanwhile, and none may acknowledge it.
        await polls(lone, 3)
        await lone.bot.kill()
    assert await lone.audit() == []
    await restart(lone)
    await frozen_once(lone)
    assert not owner.stands(typed)


async def test_killed_while_the_code_of_a_recorded_change_vanishes_it_has_one_effect(lone: Shop) -> None:
    """Neither waits for the other; the update is not finished, so it is delivered again."""
    owner = lone.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    hold = owner.telegram.faults.add("deleteMessage", Harm.HOLD)
    typed = await owner.confirm()
    await met(hold)
    await lone.has_outcome()
    await polls(lone, 3)
    await restart(lone)
    await frozen_once(lone)
    assert not owner.stands(typed)
    [factor] = lone.bot.query("SELECT failures FROM factors WHERE person_id = ?", owner.person.id)
    assert factor["failures"] == 0, "a repeat is no wrong code"


async def test_killed_before_a_finished_code_was_acknowledged_it_has_one_effect(lone: Shop) -> None:
    owner = lone.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await owner.settled()
    # The poll that waits now still brings it; the next one, which would acknowledge it, is held.
    owner.telegram.faults.add("getUpdates", Harm.HOLD, times=1000)
    typed = await owner.confirm()
    await owner.hear_text("progress-applied")
    assert owner.telegram.world.updates
    await restart(lone)
    await frozen_once(lone)
    await owner.hear_text("digits-removed")
    assert not owner.stands(typed)


async def test_killed_between_code_and_till(lone: Shop) -> None:
    """The till is asked after the restart; what was recorded is applied."""
    owner = lone.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await lone.confirm_where_the_till_hangs()
    assert await lone.audit() == ["intent"]
    await lone.bot.kill()
    await lone.till.clear_faults()
    await restart(lone)
    await frozen_once(lone)


async def test_killed_while_the_till_is_asked(lone: Shop) -> None:
    """The till has it and could not say so: it is read back, not repeated."""
    owner = lone.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await lone.till.set_fault(FaultKind.SLOW, seconds=1.8)
    await owner.confirm()
    await owner.hear_text("progress-applying")
    await lone.bot.until(lambda: holds_version(lone, "2"))
    await restart(lone)
    await frozen_once(lone)


async def test_killed_between_outcome_and_entry(lone: Shop) -> None:
    owner = lone.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    hold = owner.telegram.faults.add("sendMessage", Harm.HOLD)
    await owner.confirm()
    await met(hold)
    assert (await lone.audit())[-1] == "outcome applied applied"
    await restart(lone)
    await frozen_once(lone)


@pytest.mark.parametrize("shown", [False, True], ids=["before the PIN is in it", "before it is known to be shown"])
async def test_killed_while_a_new_pin_is_shown_no_pin_stays(lone: Shop, shown: bool) -> None:
    owner, faults = lone.owner, lone.bot.telegram.faults
    await owner.go_to_code(FRONT, CHEN, "change-kind-pin", "change-pin-make")
    hold = faults.add("sendMessage", Harm.HOLD)
    await owner.confirm()
    await met(hold)
    # The next edit would put the PIN in: held back, or carried out and its answer lost.
    edit = faults.add("editMessageText", Harm.ANSWER_LOST if shown else Harm.HOLD)
    hold.release()
    await met(edit)
    await restart(lone)
    message = await owner.with_button("secret-noted")
    pin = next(word for word in message.text.split() if word.isdigit() and len(word) == 6)
    lone.bot.secrets.add(pin)
    await owner.hear(owner.texts.plain("entry-verdict-applied"))
    assert await lone.signs_in(pin)
    assert not await lone.signs_in(FIRST_PIN)
    lone.bot.clock.turn(seconds=61)
    await owner.gone(message)
    assert not any(pin in each.text for each in owner.telegram.world.messages(owner.chat))


async def test_stopped_and_started_while_telegram_is_away(lone: Shop) -> None:
    owner, faults = lone.owner, lone.bot.telegram.faults
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    for method in ("editMessageText", "sendMessage"):
        faults.add(method, Harm.CLOSED, 1000)
    await owner.confirm()
    await lone.has_outcome()
    await lone.bot.kill()
    faults.add("getUpdates", Harm.CLOSED)
    await lone.bot.start()
    faults.clear()
    lone.bot.clock.turn(minutes=6)
    await frozen_once(lone)


async def test_an_interrupted_enrolment_goes_on(lone: Shop) -> None:
    async with shop_of(lone.bot, claim=False) as other:
        owner = other.owner
        owner.say(f"/start {other.claim}")
        key = await owner.take_key()
        photo, text = owner.said()[1:3]
        await owner.settled()
        await restart(other)
        owner.say(owner.code())
        await owner.hear_text("enrol-done")
        await owner.menu()
        assert not any(owner.stands(each) for each in (photo, text))
        assert not any(key in each.text for each in owner.telegram.world.messages(owner.chat))


async def test_killed_while_the_key_is_shown_the_invitation_is_not_lost(lone: Shop) -> None:
    """The claim is spent, the key half shown: the invitation comes again and another key is shown."""
    async with shop_of(lone.bot, claim=False) as other:
        owner = other.owner
        hold = owner.telegram.faults.add("sendPhoto", Harm.HOLD)
        owner.say(f"/start {other.claim}")
        await met(hold)
        await restart(other)
        await owner.settled()
        await owner.take_key()
        owner.say(owner.code())
        await owner.hear_text("enrol-done")
