"""What the conversation of an addition remembers, as JSON. Never a code, a PIN or a password.

The proposal is kept under the names by which `handlers.owner.change.memory` knows one.
"""

from typing import Any

from aiogram_dialog import DialogManager

from changes.adding import Newcomer
from changes.many import Together
from changes.proposing import Proposal
from changes.till import Terminal, TerminalUser
from handlers.context import Context


def of_terminal(terminal: Terminal) -> dict[str, Any]:
    """What a conversation about somebody new is started with."""
    return {"terminal": [terminal.id, terminal.name]}


def of_leaving(terminal: Terminal, user: TerminalUser) -> dict[str, Any]:
    """What a conversation about somebody in the place of `user` is started with."""
    return {**of_terminal(terminal), "leaving": [user.id, user.number, user.name]}


async def recall(start_data: Any, manager: DialogManager) -> None:
    """Where it is about was said when it was started."""
    if isinstance(start_data, dict):
        Context(manager).data.update(start_data.get("remembered", {}))


def terminal(context: Context) -> Terminal:
    terminal_id, name = context.data["terminal"]
    return Terminal(terminal_id, name)


def leaving(context: Context) -> tuple[str, str, str] | None:
    """Id, number and name of who hands over; None where nobody does."""
    who = context.data.get("leaving")
    return None if who is None else (str(who[0]), str(who[1]), str(who[2]))


def set_number(context: Context, number: str) -> None:
    context.data["number"] = number


def set_name(context: Context, name: str) -> None:
    context.data["name"] = name


def set_role(context: Context, role: str) -> None:
    context.data["role"] = role


def name(context: Context) -> str:
    return str(context.data["name"])


def number(context: Context) -> str:
    return str(context.data["number"])


def newcomer(context: Context, secret: str | None) -> Newcomer:
    return Newcomer(number(context), name(context), str(context.data["role"]), secret)


def set_proposal(context: Context, proposed: Proposal | Together) -> None:
    first = proposed.request if isinstance(proposed, Proposal) else proposed.requests[0]
    context.data["request"] = first.id
    context.data["cautions"] = [caution.value for caution in proposed.cautions]
