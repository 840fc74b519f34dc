"""What the windows of a change of many show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiogram_dialog import DialogManager

from changes.backend import ChangeKind
from changes.many import Target, would_change
from changes.names import plain
from changes.request import ChangeRequest
from changes.till import Status, Terminal, TerminalUser
from handlers.context import Context
from handlers.owner.change.memory import cautions, request_id
from handlers.owner.many import memory
from handlers.shown import change_line, clock_time, emulated_line, role_name
from handlers.widgets import FACTS, ask_page
from locales import Texts

PAGE = 8
TARGETS = "targets"

#: So many targets a preview names; more are counted.
NAMED = 20


async def what(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    found = await memory.found(context)
    counts = {kind: len(found.who_would_change(kind)) for kind in found.kinds}
    freeze, unfreeze = (counts.get(kind, 0) for kind in (ChangeKind.FREEZE, ChangeKind.UNFREEZE))
    person = memory.person(context)
    return {
        FACTS: {
            "terminal": plain(memory.terminal(context).name),
            "name": "" if person is None else plain(person[1]),
            "total": len(found.targets),
            "freeze": freeze,
            "unfreeze": unfreeze,
        },
        "person": person is not None,
        "freeze": freeze,
        "unfreeze": unfreeze,
    }


@dataclass(frozen=True, slots=True)
class _Page:
    """A part of the targets; `total` counts those on all pages."""

    places: tuple[int, ...]
    total: int


async def targets(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    kind, order, ticked = memory.kind(context), memory.order(context), memory.ticked(context)
    found = {memory.ids(target): target for target in (await memory.found(context)).targets}

    async def ask(offset: int) -> _Page:
        return _Page(tuple(range(offset, min(offset + PAGE, len(order)))), len(order))

    page = await ask_page(dialog_manager, TARGETS, PAGE, ask)
    several, freezes = len({terminal_id for terminal_id, _ in order}) > 1, kind is ChangeKind.FREEZE
    return {
        FACTS: {
            "kind": context.texts.plain("change-kind-freeze" if freezes else "change-kind-unfreeze"),
            "total": len(order),
            "chosen": len(ticked),
        },
        TARGETS: [
            (place, _button(context.texts, kind, found.get(order[place]), order[place] in ticked, several=several))
            for place in page.places
        ],
        "pages": max(1, -(-page.total // PAGE)),
        "person": memory.person(context) is not None,
        "some": bool(ticked),
    }


def _button(texts: Texts, kind: ChangeKind, target: Target | None, ticked: bool, *, several: bool) -> str:
    """One line of the list: ticked or not, or so already."""
    if target is None:
        return texts.plain("many-gone")
    user = target.user
    about = f"{plain(user.number, 12)} · {plain(user.name, 20)}"
    about = f"{plain(target.terminal.name, 16)} · {about}" if several else f"{about} · {role_name(texts, user.role)}"
    if not would_change(kind, user):
        return texts.plain("many-frozen" if user.status is Status.FROZEN else "many-active", about=about)
    return texts.plain("many-ticked" if ticked else "many-unticked", about=about)


async def preview(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    together = await context.use.see_together(context.who.actor, request_id(context))
    known = cautions(context)
    can = await context.use.see_till(context.who.actor, context.shop.id)
    really = emulated_line(context.texts, can, together[0].kind)
    told = [*([really] if really else []), *(context.texts.html(f"many-caution-{caution}") for caution in known)]
    return {
        FACTS: {"time": clock_time(together[0].expires_at, context.shop.zone)},
        "summary": _summary(context, together),
        "cautions": "\n".join(told),
        "signed_in": "signed-in" in known,
        "force": together[0].force,
    }


async def code(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    together = await context.use.see_together(context.who.actor, request_id(context))
    return {"summary": _summary(context, together)}


def _summary(context: Context, together: Sequence[ChangeRequest]) -> str:
    """What changes, and of whom: at most `NAMED` by name. Longer than a value of a text may be."""
    texts, first = context.texts, together[0]
    ordered = sorted(together, key=lambda each: (each.terminal.name, each.user.number))
    change = change_line(texts, first.kind, first.before, first.after)
    lines = [texts.html("many-preview", shop=plain(context.shop.name), total=len(together), change=change)]
    lines += [_line(texts, request.terminal, request.user) for request in ordered[:NAMED]]
    if len(ordered) > NAMED:
        lines.append(texts.html("progress-batch-more", count=len(ordered) - NAMED))
    return "\n".join(lines)


def _line(texts: Texts, terminal: Terminal, user: TerminalUser) -> str:
    about = f"{plain(terminal.name, 24)} · {plain(user.name, 32)} ({plain(user.number, 12)})"
    return texts.html("many-line-signed-in" if user.signed_in else "progress-about", about=about)
