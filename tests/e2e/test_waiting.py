"""Changes that wait, on the real bot with a clock that is turned: done, ended and dropped at their time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from changes.till import Status
from tests.e2e.bench import BotProcess
from tests.e2e.shops import CHEN, FRONT, ZONE, Shop, shop_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


def shop_time(bot: BotProcess) -> datetime:
    return bot.clock.now().astimezone(ZoneInfo(ZONE))


def turn_to(bot: BotProcess, weekday: int, hour: int) -> None:
    """A minute past the next `hour` o'clock of that day; 0 is Monday."""
    now = shop_time(bot)
    ahead = now.replace(hour=hour, minute=1, second=0, microsecond=0) + timedelta(days=(weekday - now.weekday()) % 7)
    if ahead <= now:
        ahead += timedelta(days=7)
    bot.clock.turn(seconds=(ahead - now).total_seconds())


async def test_a_freeze_until_monday_is_extended_and_ends_by_itself(lone: Shop) -> None:
    """In Chinese, typed; the till is asked by nobody but the worker."""
    bot = lone.bot
    turn_to(bot, 2, 9)
    async with shop_of(bot, language="zh-hans") as shop:
        owner = shop.owner
        await owner.walk("menu-change", FRONT, CHEN, "change-kind-freeze", "preview-to-until")
        monday = owner.text("when", weekday=1, date=_date(bot, 0), time="08:00")
        await owner.ask("到周一早上八点", monday)
        await owner.walk("preview-confirm")
        await owner.confirm()
        frozen = await owner.hear(owner.text("entry-verdict-applied"))
        assert owner.text("entry-until", when=monday) in frozen.text
        assert (await shop.user()).status is Status.FROZEN

        said = owner.say("/waiting")
        await owner.hear(owner.text("waiting-press"), after=said.message_id)
        tuesday = owner.text("when", weekday=2, date=_date(bot, 1), time="08:00")
        await owner.walk(CHEN, "waiting-lasts")
        await owner.ask("到下周二早上八点", f"{monday} → {tuesday}")
        await owner.walk("preview-confirm")
        await owner.confirm()
        moved = await owner.hear(owner.text("entry-verdict-moved"))
        assert tuesday in moved.text

        turn_to(bot, 0, 8)
        await owner.settled()
        assert (await owner.ask("/waiting", owner.text("waiting-press"))).message_id
        assert (await shop.user()).status is Status.FROZEN
        turn_to(bot, 1, 8)
        ended = await owner.hear(owner.text("entry-ends"), after=moved.message_id)
        assert owner.text("entry-verdict-applied") in ended.text
        assert (await shop.user()).status is Status.ACTIVE
        assert await shop.audit() == [
            "intent",
            "outcome applied applied",
            "intent",
            "moved",
            "outcome applied applied",
        ]


def _date(bot: BotProcess, weekday: int) -> str:
    """The next such day in the shop; 0 is Monday."""
    today = shop_time(bot).date()
    return str(today + timedelta(days=(weekday - today.weekday()) % 7))


async def test_a_scheduled_rename_is_dropped_with_a_code(lone: Shop) -> None:
    bot, owner = lone.bot, lone.owner
    turn_to(bot, 3, 9)
    await owner.walk("menu-change", FRONT, CHEN, "change-kind-rename")
    await owner.ask("Chen Xiaoyu", owner.text("preview-now"))
    await owner.walk("preview-to-when", "Tonight 22:00", "preview-confirm")
    await owner.confirm()
    when = owner.text("when", weekday=4, date=str(shop_time(bot).date()), time="22:00")
    progress = await owner.hear(owner.text("progress-scheduled", when=when))
    scheduled = await owner.hear(owner.text("entry-verdict-scheduled"))

    await owner.press("entry-waiting", on=scheduled)
    await owner.with_button("waiting-drop", after=scheduled.message_id)
    await owner.walk("waiting-drop", "preview-confirm")
    typed = await owner.confirm()
    await owner.hear(owner.text("entry-verdict-dropped"), after=scheduled.message_id)
    await owner.hear(owner.text("progress-dropped"), after=progress.message_id - 1)
    await owner.gone(typed)

    turn_to(bot, 3, 23)
    await owner.settled()
    assert (await lone.user()).name == CHEN
    assert await lone.audit() == ["intent", "dropped dropped"]
