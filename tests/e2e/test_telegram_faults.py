"""Telegram that fails: what must arrive arrives in the end, and whatever comes twice has one effect."""

import asyncio
import re

import pytest

from changes.till import Status
from demo.botapi.faults import Harm
from demo.model import Json, Message
from demo.world import Press
from tests.e2e.shops import CHEN, FRONT, Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOT_CARRIED_OUT = [Harm.SERVER_ERROR, Harm.GARBAGE, Harm.CLOSED, Harm.FLOOD]


async def frozen_once(shop: Shop) -> None:
    user = await shop.user()
    assert (user.status, user.version) == (Status.FROZEN, "2")
    assert await shop.audit() == ["intent", "outcome applied applied"]


def entries(shop: Shop) -> list[Message]:
    verdict = shop.owner.texts.plain("entry-verdict-applied")
    return [message for message in shop.owner.said() if verdict in message.text]


@pytest.mark.parametrize("harm", NOT_CARRIED_OUT)
async def test_progress_and_entry_arrive_in_the_end(shop: Shop, harm: Harm) -> None:
    owner = shop.owner
    window = await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    # How long Telegram says to wait is measured on a clock that nobody turns.
    faults = [owner.telegram.faults.add(method, harm, 2, 1) for method in ("editMessageText", "sendMessage")]
    await owner.confirm()
    await shop.has_outcome()
    for fault in faults:
        await shop.bot.turn_until(fault.met.is_set)
    await shop.bot.turn_until(lambda: entries(shop))
    progress = await owner.hear_text("progress-applied")
    assert progress.message_id == window.message_id
    assert len(entries(shop)) == 1
    await frozen_once(shop)


async def test_an_entry_whose_answer_was_lost_may_come_twice_and_its_number_says_so(shop: Shop) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    fault = owner.telegram.faults.add("sendMessage", Harm.ANSWER_LOST)
    await owner.confirm()
    await shop.has_outcome()
    await shop.bot.turn_until(fault.met.is_set)
    await shop.bot.turn_until(lambda: len(entries(shop)) == 2)
    first, second = (message.text for message in entries(shop))
    assert first == second
    assert re.search(rf"\b{len(await shop.entries())}\b", first)
    await frozen_once(shop)


async def test_a_progress_edit_whose_answer_was_lost_is_not_an_error(shop: Shop) -> None:
    """The repeat is "message is not modified", which is as good as done."""
    owner = shop.owner
    window = await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    fault = owner.telegram.faults.add("editMessageText", Harm.ANSWER_LOST, 3)
    await owner.confirm()
    await shop.has_outcome()
    await shop.bot.turn_until(fault.met.is_set)
    await shop.bot.turn_until(lambda: entries(shop))
    progress = await owner.hear_text("progress-applied")
    assert progress.message_id == window.message_id
    await frozen_once(shop)


async def test_a_progress_message_that_the_owner_deleted_is_sent_anew(shop: Shop) -> None:
    owner = shop.owner
    window = await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    hold = owner.telegram.faults.add("deleteMessage", Harm.HOLD)
    await owner.confirm()
    await asyncio.wait_for(hold.met.wait(), 10)
    owner.telegram.world.delete(owner.person, window)
    hold.release()
    await owner.hear_text("progress-applied")
    await owner.hear(owner.texts.plain("entry-verdict-applied"))
    told = [m for m in owner.said() if owner.texts.plain("entry-verdict-applied") not in m.text]
    assert len([m for m in told if CHEN in m.text]) == 1, "one progress message, also anew"
    await frozen_once(shop)


async def test_an_owner_who_blocked_the_bot_has_the_change_all_the_same(shop: Shop) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    hold = owner.telegram.faults.add("deleteMessage", Harm.HOLD)
    await owner.confirm()
    await asyncio.wait_for(hold.met.wait(), 10)
    owner.telegram.world.block(owner.person)
    hold.release()
    await owner.settled()
    await shop.has_outcome()
    await frozen_once(shop)
    owner.telegram.world.block(owner.person, blocked=False)
    log = await owner.ask("/audit", owner.text("audit-title", shop="Lin's Tea House"))
    assert owner.texts.plain("entry-verdict-applied") in log.text


def update_of(press: Press) -> Json:
    assert press.update is not None
    return press.update


async def test_one_press_under_several_update_ids_at_once_is_one_press(shop: Shop) -> None:
    owner, world = shop.owner, shop.bot.telegram.world
    await owner.walk("menu-change", FRONT, CHEN)
    press = owner.tap("change-kind-freeze")
    for _ in range(5):
        world.redeliver(update_of(press))
    await press.answered()
    await owner.settled()
    open_ones = [row for row in shop.rows("requests") if row["state"] == "proposed"]
    assert len(open_ones) == 1
    window = await owner.hear(owner.texts.plain("status-frozen"))
    await owner.press("preview-confirm", on=window)
    await owner.confirm()
    await owner.hear_text("progress-applied")
    await frozen_once(shop)


async def test_a_code_message_that_is_delivered_several_times_confirms_once(shop: Shop) -> None:
    owner, world = shop.owner, shop.bot.telegram.world
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    typed = await owner.confirm()
    update = next(
        u for u in reversed(world.updates.history) if u.get("message", {}).get("message_id") == typed.message_id
    )
    for _ in range(5):
        world.redeliver(update)
    await owner.hear_text("progress-applied")
    await owner.hear(owner.texts.plain("entry-verdict-applied"))
    await owner.settled()
    await frozen_once(shop)
    assert len(entries(shop)) == 1
    [factor] = shop.bot.query("SELECT failures FROM factors WHERE person_id = ?", owner.person.id)
    assert factor["failures"] == 0, "a repeat is no wrong code"


async def test_telegram_away_while_a_change_is_applied(shop: Shop) -> None:
    """Nothing can be told, and the change goes its way; it is told when Telegram is back."""
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    faults = owner.telegram.faults
    for method in ("editMessageText", "sendMessage", "deleteMessage"):
        faults.add(method, Harm.CLOSED, 1000)
    typed = await owner.confirm()
    await shop.has_outcome()
    await frozen_once(shop)
    assert owner.stands(typed)
    faults.clear()
    await shop.bot.turn_until(lambda: entries(shop) and not owner.stands(typed))
    await owner.hear_text("progress-applied")
