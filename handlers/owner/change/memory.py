"""What the conversation of a change remembers: ids and choices as JSON. Never a code or a PIN."""

from collections.abc import Collection, Sequence
from typing import Any

from aiogram_dialog import DialogManager

from changes.errors import RequestOver
from changes.proposing import Proposal
from changes.till import Terminal
from handlers.context import Context


def of_terminal(terminal: Terminal) -> dict[str, Any]:
    """What is remembered once the terminal is chosen."""
    return {"terminal": [terminal.id, terminal.name], "search": ""}


def of_user(terminal: Terminal, user_id: str) -> dict[str, Any]:
    """What is remembered once terminal and user are chosen."""
    return {**of_terminal(terminal), "user": user_id}


def of_proposal(proposal: Proposal) -> dict[str, Any]:
    return {"request": proposal.request.id, "cautions": [caution.value for caution in proposal.cautions]}


async def recall(start_data: Any, manager: DialogManager) -> None:
    """A conversation that is begun in the middle remembers what it was started with."""
    if isinstance(start_data, dict):
        Context(manager).data.update(start_data.get("remembered", {}))


def set_terminal(context: Context, terminal: Terminal) -> None:
    context.data["terminal"] = [terminal.id, terminal.name]
    set_search(context, "")


def terminal(context: Context) -> Terminal:
    terminal_id, name = context.data["terminal"]
    return Terminal(terminal_id, name)


def set_search(context: Context, search: str) -> None:
    context.data["search"] = search


def search(context: Context) -> str:
    return str(context.data.get("search", ""))


def set_user_id(context: Context, user_id: str) -> None:
    context.data["user"] = user_id


def user_id(context: Context) -> str:
    return str(context.data["user"])


def set_ticks(context: Context, order: Sequence[str], ticked: Collection[str]) -> None:
    """What can be ticked, and what is. The order stays, so that a late press ticks what it showed."""
    context.data["order"] = list(order)
    context.data["ticked"] = [each for each in order if each in ticked]


def tick_order(context: Context) -> list[str]:
    return [str(each) for each in context.data["order"]]


def ticked(context: Context) -> set[str]:
    return {str(each) for each in context.data["ticked"]}


def set_proposal(context: Context, proposal: Proposal) -> None:
    context.data.update(of_proposal(proposal))


def request_id(context: Context) -> str:
    """Raises `RequestOver` where nothing was proposed in this conversation."""
    if "request" not in context.data:
        raise RequestOver
    return str(context.data["request"])


def cautions(context: Context) -> list[str]:
    return [str(caution) for caution in context.data.get("cautions", [])]
