"""From a terminal's users, or from one of them, to a change of many."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from changes.backend import Refusal
from changes.errors import TillRefused
from handlers.context import Context
from handlers.owner.change import memory
from handlers.owner.many.memory import ids, of_everyone, of_namesakes
from handlers.states import ManySG


async def everyone(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Raises `NotOffered` or `TooMany` before the conversation begins."""
    context = Context(manager)
    terminal = memory.terminal(context)
    await context.use.find_targets.everyone(context.who.actor, context.shop.id, terminal.id)
    await manager.start(ManySG.what, data={"shop_id": context.shop.id, "remembered": of_everyone(terminal)})


async def namesakes(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Raises `NotOffered` or `TooMany` before the conversation begins."""
    context = Context(manager)
    terminal, user_id = memory.terminal(context), memory.user_id(context)
    found = await context.use.find_targets.namesakes(context.who.actor, context.shop.id, terminal.id, user_id)
    names = {ids(target): target.user.name for target in found.targets}
    if (terminal.id, user_id) not in names:
        raise TillRefused(Refusal.USER_GONE)
    remembered = of_namesakes(terminal, user_id, names[terminal.id, user_id])
    await manager.start(ManySG.what, data={"shop_id": context.shop.id, "remembered": remembered})
