"""What a press or a message in the conversation of a change does."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select

from changes.backend import ChangeKind, Refusal
from changes.errors import (
    CodeLocked,
    CodeWrong,
    NameRefused,
    NothingToDo,
    NotOffered,
    SecretRefused,
    TillRefused,
    WhenPast,
)
from changes.names import plain
from changes.request import ChangeRequest, Draft, value_of
from changes.till import UserQuery
from changes.when import quick_ends, quick_starts
from handlers.context import Context
from handlers.owner import times
from handlers.owner.change import memory
from handlers.owner.change.getters import USERS
from handlers.secret_messages import looks_secret, remove_now, removing
from handlers.states import ChangeSG
from handlers.when import typed_end, typed_start
from handlers.widgets import refuse_digits, refuse_in_window


async def choose_terminal(_event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str) -> None:
    context = Context(manager)
    found = await context.use.list_terminals(context.who.actor, context.shop.id)
    terminals = {terminal.id: terminal for terminal in found}
    if chosen not in terminals:
        raise TillRefused(Refusal.TERMINAL_GONE)
    memory.set_terminal(context, terminals[chosen])
    await _first_page(manager)
    await manager.switch_to(ChangeSG.user)


async def search(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """What looks like a code and finds nobody is one: it neither stays nor is remembered."""
    context = Context(manager)
    wanted = plain(message.text or "", 64)
    if looks_secret(message):
        query = UserQuery(search=wanted, limit=1)
        found = await context.use.list_users(context.who.actor, context.shop.id, memory.terminal(context).id, query)
        if found.total == 0:
            await refuse_digits(manager, message)
            return
    memory.set_search(context, wanted)
    await _first_page(manager)


async def clear_search(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    memory.set_search(Context(manager), "")
    await _first_page(manager)


async def _first_page(manager: DialogManager) -> None:
    scroll = manager.find(USERS)
    if scroll:
        await scroll.set_page(0)


async def choose_user(_event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str) -> None:
    context = Context(manager)
    await context.use.see_user(context.who.actor, context.shop.id, memory.terminal(context).id, chosen)
    memory.set_user_id(context, chosen)
    await manager.switch_to(ChangeSG.what)


async def freeze(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await propose(manager, ChangeKind.FREEZE)


async def unfreeze(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await propose(manager, ChangeKind.UNFREEZE)


async def remove(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await propose(manager, ChangeKind.REMOVE)


async def toggle_force(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    request = await _proposed(Context(manager))
    await _propose_again(manager, request, force=not request.force)


async def choose_start(_event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str) -> None:
    context = Context(manager)
    at = times.chosen(quick_starts(context.now, context.shop.zone), chosen)
    await _propose_again(manager, await _proposed(context), due_at=at)


async def choose_end(_event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str) -> None:
    context = Context(manager)
    request = await _proposed(context)
    at = times.chosen(quick_ends(context.now, context.shop.zone, request.due_at), chosen)
    await _propose_again(manager, request, until=at)


async def start_now(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _propose_again(manager, await _proposed(Context(manager)), due_at=None)


async def for_good(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _propose_again(manager, await _proposed(Context(manager)), until=None)


async def type_start(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    context = Context(manager)

    async def start_at(at: datetime) -> None:
        await _propose_again(manager, await _proposed(context), due_at=at)

    await times.take_typed(manager, message, lambda text: typed_start(text, context.now, context.shop.zone), start_at)


async def type_end(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    context = Context(manager)
    request = await _proposed(context)

    async def end_at(at: datetime) -> None:
        await _propose_again(manager, request, until=at)

    def read(text: str) -> datetime:
        return typed_end(text, context.now, context.shop.zone, request.due_at)

    await times.take_typed(manager, message, read, end_at)


async def make_pin(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await propose(manager, ChangeKind.PIN)


async def choose_role(_event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str) -> None:
    await propose(manager, ChangeKind.ROLE, chosen)


async def type_name(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """Digits alone are a code in the wrong window rather than a name: they do not stay."""
    if "".join((message.text or "").split()).isdecimal():
        await refuse_digits(manager, message)
        return
    try:
        await propose(manager, ChangeKind.RENAME, message.text or "")
    except (NameRefused, NothingToDo) as refusal:
        refuse_in_window(manager, refusal)


async def type_pin(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """The message goes before anything else happens; what was typed goes straight into the proposal, sealed."""
    await remove_now(Context(manager).use, message)
    manager.show_mode = ShowMode.EDIT
    try:
        await propose(manager, ChangeKind.PIN, message.text or "")
    except SecretRefused as refusal:
        refuse_in_window(manager, refusal)


async def propose(manager: DialogManager, kind: ChangeKind, value: str | None = None) -> None:
    context = Context(manager)
    terminal_id, user_id = memory.terminal(context).id, memory.user_id(context)
    await _put(manager, Draft(context.shop.id, terminal_id, user_id, kind, value))


async def _proposed(context: Context) -> ChangeRequest:
    """What stands in the preview. Raises `RequestOver`."""
    return await context.use.see_proposal(context.who.actor, memory.request_id(context))


async def _propose_again(manager: DialogManager, request: ChangeRequest, **changed: Any) -> None:
    """The same with other fields of its draft. Raises `NotOffered` for a PIN: who reads it must be there."""
    if request.kind is ChangeKind.PIN:
        raise NotOffered
    draft = Draft(
        shop_id=request.shop_id,
        terminal_id=request.terminal.id,
        user_id=request.user.id,
        kind=request.kind,
        value=value_of(request.after),
        force=request.force,
        undoes=request.undoes,
        due_at=request.due_at,
        until=request.until,
    )
    await _put(manager, replace(draft, **changed))


async def _put(manager: DialogManager, draft: Draft) -> None:
    context = Context(manager)
    memory.set_proposal(context, await context.use.propose(context.who.actor, draft))
    await manager.switch_to(ChangeSG.preview)


async def take_code(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """The window's message becomes the one that shows how the change goes; the conversation is over."""
    context = Context(manager)
    manager.show_mode = ShowMode.EDIT
    progress_id = manager.current_stack().last_message_id
    try:
        async with removing(context.use, message):
            await context.use.confirm(context.who.actor, memory.request_id(context), message.text or "", progress_id)
    except (CodeWrong, CodeLocked) as refusal:
        refuse_in_window(manager, refusal)
        return
    except WhenPast as refusal:
        refuse_in_window(manager, refusal)
        await manager.switch_to(ChangeSG.until)
        return
    manager.show_mode = ShowMode.NO_UPDATE
    await manager.reset_stack(remove_keyboard=False)
    manager.current_stack().last_message_id = None
