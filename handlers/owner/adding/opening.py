"""From a terminal's users to an addition, and from one of them to a handing over."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from changes.errors import NotOffered
from changes.handing_over import is_offered
from handlers.context import Context
from handlers.owner.adding.memory import of_leaving, of_terminal
from handlers.owner.change import memory
from handlers.states import AddSG


async def add(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Raises `NotOffered`, or `TillRefused(FULL)`, before the conversation begins."""
    context = Context(manager)
    place = await context.use.find_place(context.who.actor, context.shop.id, memory.terminal(context).id)
    await manager.start(AddSG.number, data={"shop_id": context.shop.id, "remembered": of_terminal(place.terminal)})


async def hand_over(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Raises as `add` does."""
    context = Context(manager)
    actor, terminal_id = context.who.actor, memory.terminal(context).id
    card = await context.use.see_user(actor, context.shop.id, terminal_id, memory.user_id(context))
    if not is_offered(card.capabilities):
        raise NotOffered
    place = await context.use.find_place(actor, context.shop.id, terminal_id)
    remembered = of_leaving(place.terminal, card.user)
    await manager.start(AddSG.number, data={"shop_id": context.shop.id, "remembered": remembered})
