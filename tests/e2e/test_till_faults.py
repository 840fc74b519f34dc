"""A till that fails: what the owner is told at each moment, what the audit says, what the till holds. Nothing twice."""

from datetime import timedelta

import pytest

from changes.request import TRIED_FOR
from changes.till import Status
from demo.model import Message
from pos.embedded.till import Edit, FaultKind, FaultMethod
from tests.e2e.shops import CHEN, FRONT, NAME, Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def confirm_freezing(shop: Shop) -> Message:
    """Confirm; the message that will show how it goes."""
    window = await shop.owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await shop.owner.confirm()
    return window


async def tells(shop: Shop, progress: Message, text: str) -> None:
    """Until the one progress message says it."""
    assert (await shop.owner.hear(text)).message_id == progress.message_id


async def tried(shop: Shop, attempt: int) -> None:
    """Until that attempt is over and the next one waits: turned before, the clock would leap past the step's lease."""

    async def waits() -> bool:
        rows = shop.rows("requests")
        return (rows[-1]["attempts"], rows[-1]["lease_owner"]) == (attempt, None)

    await shop.bot.until(waits)


async def entry_says(shop: Shop, verdict: str) -> None:
    await shop.owner.hear(verdict)
    log = shop.owner.text("audit-title", shop=NAME)
    entries = [each for each in shop.owner.said() if verdict in each.text and log not in each.text]
    assert len(entries) == 1, "one entry is posted for one change"


async def applied_once(shop: Shop, progress: Message) -> None:
    owner = shop.owner
    await tells(shop, progress, owner.text("progress-applied"))
    await entry_says(shop, owner.texts.plain("entry-verdict-applied"))
    user = await shop.user()
    assert (user.status, user.version) == (Status.FROZEN, "2")


async def not_applied(shop: Shop, progress: Message, reason: str) -> None:
    owner = shop.owner
    await tells(shop, progress, owner.text("progress-failed", reason=reason))
    await entry_says(shop, owner.text("entry-verdict-failed", reason=reason))
    user = await shop.user()
    assert (user.status, user.version) == (Status.ACTIVE, "1")


async def test_slow(shop: Shop) -> None:
    """While it is asked, that is said and no more."""
    await shop.till.set_fault(FaultKind.SLOW, seconds=0.8)
    progress = await confirm_freezing(shop)
    await tells(shop, progress, shop.owner.text("progress-applying"))
    assert await shop.audit() == ["intent"]
    await applied_once(shop, progress)
    assert await shop.audit() == ["intent", "outcome applied applied"]


async def test_slower_than_anyone_waits_for(shop: Shop) -> None:
    """The backend waits six seconds; then it is unknown, and the read-back settles it."""
    await shop.till.set_fault(FaultKind.SLOW, seconds=20)
    progress = await confirm_freezing(shop)
    await tells(shop, progress, shop.owner.text("progress-applying"))
    await applied_once(shop, progress)
    assert await shop.audit() == ["intent", "unknown answer-lost", "outcome applied applied"]


@pytest.mark.parametrize("again", [FaultMethod.APPLY, FaultMethod.READ])
async def test_down_for_a_while(shop: Shop, again: FaultMethod) -> None:
    """Down when it is asked, and again when it is looked whether it is back or when it is asked after that."""
    window = await shop.owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await shop.till.set_fault(FaultKind.DOWN)
    await shop.till.set_fault(FaultKind.DOWN, method=again)
    await shop.owner.confirm()
    for attempt in (1, 2):
        # Each attempt is told, so that the owner sees that it goes on.
        await tells(shop, window, shop.owner.text("progress-waiting", attempts=attempt))
        await tried(shop, attempt)
        assert await shop.audit() == ["intent"]
        assert (await shop.user()).status is Status.ACTIVE
        shop.bot.clock.turn(minutes=1)
    await applied_once(shop, window)
    assert await shop.audit() == ["intent", "outcome applied applied"]


async def test_down_for_good(shop: Shop) -> None:
    """It is tried for a quarter of an hour, however many attempts that makes, and no longer."""
    owner, pause = shop.owner, timedelta(minutes=2)
    await shop.till.set_fault(FaultKind.DOWN, times=1000)
    progress = await confirm_freezing(shop)
    for attempt in range(1, TRIED_FOR // pause + 2):
        await tells(shop, progress, owner.text("progress-waiting", attempts=attempt))
        await tried(shop, attempt)
        shop.bot.clock.turn(seconds=pause.total_seconds())
    await not_applied(shop, progress, owner.texts.plain("result-not-reached"))
    assert await shop.audit() == ["intent", "outcome failed not-reached"]


async def test_refused(shop: Shop) -> None:
    await shop.till.set_fault(FaultKind.REFUSED)
    progress = await confirm_freezing(shop)
    await not_applied(shop, progress, shop.owner.texts.plain("till-refused-other"))
    assert await shop.audit() == ["intent", "outcome failed refused-other"]


async def test_answer_lost_and_read_back_at_once(shop: Shop) -> None:
    await shop.till.set_fault(FaultKind.LOST)
    progress = await confirm_freezing(shop)
    await applied_once(shop, progress)
    assert await shop.audit() == ["intent", "unknown answer-lost", "outcome applied applied"]


async def test_answer_lost_and_no_reading_back_for_a_while(shop: Shop) -> None:
    """The till holds it and nobody knows: unknown is said until it is read back."""
    window = await shop.owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await shop.till.set_fault(FaultKind.LOST)
    await shop.till.set_fault(FaultKind.DOWN, times=1000, method=FaultMethod.READ)
    await shop.owner.confirm()
    await tells(shop, window, shop.owner.text("progress-unknown"))
    assert (await shop.user()).version == "2"
    assert await shop.audit() == ["intent", "unknown answer-lost"]
    log = await shop.owner.ask("/audit", shop.owner.text("audit-title", shop=NAME))
    assert shop.owner.texts.plain("entry-verdict-unknown") in log.text
    await shop.till.clear_faults()
    shop.bot.clock.turn(minutes=1)
    await applied_once(shop, window)
    assert await shop.audit() == ["intent", "unknown answer-lost", "outcome applied applied"]


async def test_question_lost(shop: Shop) -> None:
    """The till never heard it: read back, it is not there, so it is asked again under the same key."""
    await shop.till.set_fault(FaultKind.LOST_BEFORE)
    progress = await confirm_freezing(shop)
    await tells(shop, progress, shop.owner.text("progress-unknown"))
    shop.bot.clock.turn(minutes=1)
    await applied_once(shop, progress)
    assert await shop.audit() == ["intent", "unknown answer-lost", "outcome applied applied"]


async def test_yes_said_and_something_else_shown_at_first(shop: Shop) -> None:
    """Neither is believed until it is read back."""
    await shop.till.set_fault(FaultKind.WRONG_READBACK)
    progress = await confirm_freezing(shop)
    await tells(shop, progress, shop.owner.text("progress-unknown-differs"))
    assert await shop.audit() == ["intent", "unknown differs"]
    shop.bot.clock.turn(minutes=1)
    await applied_once(shop, progress)
    assert await shop.audit() == ["intent", "unknown differs", "outcome applied applied"]


async def test_yes_said_and_something_else_shown_for_good(shop: Shop) -> None:
    """The owner is told what is known: what the till said, what it shows, and to go and look."""
    await shop.till.set_fault(FaultKind.WRONG_READBACK, times=1000)
    progress = await confirm_freezing(shop)
    await tells(shop, progress, shop.owner.text("progress-unknown-differs"))
    told = shop.owner.text("progress-differs")
    await shop.bot.turn_until(lambda: [each for each in shop.owner.said() if told in each.text])
    await tells(shop, progress, told)
    await entry_says(shop, shop.owner.texts.plain("entry-verdict-differs"))
    assert await shop.audit() == ["intent", "unknown differs", "outcome failed differs"]
    assert (await shop.user()).version == "2", "asked once"


async def test_a_pin_that_was_not_applied_is_never_shown(shop: Shop) -> None:
    owner = shop.owner
    await shop.till.set_fault(FaultKind.REFUSED)
    await owner.go_to_code(FRONT, CHEN, "change-kind-pin", "change-pin-make")
    await owner.confirm()
    await owner.hear_text("progress-failed", reason=owner.texts.plain("till-refused-other"))
    await owner.hear(owner.text("entry-verdict-failed", reason=owner.texts.plain("till-refused-other")))
    coming = owner.texts.html("secret-coming")
    assert not [call for call in owner.calls() if call.parameters.get("text") == coming]
    assert shop.rows("requests")[0]["sealed_secret"] is None


async def test_the_user_was_changed_at_the_till_before_the_code(shop: Shop) -> None:
    owner = shop.owner
    await owner.walk("menu-change", FRONT, CHEN, "change-kind-rename")
    owner.say("陈小雨")
    await owner.hear("陈小雨")
    await owner.walk("preview-confirm")
    user = await shop.user()
    await shop.till.change((await shop.front()).id, user.id, Edit(name="陈晓宇"), version="1", key="by hand")
    await owner.confirm()
    await owner.hear_text("progress-failed", reason=owner.texts.plain("till-refused-stale-version"))
    assert await shop.audit() == ["intent", "outcome failed refused-stale-version"]
    assert (await shop.user()).name == "陈晓宇"
