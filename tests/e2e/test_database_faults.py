"""A database that cannot be written: no call to the till, the owner is told, nothing is half done; then it works."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest

from changes.till import Status
from tests.e2e.bench import BotProcess
from tests.e2e.conftest import each
from tests.e2e.shops import CHEN, FRONT, Shop, shop_of
from tests.e2e.traces import logged

pytestmark = pytest.mark.asyncio(loop_scope="session")


@each
async def shop(bot: BotProcess) -> AsyncIterator[Shop]:
    async with shop_of(bot) as made:
        yield made


@contextmanager
def failing(shop: Shop, act: str, table: str, which: str) -> Iterator[None]:
    """This act on these rows fails, as on a full disk."""
    shop.bot.sql(
        f"CREATE TRIGGER failing BEFORE {act} ON {table} WHEN {which} "
        "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    )
    try:
        yield
    finally:
        shop.bot.sql("DROP TRIGGER failing")


async def told_with_id(shop: Shop, after: int = 0) -> str:
    """The id that the owner was told; the log has it too, with the trace that the owner is not shown."""
    start, _, end = shop.owner.text("unexpected", id="#").partition("#")
    heard = await shop.owner.hear(start, after=after)
    error_id = heard.text[heard.text.index(start) + len(start) :].removesuffix(end)
    assert re.fullmatch(r"[0-9a-f]{8}", error_id)
    assert [line for line in logged(shop.bot) if line.get("error_id") == error_id and "Traceback" in line["exception"]]
    assert not any("Traceback" in message.text or "full" in message.text for message in shop.owner.said())
    return error_id


@pytest.mark.parametrize(
    ("act", "table", "which"),
    [
        ("INSERT", "audit", "NEW.shop_id = {shop}"),
        ("UPDATE", "requests", "NEW.shop_id = {shop} AND NEW.state = 'confirmed'"),
        ("INSERT", "outbox", "NEW.shop_id = {shop}"),
        ("UPDATE", "factors", "NEW.person_id = {person}"),
    ],
    ids=["intent", "request", "queue", "code"],
)
async def test_the_code_cannot_be_recorded(shop: Shop, act: str, table: str, which: str) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    with failing(shop, act, table, which.format(shop=shop.id, person=owner.person.id)):
        code = owner.next_code()
        typed = owner.say(code)
        await told_with_id(shop)
        await owner.settled()
    assert not owner.stands(typed)
    assert await shop.audit() == []
    assert [row["state"] for row in shop.rows("requests")] == ["proposed"]
    user = await shop.user()
    assert (user.status, user.version) == (Status.ACTIVE, "1")

    # Nothing was spent, so the same code still confirms, once the disk has room.
    owner.say(code)
    await owner.hear_text("progress-applied")
    await owner.hear(owner.texts.plain("entry-verdict-applied"))
    assert await shop.audit() == ["intent", "outcome applied applied"]


async def test_a_proposal_cannot_be_kept(shop: Shop) -> None:
    owner = shop.owner
    window = await owner.walk("menu-change", FRONT, CHEN)
    with failing(shop, "INSERT", "requests", f"NEW.shop_id = {shop.id}"):
        answer = await owner.alert("change-kind-freeze")
        said = [answer, *(message.text for message in owner.said())]
        assert any(owner.text("unexpected", id="#").partition("#")[0] in text for text in said)
    assert shop.rows("requests") == []
    assert owner.window().message_id == window.message_id
    await owner.walk("change-kind-freeze", "preview-confirm")


async def test_the_outcome_cannot_be_recorded(shop: Shop) -> None:
    """The till was asked and has it; until that can be written down nothing is claimed, and it is not asked twice."""
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    with failing(shop, "INSERT", "audit", f"NEW.shop_id = {shop.id} AND NEW.kind <> 'change.intent'"):
        await owner.confirm()
        await owner.hear_text("progress-applying")
        await owner.ask("/menu", owner.text("menu-home", shop="Lin's Tea House"))
        assert await shop.audit() == ["intent"]
        assert not any(owner.text("progress-applied") in message.text for message in owner.said())
    shop.bot.clock.turn(minutes=5)
    await owner.hear_text("progress-applied")
    await owner.hear(owner.texts.plain("entry-verdict-applied"))
    user = await shop.user()
    assert (user.status, user.version) == (Status.FROZEN, "2")
    assert (await shop.audit())[-1] == "outcome applied applied"
    assert [line.partition(" ")[0] for line in await shop.audit()].count("outcome") == 1
