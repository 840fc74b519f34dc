"""The button under a posted entry puts back what it says, with a preview and a code of its own."""

import pytest

from changes.till import Status
from pos.embedded.till import Edit
from tests.e2e.bench import BotProcess
from tests.e2e.shops import CHEN, FRONT, Shop, shop_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_freeze_is_undone_from_its_entry(shop: Shop) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await owner.confirm()
    entry = await owner.hear(owner.text("entry-verdict-applied"))
    await owner.press("entry-undo", on=entry)
    await owner.with_button("preview-confirm", after=entry.message_id)
    await owner.walk("preview-confirm")
    await owner.confirm()
    undone = await owner.hear(owner.text("entry-verdict-applied"), after=entry.message_id)
    number = (await shop.entries())[-1].facts["undoes"]
    assert owner.text("entry-undoes", number=str(number)) in undone.text
    assert (await shop.user()).status is Status.ACTIVE


async def test_an_undo_of_a_user_changed_since_is_refused(shop: Shop) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await owner.confirm()
    entry = await owner.hear(owner.text("entry-verdict-applied"))
    user = await shop.user()
    edit = Edit(status=Status.ACTIVE)
    await shop.till.change(user.terminal_id, user.id, edit, version=user.version, key="at-the-till")
    press = owner.tap("entry-undo", on=entry)
    assert (await press.answered()).text == owner.text("refused-changed-since")


async def test_a_pin_is_not_put_back_but_given_anew(shop: Shop) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-pin", "change-pin-make")
    await owner.confirm()
    entry = await owner.hear(owner.text("entry-verdict-applied"))
    press = owner.tap("entry-new-pin", on=entry)
    assert (await press.answered()).text == owner.text("undo-new-pin")
    await owner.with_button("change-pin-make", after=entry.message_id)
    await owner.walk("change-pin-make", "preview-confirm")


async def test_another_owners_button_does_nothing(bot: BotProcess, shop: Shop) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await owner.confirm()
    entry = await owner.hear(owner.text("entry-verdict-applied"))
    data = entry.keyboard[0][0]["callback_data"]
    async with shop_of(bot) as other:
        press = owner.telegram.world.press_raw(other.owner.person, other.owner.window().message_id, data)
        assert (await press.answered()).text == other.owner.text("refused-not-allowed")
    assert (await shop.user()).status is Status.FROZEN
