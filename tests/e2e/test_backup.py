"""A backup through the running bot, and the till brought back to it after somebody changed it by hand."""

import re
from collections.abc import AsyncIterator

import pytest

from changes.audit import EntryKind
from changes.till import Role, Status
from demo.model import Message
from pos.embedded.till import Edit, FaultKind, FaultMethod
from tests.e2e.bench import FIRST_PIN, BotProcess
from tests.e2e.conftest import each
from tests.e2e.shops import NAME, Shop, shop_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHRASE = re.compile(r"(?:[2-9A-Z]{4}-){5}[2-9A-Z]{4}")


@each
async def shop(bot: BotProcess, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    async with shop_of(bot, language=request.param) as made:
        yield made


async def backed_up(shop: Shop) -> tuple[bytes, str, Message]:
    """The file, its passphrase and the message that shows that."""
    owner = shop.owner
    said = owner.say("/backup")
    await owner.with_button("sealed-make", after=said.message_id)
    await owner.walk("sealed-make")
    typed = owner.say_secret(owner.next_code())
    shown = await owner.hear(owner.text("sealed-phrase", phrase="", seconds=60).split("\n")[0])
    (phrase,) = PHRASE.findall(shown.text)
    shop.bot.secrets.add(phrase)
    await owner.gone(typed)
    await owner.menu(after=shown.message_id)
    (sent,) = [message for message in owner.said() if message.document is not None]
    assert sent.document is not None
    return await owner.telegram.keeper.content(sent.document), phrase, shown


@pytest.mark.parametrize("shop", ["en", "zh-hans"], indirect=True)
async def test_a_till_is_brought_back(shop: Shop) -> None:
    owner, bot = shop.owner, shop.bot
    file, phrase, shown = await backed_up(shop)
    assert FIRST_PIN.encode() not in file
    assert shown.protected
    bot.clock.turn(seconds=61)
    await owner.gone(shown)

    chen = await shop.user()
    edit = Edit(name="Eve", role=Role.MANAGER, status=Status.FROZEN)
    await shop.till.change(chen.terminal_id, chen.id, edit, version=chen.version, key="at-the-till")
    owner.say("/backup")
    await owner.with_button("sealed-restore")
    await owner.walk("sealed-restore")
    owner.telegram.world.send_document(owner.person, file, "tillkeeper.backup")
    await owner.hear(owner.text("restore-phrase").split("\n")[0])
    typed = owner.say_secret(phrase.lower())
    compared = await owner.hear(chen.name, after=shown.message_id)
    assert NAME in compared.text
    await owner.gone(typed)
    await owner.walk("preview-confirm")
    await owner.confirm()
    await owner.hear(owner.text("restore-progress"))

    async def ended() -> bool:
        return (await shop.entries())[-1].kind is EntryKind.BATCH_OUTCOME

    await bot.until(ended)
    now = await shop.user()
    assert (now.name, now.role, now.status) == (chen.name, chen.role, chen.status)
    kinds = [entry.kind for entry in await shop.entries()]
    assert kinds.count(EntryKind.BACKUP_MADE) == 1
    assert kinds.count(EntryKind.CHANGE_INTENT) == kinds.count(EntryKind.CHANGE_OUTCOME) == 3
    assert await shop.signs_in(FIRST_PIN)


@pytest.mark.parametrize("shop", ["en"], indirect=True)
async def test_with_a_wrong_code_or_a_till_that_is_away_there_is_no_file(shop: Shop) -> None:
    owner = shop.owner
    owner.say("/backup")
    await owner.with_button("sealed-make")
    await owner.walk("sealed-make")
    owner.say(owner.wrong_code())
    await owner.hear(owner.text("refused-code-wrong", tries=4))
    await shop.till.set_fault(FaultKind.DOWN, times=5, method=FaultMethod.READ)
    await owner.ask(owner.next_code(), owner.text("refused-till-unreachable"))
    await shop.till.clear_faults()
    assert not [message for message in owner.said() if message.document is not None]
    assert EntryKind.BACKUP_MADE not in {entry.kind for entry in await shop.entries()}
