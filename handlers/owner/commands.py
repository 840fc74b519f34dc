"""Commands in a private chat. Each works in the middle of any conversation."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aiogram import Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.fsm.state import State
from aiogram.types import Message
from aiogram_dialog import DialogManager, ShowMode, StartMode

from changes.errors import ClaimRefused
from changes.names import plain
from handlers.context import UseCases, Who
from handlers.owner.enrol.actions import begin as begin_enrolment
from handlers.secret_messages import remove_now
from handlers.states import AuditSG, BackupSG, ChangeSG, MenuSG, WaitingSG
from handlers.widgets import show_menu


async def claim(
    message: Message, command: CommandObject, who: Who, use: UseCases, dialog_manager: DialogManager
) -> None:
    """Spend an invitation; the message with its code does not stay."""
    try:
        claimed = await use.claim(who.actor, command.args or "", who.language_code)
    except ClaimRefused:
        if not who.shops or who.enrolled or dialog_manager.has_context():
            raise
        # Spent by this person in a process that ended before it kept their enrolment: that begins anew.
        await begin_enrolment(dialog_manager)
        return
    await remove_now(use, message)
    await message.answer(who.texts.html("claimed", shop=plain(claimed.shop.name)))
    shops = (*(shop for shop in who.shops if shop.id != claimed.shop.id), claimed.shop)
    dialog_manager.middleware_data["who"] = replace(who, shops=shops, enrolled=not claimed.enrol)
    await _open(dialog_manager)


async def menu(_message: Message, dialog_manager: DialogManager) -> None:
    await _open(dialog_manager)


async def _open(manager: DialogManager) -> None:
    """The menu; before that the authenticator, where there is none."""
    who: Who = manager.middleware_data["who"]
    if who.enrolled:
        await show_menu(manager, ShowMode.SEND)
    else:
        await begin_enrolment(manager)


async def change(_message: Message, who: Who, use: UseCases, dialog_manager: DialogManager) -> None:
    await _start_in_shop(dialog_manager, who, use, ChangeSG.terminal)


async def waiting(_message: Message, who: Who, use: UseCases, dialog_manager: DialogManager) -> None:
    await _start_in_shop(dialog_manager, who, use, WaitingSG.list)


async def audit(_message: Message, who: Who, use: UseCases, dialog_manager: DialogManager) -> None:
    await _start_in_shop(dialog_manager, who, use, AuditSG.entries)


async def till(_message: Message, who: Who, use: UseCases, dialog_manager: DialogManager) -> None:
    await _start_in_shop(dialog_manager, who, use, MenuSG.till)


async def backup(_message: Message, who: Who, use: UseCases, dialog_manager: DialogManager) -> None:
    await _start_in_shop(dialog_manager, who, use, BackupSG.what)


async def language(_message: Message, who: Who, use: UseCases, dialog_manager: DialogManager) -> None:
    await use.discard(who.actor)
    await dialog_manager.start(MenuSG.language, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def help_(_message: Message, who: Who, use: UseCases, dialog_manager: DialogManager) -> None:
    await use.discard(who.actor)
    await dialog_manager.start(MenuSG.help, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def cancel(message: Message, who: Who, use: UseCases, dialog_manager: DialogManager) -> None:
    in_conversation = dialog_manager.has_context()
    discarded = await use.discard(who.actor)
    said = [who.texts.html("cancelled" if in_conversation or discarded.proposals else "nothing-to-cancel")]
    if discarded.under_way:
        said.append(who.texts.html("cancelled-not-under-way"))
    await message.answer("\n\n".join(said))
    await _open(dialog_manager)


async def _start_in_shop(manager: DialogManager, who: Who, use: UseCases, state: State) -> None:
    """With several shops the shop comes first; without an authenticator that does."""
    if len(who.shops) != 1 or not who.enrolled:
        await _open(manager)
        return
    await use.discard(who.actor)
    data = {"shop_id": who.shops[0].id}
    await manager.start(state, data=data, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


def make_commands() -> Router:
    router = Router(name="owner.commands")
    router.message.register(claim, CommandStart(deep_link=True, ignore_mention=True))
    router.message.register(menu, CommandStart(ignore_mention=True))
    handlers: dict[str, Callable[..., Any]] = {
        "menu": menu,
        "change": change,
        "waiting": waiting,
        "audit": audit,
        "till": till,
        "backup": backup,
        "language": language,
        "help": help_,
        "cancel": cancel,
    }
    for name, handler in handlers.items():
        router.message.register(handler, Command(name, ignore_mention=True))
    return router
