"""A shop whose terminals nobody reaches: from the menu through the steps at the till to the posted entry."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from changes.case import CASE_LASTS
from changes.claiming import AddShop
from changes.till import TerminalUser, UserQuery
from demo.model import Message, Part
from pos.guided.backend import GuidedBackend
from pos.registry import open_backend, prepare
from tests.e2e.bench import BotProcess, bot_on
from tests.e2e.owner import Owner, buttons_of
from tests.e2e.shops import CHEN, NAME, ZONE
from tests.e2e.traces import leaked

pytestmark = pytest.mark.asyncio(loop_scope="session")

FRONT = "Front 前台"


@dataclass
class Shop:
    """An owner at the menu, and the register of who is at the terminals."""

    id: int
    owner: Owner
    register: GuidedBackend

    async def users(self, search: str) -> tuple[TerminalUser, ...]:
        (terminal,) = await self.register.terminals()
        return (await self.register.users(terminal.id, UserQuery(search=search))).users

    async def chen(self) -> TerminalUser:
        return (await self.users(CHEN))[0]

    async def said(self) -> list[tuple[str, str]]:
        """The audit's entries about changes: kind, and result or answer."""
        async with self.owner.bot.parts() as parts, parts.store.read() as tx:
            entries = [entry async for entry in tx.audit.walk(self.id)]
        changes = [entry for entry in entries if entry.kind.value.startswith("change.")]
        return [(entry.kind.value, str(entry.facts.get("result", entry.facts.get("answer", "")))) for entry in changes]

    async def card(self) -> Message:
        """The card of a freeze that was confirmed."""
        window = await self.owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
        await self.owner.confirm()
        return await self.owner.hear(self.owner.text("progress-guided"), after=window.message_id - 1)

    async def done(self, window: Message, steps: int) -> Message:
        """From the window that asks for a code to the end: every step ticked, and it works."""
        await self.owner.confirm()
        card = await self.owner.hear(self.owner.text("progress-guided"), after=window.message_id - 1)
        await self.tick(card, *range(1, steps + 1))
        ticked = await self.owner.with_button("case-worked", after=card.message_id - 1)
        await self.owner.press("case-worked", on=ticked)
        return await self.owner.hear(self.owner.text("progress-applied-by-person"), after=card.message_id - 1)

    async def tick(self, card: Message, *places: int) -> None:
        for place in places:
            await self.owner.press(f"☐ {place}", on=card)
            await self.owner.with_button(f"☑ {place}", after=card.message_id - 1)


async def made_on(bot: BotProcess, folder: Path, language: str = "en") -> Shop:
    options = {"brand": "lakala", "path": str(folder / "register.db"), "terminals": FRONT, "users": f"01:{CHEN}"}
    await prepare("guided", options)
    async with bot.parts() as parts:
        made = await AddShop(parts.store, bot.clock)(NAME, ZONE, "guided", options)
    bot.secrets.add(made.code)
    owner = Owner(bot, bot.telegram.world.add_person("Boss Lin", Part.OWNER, language_code=language))
    owner.say(f"/start {made.code}")
    await owner.enrol()
    register = open_backend("guided", options)
    assert isinstance(register, GuidedBackend)
    return Shop(made.shop.id, owner, register)


@pytest_asyncio.fixture(loop_scope="session")
async def shop(bot: BotProcess, tmp_path: Path, request: pytest.FixtureRequest) -> Shop:
    """English unless the test says otherwise."""
    return await made_on(bot, tmp_path, getattr(request, "param", "en"))


@pytest_asyncio.fixture(loop_scope="session")
async def lone(tmp_path: Path, till: Path) -> AsyncIterator[Shop]:
    """A shop whose bot serves nobody else."""
    async with bot_on(tmp_path, till) as running:
        yield await made_on(running, tmp_path)
    assert leaked(running) == set()


async def test_the_till_says_that_a_person_does_it(shop: Shop) -> None:
    owner = shop.owner
    card = await owner.ask("/till", owner.text("till-evidence-unconfirmed"))
    assert owner.text("till-brand", brand=owner.texts.plain("brand-lakala")) in card.text
    really = owner.texts.plain("emulated-removed")
    change = owner.texts.plain("change-kind-freeze")
    assert owner.text("till-can-guided-otherwise", change=change, really=really) in card.text


@pytest.mark.parametrize("shop", ["en", "zh-hans"], indirect=True)
async def test_from_the_menu_to_the_posted_entry(shop: Shop) -> None:
    owner = shop.owner
    preview = await owner.walk("menu-change", FRONT, CHEN, "change-kind-freeze")
    assert owner.text("caution-guided") in preview.text
    on = buttons_of(preview)
    assert not {owner.texts.plain("preview-to-when"), owner.texts.plain("preview-to-until")} & set(on)
    window = await owner.walk("preview-confirm")
    await owner.confirm()
    card = await owner.hear(owner.text("progress-guided"), after=window.message_id - 1)
    assert card.message_id == window.message_id, "the window became the card"
    assert owner.text("case-unconfirmed", brand=owner.texts.plain("brand-lakala")) in card.text
    assert not any(number in card.text for number in ("88", "99"))
    assert owner.texts.plain("case-worked") not in buttons_of(card)

    await shop.tick(card, *range(1, 6))
    await owner.press("☐ 6", on=card)
    ticked = await owner.with_button("case-worked", after=card.message_id - 1)
    check = owner.text("guided-check-refused", number="01", name=CHEN)
    await owner.hear(check, after=card.message_id - 1)
    assert (await shop.chen()).status.value == "active"

    await owner.press("case-worked", on=ticked)
    done = await owner.hear(owner.text("progress-applied-by-person"), after=card.message_id - 1)
    assert done.message_id == card.message_id
    entry = await owner.hear(owner.text("entry-verdict-applied-by-person"))
    assert entry.message_id > card.message_id
    assert (await shop.chen()).status.value == "frozen"
    assert await shop.said() == [
        ("change.intent", ""),
        ("change.answered", "worked"),
        ("change.outcome", "applied-by-person"),
    ]


async def test_a_new_user_and_a_new_password_that_nobody_is_told(shop: Shop) -> None:
    owner = shop.owner
    await owner.walk("menu-change", FRONT, "change-kind-add")
    for number, refused in (("99", "refused-number-reserved"), ("7", "refused-number-not-digits")):
        owner.say(number)
        await owner.hear(owner.text(refused, shortest=2, longest=2))
    owner.say("07")
    await owner.hear(owner.text("add-name", number="07", longest=40))
    owner.say("贝 Bea")
    await owner.with_button("role-cashier", after=owner.window().message_id - 1)
    preview = await owner.walk("role-cashier")
    assert owner.text("caution-guided") in preview.text
    added = await shop.done(await owner.walk("preview-confirm"), 8)
    assert "贝 Bea" in added.text
    assert [user.name for user in await shop.users("07")] == ["贝 Bea"]

    await owner.go_home(added)
    await owner.walk("menu-change", FRONT, "贝 Bea", "change-kind-pin", "change-pin-go-on")
    version = (await shop.users("07"))[0].version
    changed = await shop.done(await owner.walk("preview-confirm"), 3)
    assert owner.text("change-line-at-till") in changed.text
    assert (await shop.users("07"))[0].version != version


async def test_an_old_keyboard_and_a_double_tap_do_nothing(shop: Shop) -> None:
    owner = shop.owner
    card = await shop.card()
    first, second = owner.tap("☐ 1", on=card), owner.tap("☐ 1", on=card)
    await first.answered()
    await second.answered()
    await owner.with_button("☑ 1", after=card.message_id - 1)
    await owner.press("case-not-done", on=card)
    await owner.hear(owner.text("result-guided-not-done"), after=card.message_id - 1)
    assert (await owner.tap_old("☐ 2", card).answered()).text == owner.text("refused-case-over")
    assert (await owner.tap_old("case-unsure", card).answered()).text == owner.text("refused-case-over")
    assert await shop.said() == [
        ("change.intent", ""),
        ("change.answered", "not-done"),
        ("change.outcome", "guided-not-done"),
    ]


async def test_a_kill_between_two_ticks_loses_none(lone: Shop) -> None:
    owner = lone.owner
    card = await lone.card()
    await lone.tick(card, 1, 2)
    await owner.bot.kill()
    await owner.bot.start()
    await lone.tick(card, 3, 4, 5, 6)
    shown = await owner.with_button("case-worked", after=card.message_id - 1)
    assert {f"☑ {place}" for place in range(1, 7)} <= set(buttons_of(shown))
    await owner.press("case-worked", on=shown)
    await owner.hear(owner.text("entry-verdict-applied-by-person"))
    assert (await lone.chen()).status.value == "frozen"


async def test_what_nobody_tells_of_ends_as_unknown(lone: Shop) -> None:
    owner = lone.owner
    card = await lone.card()
    owner.bot.clock.turn(seconds=CASE_LASTS.total_seconds())
    await owner.bot.kill()
    await owner.bot.start()
    await owner.hear(owner.text("progress-guided-unfinished"), after=card.message_id - 1)
    await owner.hear(owner.text("entry-verdict-guided-unfinished"))
    assert (await lone.chen()).status.value == "active"
