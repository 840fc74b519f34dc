"""What the windows about waiting changes show."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from aiogram_dialog import DialogManager

from changes.amending import Amending
from changes.amendment import AmendmentKind
from changes.firing import MISSED, WAITS_ITS_TURN
from changes.names import plain
from changes.request import TEMPORARY, ChangeRequest
from changes.when import quick_ends, quick_starts
from handlers.context import Context
from handlers.owner import times
from handlers.owner.waiting import memory
from handlers.shown import change_line, clock_time, moment, user_facts, when_text
from handlers.widgets import FACTS, ask_page
from locales import Markup

PAGE = 8
CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class _Page:
    changes: tuple[ChangeRequest, ...]
    total: int


async def changes(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    found = await context.use.list_waiting(context.who.actor, context.shop.id)

    async def ask(offset: int) -> _Page:
        return _Page(found[offset : offset + PAGE], len(found))

    page = await ask_page(dialog_manager, CHANGES, PAGE, ask)
    return {
        FACTS: {"shop": plain(context.shop.name)},
        "changes": [(request.id, _row(context, request)) for request in page.changes],
        "none": not found,
        "pages": max(1, -(-page.total // PAGE)),
    }


def _row(context: Context, request: ChangeRequest) -> str:
    facts = {
        "mark": _mark(request),
        "name": plain(request.user.name, 20),
        "change": context.texts.plain(f"change-kind-{request.kind.value}"),
    }
    if request.due_at is None:
        return context.texts.plain("waiting-row-turn", **facts)
    there = request.due_at.astimezone(ZoneInfo(context.shop.zone))
    return context.texts.plain("waiting-row-time", time=f"{there:%m-%d %H:%M}", **facts)


def _mark(request: ChangeRequest) -> str:
    if request.result == MISSED:
        return "⚠️"
    if request.due_at is None or request.result == WAITS_ITS_TURN:
        return "⏳"
    return "⏰" if request.ends is None else "⌛"


async def change(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    request = await memory.change(context)
    actor, since = plain(request.actor_name), request.confirmed_at or request.created_at
    by = context.texts.html("waiting-by", actor=actor, time=moment(since, context.shop.zone))
    is_end = request.ends is not None
    return {
        "summary": "\n".join([_what(context, request), *_when(context, request), by]),
        "is_end": is_end,
        "temporary": request.kind in TEMPORARY and not is_end,
    }


async def time(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    is_end = (await memory.change(context)).ends is not None
    choices = quick_ends if is_end else quick_starts
    return {**times.shown(context, choices(context.now, context.shop.zone)), "is_end": is_end}


async def end(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    request = await memory.change(context)
    return times.shown(context, quick_ends(context.now, context.shop.zone, request.due_at))


async def preview(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    amending = await context.use.see_amendment(context.who.actor, memory.amendment_id(context))
    return {
        FACTS: {"time": clock_time(amending.amendment.expires_at, context.shop.zone)},
        "summary": _summary(context, amending),
    }


async def code(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    amending = await context.use.see_amendment(context.who.actor, memory.amendment_id(context))
    return {FACTS: {"summary": Markup(_summary(context, amending))}}


def _what(context: Context, request: ChangeRequest) -> str:
    facts = user_facts(context.texts, request.terminal, request.user)
    return context.texts.html(
        "waiting-change",
        shop=plain(context.shop.name),
        terminal=facts["terminal"],
        name=facts["name"],
        number=facts["number"],
        change=change_line(context.texts, request.kind, request.before, request.after, made=request.secret_made),
    )


def _when(context: Context, request: ChangeRequest) -> Iterator[str]:
    texts, zone = context.texts, context.shop.zone
    if request.due_at is None or request.result == WAITS_ITS_TURN:
        yield texts.html("waiting-turn")
    else:
        due = "waiting-due" if request.ends is None else "waiting-ends-due"
        key = "waiting-missed" if request.result == MISSED else due
        yield texts.html(key, when=when_text(texts, request.due_at, zone))
    if request.until is not None:
        yield texts.html("waiting-until", when=when_text(texts, request.until, zone))


def _summary(context: Context, amending: Amending) -> str:
    parts = context.texts.html("amend-check"), _what(context, amending.request), _asked(context, amending)
    return "{}\n\n{}\n\n{}".format(*parts)


def _asked(context: Context, amending: Amending) -> str:
    """What will be otherwise than it is."""
    texts, request = context.texts, amending.request
    is_end = request.ends is not None
    match amending.amendment.kind:
        case AmendmentKind.NOW:
            return texts.html("amend-end-now" if is_end else "amend-now")
        case AmendmentKind.CANCEL if is_end:
            return texts.html(f"amend-keep-{request.kind.value}")
        case AmendmentKind.CANCEL:
            return texts.html("amend-drop")
        case AmendmentKind.MOVE:
            return texts.html("amend-lasts" if is_end else "amend-move", times=_from_to(context, amending))
        case AmendmentKind.END:
            return texts.html("amend-end", times=_from_to(context, amending))


def _from_to(context: Context, amending: Amending) -> Markup:
    texts, zone, request = context.texts, context.shop.zone, amending.request
    ends = amending.amendment.kind is AmendmentKind.END
    before, to = request.until if ends else request.due_at, amending.amendment.moment
    if to is None:
        raise ValueError("an amendment without its moment")
    never = texts.plain("amend-for-good" if ends else "amend-turn")
    shown = never if before is None else when_text(texts, before, zone)
    return Markup(texts.html("amend-from-to", **{"from": shown, "to": when_text(texts, to, zone)}))
