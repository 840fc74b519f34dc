"""What a press or a message in the conversation of a change does."""

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Select

from changes.backend import ChangeKind, Refusal
from changes.errors import CodeLocked, CodeWrong, NameRefused, NothingToDo, PinRefused, TillRefused
from changes.names import plain
from changes.request import Draft
from changes.till import UserQuery
from handlers.context import Context
from handlers.owner.change import memory
from handlers.owner.change.getters import USERS
from handlers.secret_messages import looks_secret, remove_now
from handlers.states import ChangeSG
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
    await _propose(manager, ChangeKind.FREEZE)


async def unfreeze(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _propose(manager, ChangeKind.UNFREEZE)


async def toggle_force(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    context = Context(manager)
    request = await context.use.see_proposal(context.who.actor, memory.request_id(context))
    await _propose(manager, request.kind, force=not request.force)


async def make_pin(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _propose(manager, ChangeKind.PIN)


async def choose_role(_event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str) -> None:
    await _propose(manager, ChangeKind.ROLE, chosen)


async def type_name(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """Digits alone are a code in the wrong window rather than a name: they do not stay."""
    if "".join((message.text or "").split()).isdecimal():
        await refuse_digits(manager, message)
        return
    try:
        await _propose(manager, ChangeKind.RENAME, message.text or "")
    except (NameRefused, NothingToDo) as refusal:
        refuse_in_window(manager, refusal)


async def type_pin(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """The message goes before anything else happens; the PIN goes straight into the proposal, sealed."""
    await remove_now(Context(manager).use, message)
    manager.show_mode = ShowMode.EDIT
    try:
        await _propose(manager, ChangeKind.PIN, message.text or "")
    except PinRefused as refusal:
        refuse_in_window(manager, refusal)


async def _propose(manager: DialogManager, kind: ChangeKind, value: str | None = None, *, force: bool = False) -> None:
    context = Context(manager)
    terminal_id, user_id = memory.terminal(context).id, memory.user_id(context)
    draft = Draft(context.shop.id, terminal_id, user_id, kind, value, force)
    memory.set_proposal(context, await context.use.propose(context.who.actor, draft))
    await manager.switch_to(ChangeSG.preview)


async def take_code(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    """The window's message becomes the one that shows how the change goes; the conversation is over."""
    context = Context(manager)
    await remove_now(context.use, message)
    manager.show_mode = ShowMode.EDIT
    progress_id = manager.current_stack().last_message_id
    try:
        await context.use.confirm(context.who.actor, memory.request_id(context), message.text or "", progress_id)
    except (CodeWrong, CodeLocked) as refusal:
        refuse_in_window(manager, refusal)
        return
    manager.show_mode = ShowMode.NO_UPDATE
    await manager.reset_stack(remove_keyboard=False)
    manager.current_stack().last_message_id = None
