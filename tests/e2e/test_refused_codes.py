"""Codes that do not confirm: each refused like a wrong one, none applied, all counted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from changes.till import Status
from demo.model import Message
from tests.e2e.owner import Owner
from tests.e2e.shops import CHEN, FRONT, ZONE, Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def refused(owner: Owner, code: str, tries: int) -> Message:
    """The window that refused a code: still the same message, and the code's message is gone."""
    window = owner.window()
    typed = owner.say_secret(code)
    heard = await owner.hear_text("refused-code-wrong", tries=tries)
    assert heard.message_id == window.message_id
    assert not owner.stands(typed)
    return heard


async def locked_until(owner: Owner, code: str, lock: timedelta) -> datetime:
    """Type one code more; the window says that nothing is looked at for so long, in the shop's time."""
    before = owner.bot.clock.now()
    owner.say_secret(code)
    about = [(before + lock + timedelta(seconds=late)).astimezone(ZoneInfo(ZONE)) for late in range(4)]
    texts = [owner.text("refused-code-locked", until=f"{moment:%Y-%m-%d %H:%M:%S}") for moment in about]

    def heard() -> datetime | None:
        return next((moment for moment, text in zip(about, texts, strict=True) if text in owner.window().text), None)

    return await owner.telegram.world.wait_for(heard, 10)


async def nothing_happened(shop: Shop) -> None:
    assert await shop.audit() == []
    assert (await shop.user()).version == "1"


async def test_a_wrong_code_says_how_many_tries_are_left_and_a_right_one_forgives(shop: Shop) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    for tries in (4, 3):
        await refused(owner, owner.wrong_code(), tries)
    await nothing_happened(shop)
    await owner.confirm()
    await owner.go_home(await owner.hear_text("progress-applied"))
    await owner.go_to_code(FRONT, CHEN, "change-kind-unfreeze")
    await refused(owner, owner.wrong_code(), 4)


async def test_one_try_left_is_said_in_words_of_one(shop: Shop) -> None:
    await shop.owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    for tries in (4, 3, 2, 1):
        heard = await refused(shop.owner, shop.owner.wrong_code(), tries)
    assert "One try left." in heard.text


async def test_a_spent_code_confirms_nothing_more(shop: Shop) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    spent = owner.next_code()
    owner.say(spent)
    await owner.go_home(await owner.hear_text("progress-applied"))
    await owner.go_to_code(FRONT, CHEN, "change-kind-unfreeze")
    await refused(owner, spent, 4)
    assert (await shop.user()).status is Status.FROZEN


async def test_a_code_from_before_the_request_is_for_another_request(shop: Shop) -> None:
    owner = shop.owner
    earlier = owner.next_code()
    owner.next_code()
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await refused(owner, earlier, 4)
    await nothing_happened(shop)


async def test_the_code_of_the_previous_request_is_not_for_the_one_that_replaced_it(shop: Shop) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    for_the_first = owner.next_code()
    owner.bot.clock.turn(seconds=31)
    owner.say("/menu")
    await owner.menu(after=owner.window().message_id)
    await owner.go_to_code(FRONT, "Alice Wang", "change-kind-freeze")
    await refused(owner, for_the_first, 4)
    await nothing_happened(shop)


@pytest.mark.parametrize(
    "digits",
    ["０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"],
    ids=["full-width", "arabic-indic", "mathematical"],
)
async def test_the_right_code_in_other_digits_is_wrong(shop: Shop, digits: Sequence[str]) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    code = "".join(digits[int(digit)] for digit in owner.next_code())
    await refused(owner, code, 4)
    await nothing_happened(shop)
    await owner.confirm()
    await owner.hear_text("progress-applied")


@pytest.mark.parametrize("form", ["{a} {b}", " {a}{b} "])
async def test_the_right_code_with_the_spaces_that_authenticators_show_is_right(shop: Shop, form: str) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    code = owner.next_code()
    owner.say(form.format(a=code[:3], b=code[3:]))
    await owner.hear_text("progress-applied")


async def test_five_wrong_codes_lock_longer_each_time_and_across_a_restart(lone: Shop) -> None:
    owner, bot = lone.owner, lone.bot
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    for tries in (4, 3, 2, 1):
        await refused(owner, owner.wrong_code(), tries)
    until = await locked_until(owner, owner.wrong_code(), timedelta(minutes=1))
    await bot.stop()
    await bot.start()
    owner.say(owner.next_code())
    await owner.settled()
    await owner.hear_text("refused-code-locked", until=f"{until:%Y-%m-%d %H:%M:%S}")
    bot.clock.turn(seconds=60)
    await locked_until(owner, owner.wrong_code(), timedelta(minutes=2))
    bot.clock.turn(seconds=121)
    await locked_until(owner, owner.wrong_code(), timedelta(minutes=4))
    kinds = [entry.kind.value for entry in await lone.entries()]
    assert kinds[-3:] == ["code.locked"] * 3
    assert (await lone.user()).version == "1"
    bot.clock.turn(seconds=241)
    await owner.confirm()
    await owner.hear_text("progress-applied")
