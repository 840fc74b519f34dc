"""Somebody changes users at the till itself: the owner is told, and freezes one of them from the message."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from changes.till import Role, Status
from pos.embedded.till import Edit, NewUser
from tests.e2e.bench import FIRST_PIN, BotProcess, bot_on
from tests.e2e.conftest import each
from tests.e2e.shops import CHEN, Shop, shop_of
from tests.e2e.traces import leaked

pytestmark = pytest.mark.asyncio(loop_scope="session")


@each
async def shop(tmp_path: Path, till: Path, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    """Of a bot that looks at its tills."""
    async with bot_on(tmp_path, till, reads_beside=True) as bot, shop_of(bot, language=request.param) as made:
        yield made
    assert leaked(bot) == set()


@pytest.mark.parametrize("shop", ["en", "zh-hans"], indirect=True)
async def test_what_nobody_did_through_the_bot_is_told_and_answered_with_a_freeze(shop: Shop) -> None:
    owner, texts, bot = shop.owner, shop.owner.texts, shop.bot
    await _looked(bot)
    front = await shop.front()
    chen = await shop.user()
    await shop.till.change(front.id, chen.id, Edit(role=Role.MANAGER), version=chen.version, key="at-the-till")
    await shop.till.add_user(front.id, NewUser("88", "Eve", Role.SUPERVISOR, FIRST_PIN))
    bot.clock.turn(hours=1)

    told = await owner.hear(owner.text("drift-what-now"), within=30)
    assert texts.plain("role-cashier") in told.text
    assert "Eve" in told.text
    assert shop.rows("sightings")
    await owner.press(texts.plain("drift-open", name=CHEN, number="01"), on=told)
    await owner.with_button("change-kind-freeze", after=told.message_id)
    await owner.walk("change-kind-freeze", "preview-confirm")
    await owner.confirm()
    await owner.hear(owner.text("entry-verdict-applied"), after=told.message_id)
    assert (await shop.user()).status is Status.FROZEN

    async def kept() -> bool:
        return [row["roster"] for row in bot.query("SELECT roster FROM snapshots")] == ["taken"]

    await bot.until(kept)
    # The freeze came through the bot, and the rest was told.
    since = owner.said()[-1].message_id
    await _looked(bot)
    assert not [message for message in owner.said() if message.message_id > since]


async def _looked(bot: BotProcess) -> None:
    """Turn the clock to the next look, and until it was kept."""

    def last() -> list[object]:
        return [row[0] for row in bot.query("SELECT max(began_at) FROM sightings")]

    before = last()
    bot.clock.turn(hours=1)

    async def kept() -> bool:
        return last() != before

    await bot.until(kept)
