"""What a press in the conversation of a change of many does."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from changes.backend import ChangeKind, Refusal
from changes.errors import NobodyChosen, NothingToDo, TillRefused
from changes.many import would_change
from changes.request import Draft
from handlers.context import Context
from handlers.owner.change.memory import request_id
from handlers.owner.many import memory
from handlers.owner.many.getters import TARGETS
from handlers.states import ManySG
from handlers.widgets import refuse_in_window


async def freeze(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _choose(manager, ChangeKind.FREEZE)


async def unfreeze(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _choose(manager, ChangeKind.UNFREEZE)


async def _choose(manager: DialogManager, kind: ChangeKind) -> None:
    context = Context(manager)
    found = await memory.found(context)
    if not found.who_would_change(kind):
        raise NothingToDo
    memory.set_kind(context, kind, found)
    scroll = manager.find(TARGETS)
    if scroll:
        await scroll.set_page(0)
    await manager.switch_to(ManySG.targets)


async def toggle(_event: CallbackQuery, _select: Select[str], manager: DialogManager, place: str) -> None:
    """Raises `NothingToDo`, or `TillRefused` for whom the till protects."""
    context = Context(manager)
    chosen, ticked = memory.at(context, place), memory.ticked(context)
    if chosen not in ticked and chosen not in await _changeable(context):
        found = await memory.found(context)
        if any(memory.ids(target) == chosen and target.user.protected for target in found.targets):
            raise TillRefused(Refusal.PROTECTED)
        raise NothingToDo
    memory.set_ticked(context, ticked ^ {chosen})


async def tick_all(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    context = Context(manager)
    memory.set_ticked(context, await _changeable(context))


async def untick_all(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    memory.set_ticked(Context(manager), set())


async def _changeable(context: Context) -> set[memory.Ids]:
    found, kind = await memory.found(context), memory.kind(context)
    return {memory.ids(target) for target in found.targets if would_change(kind, target.user)}


async def propose(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    context = Context(manager)
    try:
        await _propose(manager, [each for each in memory.order(context) if each in memory.ticked(context)])
    except (NobodyChosen, NothingToDo) as refusal:
        refuse_in_window(manager, refusal)


async def toggle_force(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """For those who were put before the owner, and nobody else."""
    context = Context(manager)
    together = await context.use.see_together(context.who.actor, request_id(context))
    await _propose(manager, [(each.terminal.id, each.user.id) for each in together], force=not together[0].force)


async def _propose(manager: DialogManager, targets: list[memory.Ids], *, force: bool = False) -> None:
    context = Context(manager)
    kind = memory.kind(context)
    drafts = [Draft(context.shop.id, terminal_id, user_id, kind, force=force) for terminal_id, user_id in targets]
    memory.set_proposal(context, await context.use.propose_many(context.who.actor, drafts))
    await manager.switch_to(ManySG.preview)
