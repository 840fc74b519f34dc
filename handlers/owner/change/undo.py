"""Undoing a recorded change: straight to the preview of its opposite."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, ShowMode, StartMode

from changes.undoing import NewPinInstead
from handlers.context import UseCases, Who
from handlers.owner.change import memory
from handlers.states import ChangeSG
from handlers.widgets import answer_press


async def start_undo(
    event: CallbackQuery, manager: DialogManager, who: Who, use: UseCases, shop_id: int, number: int
) -> None:
    """A PIN cannot be put back: its window opens to give a new one."""
    undo = await use.propose_undo(who.actor, shop_id, number)
    if isinstance(undo, NewPinInstead):
        await answer_press(event, who.texts.plain("undo-new-pin"), alert=True)
        state, remembered = ChangeSG.pin, memory.of_user(undo.terminal, undo.user_id)
    else:
        await answer_press(event)
        request = undo.request
        state, remembered = ChangeSG.preview, memory.of_user(request.terminal, request.user.id)
        remembered |= memory.of_proposal(undo)
    await manager.start(
        state,
        data={"shop_id": shop_id, "remembered": remembered},
        mode=StartMode.RESET_STACK,
        show_mode=ShowMode.SEND,
    )
