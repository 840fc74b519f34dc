"""What stands against a change before a code is asked for: each refusal in its own words, and nothing is done."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from changes.till import Role
from pos.embedded.till import Edit, FaultKind, FaultMethod
from tests.e2e.bench import BotProcess
from tests.e2e.conftest import each
from tests.e2e.shops import CHEN, FRONT, Shop, shop_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


@each
async def shop(bot: BotProcess) -> AsyncIterator[Shop]:
    """A shop that no test here may change."""
    async with shop_of(bot) as made:
        yield made
        assert await made.audit() == []


@pytest.mark.parametrize(
    ("name", "key", "facts"),
    [
        ("名" * 41, "refused-name-too-long", {"longest": 40, "length": 41}),
        ("x" * 300, "refused-name-too-long", {"longest": 40, "length": 300}),
        ("Boss\u200bLin", "refused-name-invisible", {}),
        ("Lin\u2066x\u2069", "refused-name-invisible", {}),
        ("\u3164", "refused-name-invisible", {}),
        (CHEN, "refused-nothing-to-do", {}),
    ],
)
async def test_names(shop: Shop, name: str, key: str, facts: dict[str, Any]) -> None:
    owner = shop.owner
    window = await owner.walk("menu-change", FRONT, CHEN, "change-kind-rename")
    owner.say(name)
    heard = await owner.hear_text(key, **facts)
    assert owner.text("change-name", name=CHEN, number="01", longest=40) in heard.text
    assert heard.message_id >= window.message_id


@pytest.mark.parametrize(
    ("pin", "key", "facts"),
    [
        ("12a4", "refused-pin-not-digits", {}),
        ("８３０１７２", "refused-pin-not-digits", {}),
        ("830", "refused-pin-length", {"shortest": 4, "longest": 8}),
        ("830172645", "refused-pin-length", {"shortest": 4, "longest": 8}),
        ("123456", "refused-pin-trivial", {}),
        ("7777", "refused-pin-trivial", {}),
    ],
)
async def test_pins(shop: Shop, pin: str, key: str, facts: dict[str, Any]) -> None:
    owner = shop.owner
    window = await owner.walk("menu-change", FRONT, CHEN, "change-kind-pin", "change-pin-type")
    typed = owner.say(pin)
    heard = await owner.hear_text(key, **facts)
    assert heard.message_id == window.message_id
    assert not owner.stands(typed)
    assert pin not in heard.text.replace("0 to 9", "")
    owner.say_secret("59283716")
    await owner.hear_text("change-line-pin")


async def test_nothing_to_do(shop: Shop) -> None:
    owner = shop.owner
    await owner.walk("menu-change", FRONT, CHEN, "change-kind-role")
    assert await owner.alert(owner.texts.plain("change-role-current", role="Cashier")) == owner.text(
        "refused-nothing-to-do"
    )


async def test_a_request_is_over_after_ten_minutes(shop: Shop) -> None:
    owner = shop.owner
    window = await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    shop.bot.clock.turn(minutes=10, seconds=1)
    typed = await owner.confirm()
    await owner.hear_text("refused-request-over")
    await owner.menu(after=window.message_id)
    assert not owner.stands(typed)
    assert (await shop.user()).version == "1"


async def test_a_cancelled_request_is_over(shop: Shop) -> None:
    owner = shop.owner
    window = await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await owner.ask("/cancel", owner.text("cancelled"))
    typed = await owner.confirm()
    await owner.hear_text("digits-removed")
    assert not owner.stands(typed)
    answer = await owner.tap_old("back", window).answered()
    assert answer.text == owner.text("keyboard-old")


@pytest.mark.parametrize("at", ["home", "terminal", "user", "what", "role", "name"])
async def test_a_till_that_is_away_is_said_and_the_menu_follows(shop: Shop, at: str) -> None:
    owner = shop.owner
    way = {
        "home": (),
        "terminal": ("menu-change",),
        "user": ("menu-change", FRONT),
        "what": ("menu-change", FRONT, CHEN),
        "role": ("menu-change", FRONT, CHEN, "change-kind-role"),
        "name": ("menu-change", FRONT, CHEN, "change-kind-rename"),
    }
    press = {
        "home": "menu-change",
        "terminal": FRONT,
        "user": CHEN,
        "what": "change-kind-freeze",
        "role": "role-manager",
    }
    await owner.walk(*way[at])
    await shop.till.set_fault(FaultKind.DOWN, times=9, method=FaultMethod.READ)
    last = owner.said()[-1].message_id
    if at == "name":
        last = owner.say("Chen").message_id
        await owner.hear_text("refused-till-unreachable")
    else:
        assert await owner.alert(press[at]) == owner.text("refused-till-unreachable")
    await owner.menu(after=last)
    await shop.till.clear_faults()
    await owner.walk("menu-change", FRONT, CHEN)


async def test_a_role_that_the_user_got_meanwhile_is_nothing_to_do(shop: Shop) -> None:
    owner = shop.owner
    await owner.walk("menu-change", FRONT, CHEN, "change-kind-role")
    user = await shop.user()
    terminal = await shop.front()
    edit = Edit(role=Role.SUPERVISOR)
    await shop.till.change(terminal.id, user.id, edit, version=user.version, key="by hand")
    assert await owner.alert("role-supervisor") == owner.text("refused-nothing-to-do")


async def test_a_second_change_of_a_user_waits_for_the_first(bot: BotProcess) -> None:
    async with shop_of(bot) as shop:
        owner = shop.owner
        await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
        await shop.till.set_fault(FaultKind.DOWN, times=1)
        await owner.confirm()
        progress = await owner.hear_text("progress-waiting", attempts=1)
        owner.say("/menu")
        await owner.menu(after=progress.message_id)
        await owner.walk("menu-change", FRONT, CHEN, "change-kind-role")
        assert await owner.alert("role-manager") == owner.text("refused-user-busy")
        shop.bot.clock.turn(minutes=1)
        await owner.hear_text("progress-applied")
        assert await owner.alert("role-manager") == ""
