"""What a press in the audit log does."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Select

from handlers.context import Context
from handlers.owner.change.undo import start_undo


async def undo(event: CallbackQuery, _select: Select[int], manager: DialogManager, number: int) -> None:
    context = Context(manager)
    await start_undo(event, manager, context.who, context.use, context.shop.id, number)
