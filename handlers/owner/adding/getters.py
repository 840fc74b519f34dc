"""What the windows of an addition show."""

from collections.abc import Iterator
from typing import Any

from aiogram_dialog import DialogManager

from changes.backend import Capabilities, ChangeKind, SecretKind
from changes.names import plain
from changes.request import ChangeRequest
from handlers.context import Context
from handlers.owner.adding import memory
from handlers.owner.change.memory import cautions, request_id
from handlers.shown import change_line, clock_time, emulated_line, role_name
from handlers.widgets import FACTS
from locales import Markup


async def _can(context: Context) -> Capabilities:
    return await context.use.see_till(context.who.actor, context.shop.id)


async def number(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """Whose place is taken is said; who is added for nobody's place is told so."""
    context = Context(dialog_manager)
    rules = (await _can(context)).number
    leaving = memory.leaving(context)
    old = {} if leaving is None else {"old": plain(leaving[2]), "old_number": plain(leaving[1])}
    bounds = {"shortest": rules.shortest, "longest": rules.longest}
    return {
        FACTS: {"terminal": plain(memory.terminal(context).name), **bounds, **old},
        "hands_over": leaving is not None,
        "digits": rules.digits,
    }


async def name(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    return {FACTS: {"number": plain(memory.number(context)), "longest": (await _can(context)).name_longest}}


async def role(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    return {
        FACTS: _who(context),
        "roles": [(each.value, role_name(context.texts, each)) for each in (await _can(context)).roles],
    }


async def secret(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    rules = (await _can(context)).secret
    bounds = {"shortest": rules.shortest, "longest": rules.longest}
    return {FACTS: {**_who(context), **bounds}, "password": rules.kind is SecretKind.PASSWORD}


def _who(context: Context) -> dict[str, str]:
    return {"name": plain(memory.name(context)), "number": plain(memory.number(context))}


async def preview(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    together = await context.use.see_together(context.who.actor, request_id(context))
    can = await _can(context)
    emulated = (emulated_line(context.texts, can, request.kind) for request in together)
    shown = [context.texts.html(f"caution-{caution}") for caution in cautions(context)]
    return {
        FACTS: {"time": clock_time(together[0].expires_at, context.shop.zone)},
        "summary": _summary(context, together),
        "cautions": "\n".join([*(line for line in emulated if line), *shown]),
    }


async def code(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    together = await context.use.see_together(context.who.actor, request_id(context))
    return {FACTS: {"summary": Markup(_summary(context, together))}}


def _summary(context: Context, together: tuple[ChangeRequest, ...]) -> str:
    lines = "\n".join(_lines(context, together))
    terminal = plain(together[0].terminal.name)
    return context.texts.html("add-preview", shop=plain(context.shop.name), terminal=terminal, change=Markup(lines))


def _lines(context: Context, together: tuple[ChangeRequest, ...]) -> Iterator[str]:
    """Who goes first, then who comes, and what they sign in with."""
    texts = context.texts
    for request in sorted(together, key=lambda each: each.kind is ChangeKind.ADD):
        if request.kind is not ChangeKind.ADD:
            yield texts.html("add-goes", name=plain(request.user.name), number=plain(request.user.number))
            continue
        yield change_line(texts, request.kind, request.before, request.after)
        way = request.after.get("secret", SecretKind.PIN.value)
        yield texts.html(f"add-secret-{way}-made" if request.secret_made else f"add-secret-{way}")
