"""Each kind of change in each language: from the menu to the posted entry, and at the till."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from changes.backend import ChangeKind
from changes.till import Role, Status
from demo.model import Message
from tests.e2e.bench import FIRST_PIN, BotProcess
from tests.e2e.conftest import each
from tests.e2e.owner import shown
from tests.e2e.shops import CHEN, FRONT, Shop, shop_of
from tests.e2e.traces import found_in, stored

pytestmark = pytest.mark.asyncio(loop_scope="session")


@each
async def shop(bot: BotProcess, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    async with shop_of(bot, language=request.param) as made:
        yield made


in_both_languages = pytest.mark.parametrize("shop", ["en", "zh-hans"], indirect=True)


@dataclass
class Told:
    """What the owner was told of one change."""

    progress: Message
    entry: Message


async def carry_out(shop: Shop, line: str, *, more: str = "", made: bool = False) -> Told:
    """Confirm what is asked for, and check all that is told: one progress message, then the entry."""
    owner = shop.owner
    window, since = owner.window(), len(owner.telegram.calls)
    typed = await owner.confirm()
    entry = await owner.hear(owner.texts.plain("entry-verdict-applied"))
    await owner.hear_text("progress-applied")
    outcome = (await shop.entries())[-1]
    assert entry.text == shop.entry_text(outcome, line, more=more)
    assert await shop.audit() == ["intent", "outcome applied applied"]
    progress = owner.telegram.world.message(owner.chat, window.message_id)
    assert progress is not None
    assert owner.button("home", progress)

    edited = [call.parameters["message_id"] for call in owner.calls("editMessageText", since)]
    sent = [call.result["message_id"] for call in owner.calls("sendMessage", since)]
    assert str(window.message_id) in map(str, edited)
    assert len(sent) == (2 if made else 1), "the entry is a message of its own, and nothing else is new but a PIN"
    assert sent[-1] == entry.message_id
    assert not owner.stands(typed)
    return Told(progress, entry)


def status_line(shop: Shop, kind: ChangeKind, before: Status, after: Status) -> str:
    texts = shop.owner.texts
    now, then = (texts.plain(f"status-{status.value}") for status in (before, after))
    return texts.html(f"change-line-{kind.value}", before=now, after=then)


@in_both_languages
async def test_rename(shop: Shop) -> None:
    owner = shop.owner
    await owner.walk("menu-change", FRONT, CHEN, "change-kind-rename")
    owner.say("陈 <b>小雨</b> & Co")
    line = owner.texts.html("change-line-rename", before=CHEN, after="陈 <b>小雨</b> & Co")
    await owner.hear(shown(line))
    await owner.walk("preview-confirm")
    await carry_out(shop, line)
    assert (await shop.user()).name == "陈 <b>小雨</b> & Co"


@in_both_languages
async def test_a_pin_made_by_the_bot(shop: Shop) -> None:
    owner = shop.owner
    preview = await owner.walk("menu-change", FRONT, CHEN, "change-kind-pin", "change-pin-make")
    assert owner.text("change-line-pin-made") in preview.text
    await owner.walk("preview-confirm")
    await carry_out(shop, owner.texts.html("change-line-pin"), made=True)
    terminal = (await shop.front()).name
    message = await owner.with_button("secret-noted")
    pin = re.findall(r"\b\d{6}\b", message.text)[0]
    assert message.protected
    assert message.text == owner.text("secret-shown", name=CHEN, number="01", terminal=terminal, pin=pin, seconds=60)
    assert await shop.signs_in(pin)
    assert not await shop.signs_in(FIRST_PIN)


@in_both_languages
async def test_a_pin_typed_by_the_owner(shop: Shop) -> None:
    owner = shop.owner
    await owner.walk("menu-change", FRONT, CHEN, "change-kind-pin", "change-pin-type")
    typed = owner.say_secret("83017264")
    await owner.hear_text("change-line-pin")
    assert not owner.stands(typed)
    await owner.walk("preview-confirm")
    await carry_out(shop, owner.texts.html("change-line-pin"))
    assert await shop.signs_in("83017264")
    assert not await shop.signs_in(FIRST_PIN)
    assert not found_in(stored(shop.bot), {"83017264"})


@in_both_languages
async def test_role(shop: Shop) -> None:
    owner = shop.owner
    await owner.walk("menu-change", FRONT, CHEN, "change-kind-role")
    preview = await owner.walk("role-supervisor")
    assert owner.text("caution-more-rights") in preview.text
    await owner.walk("preview-confirm")
    before, after = (owner.texts.plain(key) for key in ("role-cashier", "role-supervisor"))
    await carry_out(shop, owner.texts.html("change-line-role", before=before, after=after))
    assert (await shop.user()).role is Role.SUPERVISOR


@in_both_languages
async def test_freeze_and_unfreeze(shop: Shop) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    told = await carry_out(shop, status_line(shop, ChangeKind.FREEZE, Status.ACTIVE, Status.FROZEN))
    assert (await shop.user()).status is Status.FROZEN
    assert not await shop.signs_in(FIRST_PIN)

    await owner.go_home(told.progress)
    await owner.go_to_code(FRONT, CHEN, "change-kind-unfreeze")
    await owner.confirm()
    entry = await owner.hear(owner.texts.plain("entry-verdict-applied"), after=told.entry.message_id)
    line = status_line(shop, ChangeKind.UNFREEZE, Status.FROZEN, Status.ACTIVE)
    assert entry.text == shop.entry_text((await shop.entries())[-1], line)
    assert await shop.signs_in(FIRST_PIN)


@in_both_languages
async def test_freezing_the_signed_in_user_ends_their_session_where_asked_to(shop: Shop) -> None:
    owner = shop.owner
    assert await shop.signs_in(FIRST_PIN)
    preview = await owner.walk("menu-change", FRONT, CHEN, "change-kind-freeze")
    assert owner.text("caution-signed-in") in preview.text
    await owner.walk("preview-force-off")
    assert owner.button("preview-force-on", owner.window())
    await owner.walk("preview-confirm")
    line = status_line(shop, ChangeKind.FREEZE, Status.ACTIVE, Status.FROZEN)
    await carry_out(shop, line, more=owner.texts.html("entry-forced"))
    assert await shop.till.signed_in((await shop.front()).id) is None


@in_both_languages
async def test_freezing_the_signed_in_user_is_refused_by_the_till_otherwise(shop: Shop) -> None:
    owner = shop.owner
    assert await shop.signs_in(FIRST_PIN)
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await owner.confirm()
    reason = owner.texts.plain("till-refused-signed-in")
    await owner.hear_text("progress-failed", reason=reason)
    await owner.hear_text("entry-verdict-failed", reason=reason)
    assert await shop.audit() == ["intent", "outcome failed refused-signed-in"]
    assert (await shop.user()).status is Status.ACTIVE
    assert await shop.till.signed_in((await shop.front()).id) is not None


@in_both_languages
async def test_the_audit_shows_the_entries(shop: Shop) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    line = status_line(shop, ChangeKind.FREEZE, Status.ACTIVE, Status.FROZEN)
    told = await carry_out(shop, line)
    log = await owner.ask("/audit", owner.text("audit-title", shop="Lin's Tea House"))
    entries = await shop.entries()
    assert told.entry.text in log.text
    assert shop.entry_text(entries[-2], line, verdict="entry-verdict-intent") in log.text
    assert [f"#{entry.hash[:12]}" in log.text for entry in entries] == [True] * len(entries)
