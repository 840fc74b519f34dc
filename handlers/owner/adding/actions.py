"""What a press or a message in the conversation of an addition does."""

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select

from changes.errors import NameRefused, NotOffered, NumberRefused, SecretRefused
from handlers.context import Context
from handlers.owner.adding import memory
from handlers.secret_messages import looks_secret, remove_now
from handlers.states import AddSG
from handlers.widgets import refuse_digits, refuse_in_window


async def type_number(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """What could as well be a code does not stay."""
    context = Context(manager)
    actor, terminal = context.who.actor, memory.terminal(context)
    if looks_secret(message):
        await remove_now(context.use, message)
    try:
        number = await context.use.find_place.number(actor, context.shop.id, terminal.id, message.text or "")
    except NumberRefused as refusal:
        refuse_in_window(manager, refusal)
        return
    memory.set_number(context, number)
    await manager.switch_to(AddSG.name)


async def type_name(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """Digits alone are a code in the wrong window rather than a name: they do not stay."""
    if "".join((message.text or "").split()).isdecimal():
        await refuse_digits(manager, message)
        return
    context = Context(manager)
    try:
        name = await context.use.find_place.name(context.who.actor, context.shop.id, message.text or "")
    except NameRefused as refusal:
        refuse_in_window(manager, refusal)
        return
    memory.set_name(context, name)
    await manager.switch_to(AddSG.role)


async def choose_role(_event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str) -> None:
    """A till that is told no PIN is asked for none."""
    context = Context(manager)
    can = await context.use.see_till(context.who.actor, context.shop.id)
    if chosen not in can.roles:
        raise NotOffered
    memory.set_role(context, chosen)
    if can.secret.made:
        await manager.switch_to(AddSG.secret)
    else:
        await _propose(manager, None)


async def make_secret(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _propose(manager, None)


async def type_secret(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """The message goes before anything else happens; what was typed goes straight into the proposal, sealed."""
    await remove_now(Context(manager).use, message)
    manager.show_mode = ShowMode.EDIT
    try:
        await _propose(manager, message.text or "")
    except SecretRefused as refusal:
        refuse_in_window(manager, refusal)


async def _propose(manager: DialogManager, secret: str | None) -> None:
    """A number that was taken meanwhile leads back to its window."""
    context = Context(manager)
    actor, shop_id, terminal_id = context.who.actor, context.shop.id, memory.terminal(context).id
    newcomer, leaving = memory.newcomer(context, secret), memory.leaving(context)
    try:
        if leaving is None:
            memory.set_proposal(context, await context.use.propose_add(actor, shop_id, terminal_id, newcomer))
        else:
            together = await context.use.propose_hand_over(actor, shop_id, terminal_id, leaving[0], newcomer)
            memory.set_proposal(context, together)
    except NumberRefused as refusal:
        refuse_in_window(manager, refusal)
        await manager.switch_to(AddSG.number)
        return
    await manager.switch_to(AddSG.preview)
