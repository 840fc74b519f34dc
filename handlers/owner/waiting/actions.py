"""What a press or a message in the conversation about waiting changes does."""

from datetime import datetime

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select

from changes.amendment import AmendmentKind
from changes.errors import CodeLocked, CodeWrong, WhenBeforeStart, WhenPast
from changes.when import quick_ends, quick_starts
from handlers.context import Context
from handlers.owner import times
from handlers.owner.waiting import memory
from handlers.secret_messages import remove_now
from handlers.states import WaitingSG
from handlers.when import typed_end, typed_start
from handlers.widgets import refuse_in_window, say_in_window


async def choose_change(_event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str) -> None:
    context = Context(manager)
    memory.set_change(context, chosen)
    await memory.change(context)
    await manager.switch_to(WaitingSG.change)


async def choose_time(_event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str) -> None:
    """Another start, or of an end another end."""
    context = Context(manager)
    choices = quick_starts if (await memory.change(context)).ends is None else quick_ends
    at = times.chosen(choices(context.now, context.shop.zone), chosen)
    await _ask(manager, AmendmentKind.MOVE, at)


async def type_time(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    context = Context(manager)
    typed = typed_start if (await memory.change(context)).ends is None else typed_end

    async def move(at: datetime) -> None:
        await _ask(manager, AmendmentKind.MOVE, at)

    await times.take_typed(manager, message, lambda text: typed(text, context.now, context.shop.zone), move)


async def choose_end(_event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str) -> None:
    context = Context(manager)
    request = await memory.change(context)
    at = times.chosen(quick_ends(context.now, context.shop.zone, request.due_at), chosen)
    await _ask(manager, AmendmentKind.END, at)


async def type_end(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    context = Context(manager)
    request = await memory.change(context)

    async def end_at(at: datetime) -> None:
        await _ask(manager, AmendmentKind.END, at)

    def read(text: str) -> datetime:
        return typed_end(text, context.now, context.shop.zone, request.due_at)

    await times.take_typed(manager, message, read, end_at)


async def do_now(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _ask(manager, AmendmentKind.NOW)


async def drop(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _ask(manager, AmendmentKind.CANCEL)


async def _ask(manager: DialogManager, kind: AmendmentKind, at: datetime | None = None) -> None:
    context = Context(manager)
    request = await memory.change(context)
    memory.set_amendment(context, await context.use.propose_amendment(context.who.actor, request.id, kind, at))
    await manager.switch_to(WaitingSG.preview)


async def take_code(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """A moment that passed while the code was awaited has to be chosen anew; no code was spent on it."""
    context = Context(manager)
    await remove_now(context.use, message)
    manager.show_mode = ShowMode.EDIT
    try:
        await context.use.confirm_amendment(context.who.actor, memory.amendment_id(context), message.text or "")
    except (CodeWrong, CodeLocked) as refusal:
        refuse_in_window(manager, refusal)
    except (WhenPast, WhenBeforeStart) as refusal:
        refuse_in_window(manager, refusal)
        await manager.switch_to(WaitingSG.change)
    else:
        say_in_window(manager, "amend-done")
        await manager.switch_to(WaitingSG.list)
