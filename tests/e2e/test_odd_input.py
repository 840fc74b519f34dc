"""What people do that nobody planned: old keyboards, double taps, edits, pictures, groups."""

import io

import pytest
from PIL import Image

from changes.till import Status
from demo.model import Part, Standing
from tests.e2e.owner import Owner
from tests.e2e.shops import CHEN, FRONT, NAME, Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "orange").save(out, "PNG")
    return out.getvalue()


async def unchanged(shop: Shop) -> None:
    assert await shop.audit() == []
    assert (await shop.user()).version == "1"


async def test_a_keyboard_pressed_a_month_later(shop: Shop) -> None:
    """It stands for nothing any more: a proposal that is over, or a conversation that is gone."""
    owner = shop.owner
    preview = await owner.walk("menu-change", FRONT, CHEN, "change-kind-freeze")
    shop.bot.clock.turn(days=31)
    assert await owner.alert("preview-confirm") == owner.text("refused-request-over")
    menu = await owner.menu(after=preview.message_id)
    shop.bot.clock.turn(days=31)
    # A menu is still a menu.
    await owner.walk("menu-change", FRONT, CHEN)
    answer = await owner.tap_old("preview-confirm", preview).answered()
    assert answer.text == owner.text("keyboard-old")
    await owner.menu(after=menu.message_id)
    await unchanged(shop)


async def test_a_month_old_code_window(shop: Shop) -> None:
    owner = shop.owner
    window = await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    shop.bot.clock.turn(days=31)
    typed = await owner.confirm()
    await owner.hear_text("refused-request-over")
    await owner.menu(after=window.message_id)
    assert not owner.stands(typed)
    await unchanged(shop)


async def test_a_month_old_entry_still_leads_to_the_menu(shop: Shop) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await owner.confirm()
    progress = await owner.hear_text("progress-applied")
    shop.bot.clock.turn(days=31)
    await owner.go_home(progress)


@pytest.mark.parametrize(
    ("way", "button"),
    [
        ((), "menu-change"),
        (("menu-change",), FRONT),
        (("menu-change", FRONT), CHEN),
        (("menu-change", FRONT, CHEN), "change-kind-freeze"),
        (("menu-change", FRONT, CHEN, "change-kind-freeze"), "preview-confirm"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_double_tap(shop: Shop, way: tuple[str, ...], button: str) -> None:
    owner = shop.owner
    await owner.walk(*way)
    window = owner.window()
    presses = [owner.tap_old(button, window) for _ in range(2)]
    for press in presses:
        await press.answered()
    await owner.settled()
    assert len([row for row in shop.rows("requests") if row["state"] == "proposed"]) <= 1
    await unchanged(shop)
    owner.say("/menu")
    await owner.menu(after=owner.said()[-1].message_id)


async def test_an_edited_message_is_no_value_and_no_code(shop: Shop) -> None:
    owner = shop.owner
    await owner.walk("menu-change", FRONT, CHEN, "change-kind-rename")
    said = owner.say("x" * 50)
    await owner.hear_text("refused-name-too-long", longest=40, length=50)
    owner.telegram.world.edit_text(owner.person, said, "陈小雨")
    await owner.hear(owner.text("edited-not-read"), after=said.message_id)
    assert shop.rows("requests") == []
    owner.say("陈小雨")
    await owner.hear("陈小雨", after=said.message_id)
    await owner.walk("preview-confirm")
    wrong = owner.say("not a code")
    await owner.hear_text("refused-code-wrong", tries=4)
    assert not owner.stands(wrong)
    await unchanged(shop)


async def test_an_edit_into_a_code_is_deleted_and_confirms_nothing(shop: Shop) -> None:
    owner = shop.owner
    hello = owner.say("hello")
    await owner.hear_text("press-instead")
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    owner.telegram.world.edit_text(owner.person, hello, owner.next_code())
    await owner.hear_text("edited-not-read")
    assert not owner.stands(hello)
    await unchanged(shop)


@pytest.mark.parametrize(
    "way",
    [
        ("menu-change", FRONT),
        ("menu-change", FRONT, CHEN, "change-kind-rename"),
        ("menu-change", FRONT, CHEN, "change-kind-pin", "change-pin-type"),
        ("menu-change", FRONT, CHEN, "change-kind-freeze", "preview-confirm"),
    ],
    ids=["search", "name", "pin", "code"],
)
async def test_a_photo_where_text_is_expected(shop: Shop, way: tuple[str, ...]) -> None:
    owner = shop.owner
    await owner.walk(*way)
    owner.telegram.world.send_photo(owner.person, picture(), "my cat")
    await owner.hear_text("text-expected")
    await unchanged(shop)


async def test_a_photo_whose_caption_is_the_code_does_not_stay(shop: Shop) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    photo = owner.telegram.world.send_photo(owner.person, picture(), owner.next_code())
    await owner.hear_text("text-expected")
    await owner.settled()
    assert not owner.stands(photo)
    await unchanged(shop)


@pytest.mark.parametrize("standing", [Standing.MEMBER, Standing.ADMINISTRATOR])
async def test_nothing_is_said_in_a_group(shop: Shop, standing: Standing) -> None:
    owner, world = shop.owner, shop.bot.telegram.world
    staff = world.add_person("Some Body", Part.STAFF)
    group = world.add_group("Tea House", owner.person, [staff], standing)
    since = len(shop.bot.telegram.calls)
    window = await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    for text in ("/start", "/menu", "/audit@tillkeeper_demo_bot", "hello", f"/start {shop.claim}", owner.next_code()):
        world.send_text(owner.person, text, group.id)
        world.send_text(staff, text, group.id)
    data = window.keyboard[0][0]["callback_data"]
    press = world.press_raw(staff, window.message_id, data, group.id)
    await owner.settled()
    assert press.answer is None
    calls = [call for call in shop.bot.telegram.calls[since:] if str(call.parameters.get("chat_id")) == str(group.id)]
    assert calls == []
    await unchanged(shop)
    # The private conversation stands where it stood.
    await owner.confirm()
    await owner.hear_text("progress-applied")
    assert (await shop.user()).status is Status.FROZEN


async def test_another_persons_keyboard_is_nothing_to_a_stranger(shop: Shop) -> None:
    owner = shop.owner
    window = await owner.walk("menu-change", FRONT, CHEN)
    nobody = Owner(shop.bot, shop.bot.telegram.world.add_person("Some Body"))
    nobody.say("hi")
    await nobody.hear_text("stranger")
    shop.bot.clock.turn(minutes=1, seconds=1)
    data = window.keyboard[0][0]["callback_data"]
    answer = await nobody.telegram.world.press_raw(nobody.person, window.message_id, data).answered()
    assert answer.text == nobody.text("stranger")
    await unchanged(shop)


async def test_cancel_with_and_without_something_under_way(shop: Shop) -> None:
    owner = shop.owner
    await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
    await owner.ask("/cancel", owner.text("cancelled"))
    await owner.settled()
    assert [row["state"] for row in shop.rows("requests")] == ["cancelled"]
    await owner.ask("/menu", owner.text("menu-home", shop=NAME))
    await unchanged(shop)
