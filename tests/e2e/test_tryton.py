"""A shop on Tryton: the whole way, from the chat to a real Tryton server and back."""

import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from changes.claiming import AddShop
from changes.till import Role
from demo.model import Message, Part
from tests.e2e.bench import BotProcess
from tests.e2e.owner import Owner
from tests.e2e.shops import NAME, ZONE
from tests.pos.tryton.server import Server, Shop, new_password, tryton_server

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.tryton]

ALL = "All terminals"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with tryton_server("sqlite", tmp_path_factory.mktemp("tryton")) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def shop(server: Server) -> AsyncIterator[Shop]:
    made = Shop(server)
    await made.clear()
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def owner(bot: BotProcess, shop: Shop) -> AsyncIterator[Owner]:
    """At the menu of a shop on the server."""
    async with bot.parts() as parts:
        made = await AddShop(parts.store, bot.clock)(NAME, ZONE, "tryton", shop.server.options)
    bot.secrets |= {made.code, shop.server.bot.password}
    owner = Owner(bot, bot.telegram.world.add_person("Boss Lin", Part.OWNER, language_code="en"))
    owner.say(f"/start {made.code}")
    await owner.enrol()
    yield owner


async def apply(owner: Owner) -> Message:
    """The message that shows it: it was the window with the code."""
    window = owner.window()
    await owner.confirm()
    return await owner.hear(owner.text("progress-applied"), after=window.message_id - 1)


async def test_the_card_says_what_tryton_can(owner: Owner) -> None:
    card = await owner.ask("/till", owner.text("till-scope-shop"))
    assert owner.text("till-evidence-real-server") in card.text
    assert owner.text("till-ends-sessions") in card.text
    assert owner.texts.plain("emulated-frozen") in card.text


async def test_a_name_a_role_and_a_freeze_reach_tryton(owner: Owner, shop: Shop) -> None:
    user_id = await shop.add("01", "Chen", Role.CASHIER, signature="Evenings")
    await shop.add("91", "Grace", Role.MANAGER)
    await owner.walk("menu-change", ALL, "Chen", "change-kind-rename")
    owner.say("陈晓雨")
    await owner.with_button("preview-confirm")
    await owner.press("preview-confirm")
    await owner.go_home(await apply(owner))
    await owner.walk("menu-change", ALL, "陈晓雨", "change-kind-role", "role-supervisor", "preview-confirm")
    await owner.go_home(await apply(owner))
    await owner.go_to_code(ALL, "陈晓雨", "change-kind-freeze")
    await apply(owner)
    now = await shop.get(user_id, "name", "active", "signature", "roles.role.name")
    assert (now["name"], bool(now["active"]), now["signature"]) == ("陈晓雨", False, "Evenings")
    assert [row["role."]["name"] for row in now["roles."]] == ["supervisor"]


async def test_a_password_made_by_the_bot_opens_the_door(owner: Owner, shop: Shop) -> None:
    before = new_password()
    await shop.add("51", "Chen", Role.CASHIER, password=before)
    await shop.add("91", "Grace", Role.MANAGER)
    await owner.walk("menu-change", ALL, "Chen", "change-kind-password", "change-pin-make", "preview-confirm")
    await apply(owner)
    told = await owner.with_button("secret-noted")
    assert told.protected
    assert len(await opening(owner, shop, "51")) == 1
    assert await shop.rpc.opens("51", before) is False


async def test_what_another_did_meanwhile_is_not_overwritten(owner: Owner, shop: Shop) -> None:
    user_id = await shop.add("01", "Chen", Role.CASHIER)
    await owner.go_to_code(ALL, "Chen", "change-kind-freeze")
    await shop.write(user_id, name="By another")
    await owner.confirm()
    await owner.hear(owner.texts.plain("till-refused-stale-version"))
    now = await shop.get(user_id, "name", "active")
    assert (now["name"], bool(now["active"])) == ("By another", True)


async def test_one_hands_over_to_another_who_signs_in_with_the_password_that_is_shown(owner: Owner, shop: Shop) -> None:
    old = await shop.add("52", "Chen", Role.CASHIER, password=new_password())
    await shop.add("91", "Grace", Role.MANAGER)
    await owner.walk("menu-change", ALL, "Chen", "change-kind-hand-over")
    said = owner.say("53")
    await owner.hear(owner.text("add-name", number="53", longest=64), after=said.message_id)
    said = owner.say("贝 Bea")
    await owner.hear(owner.text("add-role", name="贝 Bea", number="53"), after=said.message_id)
    await owner.walk("role-cashier", "change-pin-make", "preview-confirm")
    await owner.confirm()
    done = owner.text("entry-batch-outcome", change=owner.texts.plain("change-kind-hand-over"), total=2, applied=2,
                      failed=0, abandoned=0)  # fmt: skip
    await owner.hear(done)
    assert not (await shop.get(old, "active"))["active"]
    await owner.with_button("secret-noted")
    assert len(await opening(owner, shop, "53")) == 1


async def test_who_is_removed_is_frozen_for_good_and_that_is_said(owner: Owner, shop: Shop) -> None:
    user_id = await shop.add("54", "Chen", Role.CASHIER)
    await shop.add("91", "Grace", Role.MANAGER)
    preview = await owner.walk("menu-change", ALL, "Chen", "change-kind-remove")
    assert owner.texts.plain("emulated-frozen") in preview.text
    await owner.press("preview-confirm")
    await apply(owner)
    assert not (await shop.get(user_id, "active"))["active"]


async def opening(owner: Owner, shop: Shop, number: str) -> list[str]:
    """What stands in the chat and opens this user's door."""
    words = {word for message in owner.said() for word in re.findall(r"\b[A-Za-z0-9]{12}\b", message.text)}
    found = [word for word in words if await shop.rpc.opens(number, word)]
    owner.bot.secrets |= set(found)
    return found
