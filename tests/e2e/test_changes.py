"""Each kind of change, from the menu to the posted entry, and at the till."""

import re

import pytest

from tests.e2e.bench import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_new_pin_made_by_the_bot_opens_the_till(shop: Shop) -> None:
    owner, till = shop.owner, shop.till
    preview = await owner.walk("Change a terminal user", "Front 1", "陈晓雨", "New PIN", "Make one for me")
    assert "PIN: •••• → new PIN" in preview.text
    await owner.walk("Confirm with a code")
    code = owner.say(owner.next_code())
    entry = await owner.hear("Applied and read back")
    shown = await owner.hear("New PIN of 陈晓雨")
    pin = re.findall(r"\b\d{6}\b", shown.text)[0]
    assert shown.protected
    assert owner.telegram.world.message(owner.chat, code.message_id) is None
    assert re.search(r"Entry \d+", entry.text)
    terminal = (await till.terminals())[0]
    await till.sign_in(terminal.id, "01", pin)
