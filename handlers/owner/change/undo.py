"""Undoing a recorded change: straight to the preview of its opposite, or to what can be done instead."""

from typing import Any

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, ShowMode, StartMode

from changes.proposing import Proposal
from changes.undoing import FreezeInstead, Instead, NewPinInstead
from handlers.context import UseCases, Who
from handlers.owner.change import memory
from handlers.states import ChangeSG
from handlers.widgets import answer_press


async def start_undo(
    event: CallbackQuery, manager: DialogManager, who: Who, use: UseCases, shop_id: int, number: int
) -> None:
    """What cannot be put back is said why, and the window opens in which to do something else."""
    undo = await use.propose_undo(who.actor, shop_id, number)
    if isinstance(undo, Proposal):
        await answer_press(event)
        request = undo.request
        state, remembered = ChangeSG.preview, memory.of_user(request.terminal, request.user.id)
        remembered |= memory.of_proposal(undo)
    else:
        key, state, remembered = _instead(undo)
        await answer_press(event, who.texts.plain(key), alert=True)
    await manager.start(
        state,
        data={"shop_id": shop_id, "remembered": remembered},
        mode=StartMode.RESET_STACK,
        show_mode=ShowMode.SEND,
    )


def _instead(undo: Instead) -> tuple[str, State, dict[str, Any]]:
    """What is said, the window, and what it remembers."""
    if isinstance(undo, NewPinInstead):
        return "undo-new-pin", ChangeSG.pin, memory.of_user(undo.terminal, undo.user_id)
    if isinstance(undo, FreezeInstead):
        return "undo-freeze", ChangeSG.what, memory.of_user(undo.terminal, undo.user_id)
    return "undo-add", ChangeSG.user, memory.of_terminal(undo.terminal)
