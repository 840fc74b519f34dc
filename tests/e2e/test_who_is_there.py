"""Who comes and who goes: added, removed, handed over, from the menu to the till and the posted entry."""

import re
from collections.abc import AsyncIterator

import pytest

from changes.till import Role, Status, UserQuery
from tests.e2e.bench import FIRST_PIN, BotProcess
from tests.e2e.conftest import each
from tests.e2e.owner import Owner
from tests.e2e.shops import CHEN, FRONT, Shop, shop_of
from tests.e2e.test_changes import carry_out

pytestmark = pytest.mark.asyncio(loop_scope="session")


@each
async def shop(bot: BotProcess, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    async with shop_of(bot, language=getattr(request, "param", "en")) as made:
        yield made


in_both_languages = pytest.mark.parametrize("shop", ["en", "zh-hans"], indirect=True)


async def numbers(shop: Shop) -> list[str]:
    page = await shop.till.users((await shop.front()).id, UserQuery(limit=50))
    return [user.number for user in page.users]


async def say_who(owner: Owner, number: str, name: str) -> None:
    """From the window that asks for a number to the one that asks for a PIN."""
    said = owner.say(number)
    await owner.hear(owner.text("add-name", number=number, longest=40), after=said.message_id)
    said = owner.say(name)
    await owner.hear(owner.text("add-role", name=name, number=number), after=said.message_id)
    await owner.walk("role-cashier")


@in_both_languages
async def test_a_user_is_added_and_signs_in_with_the_pin_that_is_shown(shop: Shop) -> None:
    owner = shop.owner
    await owner.walk("menu-change", FRONT, "change-kind-add")
    await say_who(owner, "07", "Bea <b> & Co")
    preview = await owner.walk("change-pin-make")
    line = owner.texts.html("change-line-add", after=f"07 · Bea <b> & Co · {owner.texts.plain('role-cashier')}")
    assert owner.text("add-secret-pin-made") in preview.text
    await owner.walk("preview-confirm")
    await carry_out(shop, line, made=True)
    message = await owner.with_button("secret-noted")
    assert message.protected
    pin = re.findall(r"\b\d{6}\b", message.text)[0]
    shop.bot.secrets.add(pin)
    assert await shop.signs_in(pin, "07")
    assert (await shop.user("07")).role is Role.CASHIER


async def test_a_user_is_removed(shop: Shop) -> None:
    owner = shop.owner
    assert "01" in await numbers(shop)
    preview = await owner.walk("menu-change", FRONT, CHEN, "change-kind-remove")
    assert owner.text("caution-freeze-instead") in preview.text
    await owner.walk("preview-confirm")
    await carry_out(shop, owner.texts.html("change-line-remove"))
    assert "01" not in await numbers(shop)
    assert not await shop.signs_in(FIRST_PIN)


async def test_one_hands_over_to_another(shop: Shop) -> None:
    owner = shop.owner
    assert await shop.signs_in(FIRST_PIN)
    await owner.walk("menu-change", FRONT, CHEN, "change-kind-hand-over")
    await say_who(owner, "07", "Bea")
    await owner.walk("change-pin-type")
    typed = owner.say_secret("83017264")
    await owner.hear_text("add-goes", name=CHEN, number="01")
    assert not owner.stands(typed)
    assert owner.text("caution-session-ends") in owner.window().text
    await owner.walk("preview-confirm")
    await owner.confirm()
    done = owner.text("entry-batch-outcome", change=owner.texts.plain("change-kind-hand-over"), total=2, applied=2,
                      failed=0, abandoned=0)  # fmt: skip
    await owner.hear(done)
    old, new = await shop.user("01"), await shop.user("07")
    assert (old.name, old.status) == (CHEN, Status.FROZEN)
    assert (new.name, new.status) == ("Bea", Status.ACTIVE)
    assert await shop.signs_in("83017264", "07")
    assert not await shop.signs_in(FIRST_PIN)
    summary = (await shop.entries())[-1]
    assert (summary.facts["from"]["number"], summary.facts["to"]["number"]) == ("01", "07")
