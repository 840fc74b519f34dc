"""Permissions and terminals: chosen by ticking, then proposed as a whole."""

from collections.abc import Iterable
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from changes.backend import ChangeKind
from changes.errors import NoTerminal, NothingToDo, NotOffered
from changes.names import plain
from changes.request import joined
from handlers.context import Context
from handlers.owner.change import memory
from handlers.owner.change.actions import propose
from handlers.owner.change.getters import card_of
from handlers.shown import permission_names, user_facts
from handlers.states import ChangeSG
from handlers.widgets import FACTS, refuse_in_window


async def open_permissions(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """What the user has now is ticked."""
    context = Context(manager)
    card = await card_of(context)
    known = card.capabilities.permissions
    memory.set_ticks(context, sorted(known), (card.user.permissions or frozenset()) & known)
    await manager.switch_to(ChangeSG.permissions)


async def open_places(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Where the user works now is ticked."""
    context = Context(manager)
    card = await card_of(context)
    terminals = await context.use.list_terminals(context.who.actor, context.shop.id)
    memory.set_ticks(context, [terminal.id for terminal in terminals], card.user.terminals or frozenset())
    await manager.switch_to(ChangeSG.places)


async def toggle(_event: CallbackQuery, _select: Select[str], manager: DialogManager, place: str) -> None:
    """Raises `NotOffered` for a place that no button has."""
    context = Context(manager)
    order, ticked = memory.tick_order(context), memory.ticked(context)
    known = {str(number): each for number, each in enumerate(order)}
    if place not in known:
        raise NotOffered
    memory.set_ticks(context, order, ticked ^ {known[place]})


async def propose_permissions(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _propose(manager, ChangeKind.PERMISSIONS)


async def propose_places(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _propose(manager, ChangeKind.ASSIGN)


async def _propose(manager: DialogManager, kind: ChangeKind) -> None:
    try:
        await propose(manager, kind, joined(memory.ticked(Context(manager))))
    except (NothingToDo, NoTerminal) as refusal:
        refuse_in_window(manager, refusal)


async def permissions(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    names = [permission_names(context.texts, [each]) for each in memory.tick_order(context)]
    return await _window(context, names)


async def places(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    terminals = await context.use.list_terminals(context.who.actor, context.shop.id)
    names = {terminal.id: plain(terminal.name, 40) for terminal in terminals}
    return await _window(context, [names.get(each, plain(each, 40)) for each in memory.tick_order(context)])


async def _window(context: Context, names: Iterable[str]) -> dict[str, Any]:
    card, ticked = await card_of(context), memory.ticked(context)
    lines = zip(memory.tick_order(context), names, strict=True)
    return {
        FACTS: {**user_facts(context.texts, card.terminal, card.user), "chosen": len(ticked)},
        "ticks": [
            (number, context.texts.plain("many-ticked" if each in ticked else "many-unticked", about=name))
            for number, (each, name) in enumerate(lines)
        ],
    }
