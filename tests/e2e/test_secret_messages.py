"""Codes and PINs do not stay: the order of the bot's calls, deletions that fail, the message with a new PIN."""

import re

import pytest

from demo.botapi.faults import Harm
from demo.model import Message
from tests.e2e.owner import Owner
from tests.e2e.shops import CHEN, FRONT, Shop
from tests.e2e.traces import found_in, leaked, stored

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def first_after(owner: Owner, since: int, typed: Message) -> None:
    """The first thing the bot did about this chat was to delete what was typed."""
    await owner.gone(typed)
    await owner.settled()
    first = owner.calls(since=since)[0]
    assert (first.method, str(first.parameters["message_id"])) == ("deleteMessage", str(typed.message_id))


@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
async def test_a_code_is_deleted_before_anything_else(shop: Shop, right: bool) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    code, since = owner.next_code(), len(owner.telegram.calls)
    await first_after(owner, since, owner.say_secret(code if right else owner.wrong_code()))


@pytest.mark.parametrize("pin", ["83017264", "123456"], ids=["good", "trivial"])
async def test_a_typed_pin_is_deleted_before_anything_else(shop: Shop, pin: str) -> None:
    owner = shop.owner
    await owner.walk("menu-change", FRONT, CHEN, "change-kind-pin", "change-pin-type")
    since = len(owner.telegram.calls)
    await first_after(owner, since, owner.say(pin))


@pytest.mark.parametrize("where", ["menu", "user card", "preview", "no conversation"])
async def test_digits_that_nobody_asked_for_are_deleted_before_anything_else(shop: Shop, where: str) -> None:
    owner = shop.owner
    ways = {
        "menu": [],
        "user card": ["menu-change", FRONT, CHEN],
        "preview": ["menu-change", FRONT, CHEN, "change-kind-freeze"],
    }
    await owner.walk(*ways.get(where, ways["preview"]))
    if where == "no conversation":
        await owner.walk("preview-confirm")
        await owner.confirm()
        await owner.hear(owner.texts.plain("entry-verdict-applied"))
        await owner.settled()
    since = len(owner.telegram.calls)
    await first_after(owner, since, owner.say(owner.next_code()))
    await owner.hear_text("digits-removed")


@pytest.mark.parametrize("harm", [Harm.SERVER_ERROR, Harm.CLOSED, Harm.GARBAGE, Harm.FLOOD])
async def test_a_code_that_could_not_be_deleted_is_deleted_later(shop: Shop, harm: Harm) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    owner.telegram.faults.add("deleteMessage", harm, seconds=30)
    typed = await owner.confirm()
    await owner.hear_text("progress-applied")
    shop.bot.clock.turn(seconds=31)
    await owner.gone(typed)
    await owner.hear(owner.texts.plain("entry-verdict-applied"))


async def test_a_pin_whose_deletion_fails_for_a_while_is_deleted_in_the_end(shop: Shop) -> None:
    owner = shop.owner
    await owner.walk("menu-change", FRONT, CHEN, "change-kind-pin", "change-pin-type")
    faults = [owner.telegram.faults.add("deleteMessage", Harm.SERVER_ERROR) for _ in range(4)]
    typed = owner.say_secret("83017264")
    await owner.hear_text("change-line-pin")
    for fault in faults:
        await shop.bot.turn_until(fault.met.is_set)
    shop.bot.clock.turn(minutes=1)
    await owner.gone(typed)


async def made_pin(shop: Shop) -> tuple[Message, str]:
    """The message with a new PIN, and the PIN."""
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-pin", "change-pin-make")
    await owner.confirm()
    await owner.hear(owner.texts.plain("entry-verdict-applied"))
    shown = await owner.with_button("secret-noted")
    pin = re.findall(r"\b\d{6}\b", shown.text)[0]
    shop.bot.secrets.add(pin)
    return shown, pin


async def test_a_new_pin_deletes_itself_after_a_minute(shop: Shop) -> None:
    shown, _ = await made_pin(shop)
    assert shown.protected
    shop.bot.clock.turn(seconds=55)
    await shop.owner.ask("/menu", shop.owner.text("menu-home", shop="Lin's Tea House"))
    assert shop.owner.stands(shown)
    shop.bot.clock.turn(seconds=6)
    await shop.owner.gone(shown)


async def test_noted_deletes_a_new_pin_at_once(shop: Shop) -> None:
    owner = shop.owner
    shown, _ = await made_pin(shop)
    await owner.press("secret-noted", on=shown)
    await owner.gone(shown)
    shop.bot.clock.turn(seconds=61)
    # The deletion that was due anyway finds nothing and bothers nobody.
    await owner.ask("/menu", owner.text("menu-home", shop="Lin's Tea House"))
    assert await shop.audit() == ["intent", "outcome applied applied"]


async def test_a_new_pin_is_in_no_other_message_no_log_and_not_in_the_database(shop: Shop) -> None:
    owner, since = shop.owner, len(shop.bot.telegram.calls)
    shown, pin = await made_pin(shop)
    await owner.press("secret-noted", on=shown)
    await owner.gone(shown)
    told = [call for call in owner.calls(since=since) if pin in str(call.parameters)]
    assert [call.method for call in told] == ["editMessageText"]
    assert all(call.parameters["message_id"] in (shown.message_id, str(shown.message_id)) for call in told)
    assert not any(pin in message.text for message in owner.telegram.world.messages(owner.chat))
    assert found_in(stored(shop.bot), {pin, owner.secret}) == set()
    assert leaked(shop.bot) == set()
    [request] = shop.rows("requests")
    assert request["sealed_secret"] is None
    assert await shop.signs_in(pin)


async def test_a_typed_pin_is_not_kept_after_the_change(shop: Shop) -> None:
    owner = shop.owner
    await owner.walk("menu-change", FRONT, CHEN, "change-kind-pin", "change-pin-type")
    owner.say_secret("83017264")
    await owner.hear_text("change-line-pin")
    await owner.settled()
    [request] = shop.rows("requests")
    assert request["sealed_secret"]
    assert found_in(stored(shop.bot), {"83017264"}) == set()
    owner.say("/cancel")
    await owner.hear_text("cancelled")
    await owner.settled()
    assert shop.rows("requests")[0]["sealed_secret"] is None
