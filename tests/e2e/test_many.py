"""One code for many in each language: everyone at the bar but one, of whom one is signed in."""

from collections.abc import AsyncIterator

import pytest

from changes.audit import EntryKind
from changes.till import Status, UserQuery
from tests.e2e.bench import FIRST_PIN, BotProcess
from tests.e2e.conftest import each
from tests.e2e.shops import Shop, shop_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

BAR = "Bar"
LEFT_OUT = "吴昊"
FROZEN = {"Ben O'Neill", "Nina Rossi"}


@each
async def shop(bot: BotProcess, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    async with shop_of(bot, language=request.param) as made:
        yield made


@pytest.mark.parametrize("shop", ["en", "zh-hans"], indirect=True)
async def test_each_has_an_entry_and_all_have_a_summary(shop: Shop) -> None:
    owner, texts = shop.owner, shop.owner.texts
    (bar,) = [terminal for terminal in await shop.till.terminals() if BAR in terminal.name]
    await shop.till.sign_in(bar.id, "01", FIRST_PIN)
    await owner.walk("menu-change", BAR, "many-open-everyone", texts.plain("many-freeze", freeze=4))
    preview = await owner.walk(LEFT_OUT, texts.plain("many-check", chosen=3))
    assert owner.text("many-caution-signed-in") in preview.text
    assert LEFT_OUT not in preview.text
    window = await owner.walk("preview-confirm")
    typed = await owner.confirm()

    summary = owner.text(
        "entry-batch-outcome", change=texts.plain("change-kind-freeze"), total=3, applied=2, failed=1, abandoned=0
    )
    posted = await owner.hear(summary, after=typed.message_id, within=30)
    progress = await owner.hear_text("progress-batch", total=3, open=0)
    assert progress.message_id == window.message_id
    assert owner.text("batch-counts", applied=2, failed=1, unknown=0, open=0) in progress.text
    assert owner.text("till-refused-signed-in") in progress.text
    assert owner.button("home", progress)

    kinds = [entry.kind for entry in await shop.entries() if "batch" in entry.facts]
    assert kinds.count(EntryKind.CHANGE_INTENT) == kinds.count(EntryKind.CHANGE_OUTCOME) == 3
    assert kinds.count(EntryKind.BATCH_OUTCOME) == 1
    assert kinds[-1] is EntryKind.BATCH_OUTCOME
    told = [message.text for message in owner.said() if typed.message_id < message.message_id <= posted.message_id]
    assert sum(owner.text("entry-verdict-applied") in text for text in told) == 2
    users = (await shop.till.users(bar.id, UserQuery(limit=50))).users
    assert {user.name for user in users if user.status is Status.FROZEN} == FROZEN
    assert await shop.till.signed_in(bar.id) is not None
