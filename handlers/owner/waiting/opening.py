"""From a button under a message to the waiting change that it is about."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, ShowMode, StartMode

from changes.amendment import AmendmentKind
from handlers.context import UseCases, Who
from handlers.notices import AmendButton
from handlers.owner.waiting import memory
from handlers.states import WaitingSG
from handlers.widgets import answer_press


async def open_waiting(
    event: CallbackQuery, manager: DialogManager, who: Who, use: UseCases, pressed: AmendButton
) -> None:
    """The change itself; where the button says what is to become of it, that amendment's preview or its time."""
    request = await use.see_waiting(who.actor, pressed.request_id)
    state = WaitingSG.time if pressed.kind is AmendmentKind.MOVE else WaitingSG.change
    remembered = memory.of_change(request.id)
    if pressed.kind in (AmendmentKind.NOW, AmendmentKind.CANCEL):
        state = WaitingSG.preview
        remembered = memory.of_amendment(await use.propose_amendment(who.actor, request.id, pressed.kind))
    else:
        await use.discard(who.actor)
    await answer_press(event)
    await manager.start(
        state,
        data={"shop_id": request.shop_id, "remembered": remembered},
        mode=StartMode.RESET_STACK,
        show_mode=ShowMode.SEND,
    )
