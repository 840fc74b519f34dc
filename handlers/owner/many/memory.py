"""What the conversation of a change of many remembers: ids and choices as JSON. Never a code or a PIN."""

from typing import Any

from aiogram_dialog import DialogManager

from changes.backend import ChangeKind, Refusal
from changes.errors import TillRefused
from changes.many import Found, Target, Together
from changes.till import Terminal
from handlers.context import Context

#: A target as it is remembered: the ids of its terminal and of its user there.
Ids = tuple[str, str]


def of_everyone(terminal: Terminal) -> dict[str, Any]:
    """What a conversation about everyone on a terminal is started with."""
    return {"terminal": [terminal.id, terminal.name]}


def of_namesakes(terminal: Terminal, user_id: str, name: str) -> dict[str, Any]:
    """What a conversation about a person on all terminals is started with; `name` is the user's at this terminal."""
    return {**of_everyone(terminal), "user": [user_id, name]}


async def recall(start_data: Any, manager: DialogManager) -> None:
    """Whom it is about was said when it was started."""
    if isinstance(start_data, dict):
        Context(manager).data.update(start_data.get("remembered", {}))


def terminal(context: Context) -> Terminal:
    terminal_id, name = context.data["terminal"]
    return Terminal(terminal_id, name)


def person(context: Context) -> tuple[str, str] | None:
    """The id and the name of the user who is to be changed on all terminals; None where it is everyone on one."""
    user = context.data.get("user")
    return None if user is None else (str(user[0]), str(user[1]))


async def found(context: Context) -> Found:
    """The targets as the till knows them now."""
    actor, shop_id, terminal_id, who = context.who.actor, context.shop.id, terminal(context).id, person(context)
    if who is None:
        return await context.use.find_targets.everyone(actor, shop_id, terminal_id)
    return await context.use.find_targets.namesakes(actor, shop_id, terminal_id, who[0])


def ids(target: Target) -> Ids:
    return target.terminal.id, target.user.id


def set_kind(context: Context, kind: ChangeKind, targets: Found) -> None:
    """All who would change are ticked. The order stays, so that a late press ticks whom it showed."""
    context.data["kind"] = kind.value
    context.data["order"] = [list(ids(target)) for target in targets.targets]
    set_ticked(context, {ids(target) for target in targets.who_would_change(kind)})


def kind(context: Context) -> ChangeKind:
    return ChangeKind(context.data["kind"])


def order(context: Context) -> list[Ids]:
    return [(str(terminal_id), str(user_id)) for terminal_id, user_id in context.data["order"]]


def at(context: Context, place: str) -> Ids:
    """The target in this place. Raises `TillRefused` where there is none."""
    known = order(context)
    if not (place.isascii() and place.isdecimal()) or len(place) > len(str(len(known))) or int(place) >= len(known):
        raise TillRefused(Refusal.USER_GONE)
    return known[int(place)]


def set_ticked(context: Context, ticked: set[Ids]) -> None:
    context.data["ticked"] = [list(each) for each in order(context) if each in ticked]


def ticked(context: Context) -> set[Ids]:
    return {(str(terminal_id), str(user_id)) for terminal_id, user_id in context.data["ticked"]}


def set_proposal(context: Context, together: Together) -> None:
    """Under the names by which `handlers.owner.change.memory` knows a proposal."""
    context.data["request"] = together.requests[0].id
    context.data["cautions"] = [caution.value for caution in together.cautions]
