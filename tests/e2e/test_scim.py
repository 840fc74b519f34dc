"""A shop whose users are in a directory: the whole way, from the chat to a real SCIM server and back."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from changes.audit import EntryKind
from changes.claiming import AddShop
from changes.till import Role
from demo.model import Message, Part
from tests.e2e.bench import BotProcess
from tests.e2e.owner import Owner
from tests.e2e.shops import NAME, ZONE
from tests.pos.scim.server import TOKEN, Directory, scim_server

pytestmark = pytest.mark.asyncio(loop_scope="session")

ALL = "All terminals"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with scim_server() as address:
        yield address


@pytest_asyncio.fixture(loop_scope="session")
async def directory(server: str) -> Directory:
    return Directory(server)


@pytest_asyncio.fixture(loop_scope="session")
async def owner(bot: BotProcess, directory: Directory) -> AsyncIterator[Owner]:
    """At the menu of a shop on the directory."""
    async with bot.parts() as parts:
        options = {"url": directory.url, "token": TOKEN}
        made = await AddShop(parts.store, bot.clock)(NAME, ZONE, "scim", options)
    bot.secrets |= {made.code, TOKEN}
    owner = Owner(bot, bot.telegram.world.add_person("Boss Lin", Part.OWNER, language_code="en"))
    owner.say(f"/start {made.code}")
    await owner.enrol()
    yield owner


async def apply(owner: Owner) -> Message:
    """The message that shows it: it was the window with the code."""
    window = owner.window()
    await owner.confirm()
    return await owner.hear(owner.text("progress-applied"), after=window.message_id - 1)


async def test_the_card_says_what_the_directory_can(owner: Owner) -> None:
    card = await owner.ask("/till", owner.text("till-scope-shop"))
    assert owner.text("till-can-none", change=owner.texts.plain("change-kind-pin")) in card.text
    assert owner.text("till-evidence-real-server") in card.text


async def test_a_name_a_role_and_a_freeze_reach_the_directory(owner: Owner, directory: Directory) -> None:
    user_id = await directory.add("01", "Chen", Role.CASHIER, title="Evenings")
    await directory.add("91", "Grace", Role.MANAGER)
    await owner.walk("menu-change", ALL, "Chen")
    assert owner.texts.plain("change-kind-pin") not in str(owner.window().keyboard), "it has no PINs"
    await owner.press("change-kind-rename")
    owner.say("陈晓雨")
    await owner.with_button("preview-confirm")
    await owner.press("preview-confirm")
    progress = await apply(owner)
    assert (await directory.get(user_id))["displayName"] == "陈晓雨"
    await owner.go_home(progress)
    await owner.go_to_code(ALL, "陈晓雨", "change-kind-freeze")
    progress = await apply(owner)
    now = await directory.get(user_id)
    assert (now["active"], now["displayName"], now["title"]) == (False, "陈晓雨", "Evenings")
    await owner.go_home(progress)
    await owner.walk("menu-change", ALL, "陈晓雨", "change-kind-role", "role-supervisor", "preview-confirm")
    await apply(owner)
    now = await directory.get(user_id)
    assert [role["value"] for role in now["roles"]] == ["supervisor"]


async def test_what_another_did_meanwhile_is_not_overwritten(owner: Owner, directory: Directory) -> None:
    user_id = await directory.add("01", "Chen", Role.CASHIER)
    await owner.go_to_code(ALL, "Chen", "change-kind-freeze")
    await directory.rename(user_id, "By another")
    await owner.confirm()
    await owner.hear(owner.texts.plain("till-refused-stale-version"))
    now = await directory.get(user_id)
    assert (now["displayName"], now["active"]) == ("By another", True)


async def test_who_was_removed_meanwhile_is_said_to_be_gone(
    owner: Owner, bot: BotProcess, directory: Directory
) -> None:
    user_id = await directory.add("01", "Chen", Role.CASHIER)
    await owner.go_to_code(ALL, "Chen", "change-kind-freeze")
    await directory.remove(user_id)
    await owner.confirm()
    await owner.hear(owner.texts.plain("till-refused-user-gone"))
    async with bot.parts() as parts, parts.store.read() as tx:
        shop = (await tx.shops.all())[-1]
        kinds = [entry.kind async for entry in tx.audit.walk(shop.id)]
    assert kinds[-2:] == [EntryKind.CHANGE_INTENT, EntryKind.CHANGE_OUTCOME]
