"""What the windows of a change show."""

from collections.abc import Iterator
from typing import Any

from aiogram_dialog import DialogManager

from changes.backend import Capabilities, ChangeKind, SecretKind
from changes.browsing import UserCard
from changes.cautions import LEAVING
from changes.handing_over import is_offered
from changes.many import TOGETHER
from changes.names import plain
from changes.request import TEMPORARY, ChangeRequest
from changes.till import Role, Status, UserPage, UserQuery
from changes.when import quick_ends, quick_starts
from handlers.context import Context
from handlers.owner import times
from handlers.owner.change import memory
from handlers.shown import change_line, clock_time, emulated_line, role_name, user_button, user_facts, when_text
from handlers.widgets import FACTS, ask_page
from locales import Markup, Texts

PAGE = 8
USERS = "users"


async def terminals(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    found = await context.use.list_terminals(context.who.actor, context.shop.id)
    return {"terminals": [(terminal.id, plain(terminal.name, 40)) for terminal in found], "none": not found}


async def users(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    terminal = memory.terminal(context)
    search = memory.search(context)

    async def ask(offset: int) -> UserPage:
        query = UserQuery(search=search, offset=offset, limit=PAGE)
        return await context.use.list_users(context.who.actor, context.shop.id, terminal.id, query)

    page = await ask_page(dialog_manager, USERS, PAGE, ask)
    can = await context.use.see_till(context.who.actor, context.shop.id)
    return {
        FACTS: {"terminal": plain(terminal.name), "search": plain(search), "total": page.total},
        "users": [(user.id, user_button(context.texts, user)) for user in page.users],
        "pages": max(1, -(-page.total // PAGE)),
        "searching": bool(search),
        "all": not search and page.total > 0 and any(_of_many(can, kind) for kind in TOGETHER),
        "add": can.offers(ChangeKind.ADD),
    }


async def card_of(context: Context) -> UserCard:
    terminal_id, user_id = memory.terminal(context).id, memory.user_id(context)
    return await context.use.see_user(context.who.actor, context.shop.id, terminal_id, user_id)


async def what(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    card = await card_of(context)
    frozen = card.user.status is Status.FROZEN
    offers = {kind.value: card.capabilities.offers(kind) for kind in ChangeKind}
    offers["freeze"] &= not frozen
    offers["unfreeze"] &= frozen
    offers["hand_over"] = not frozen and is_offered(card.capabilities)
    offers["password"] = card.capabilities.secret.kind is SecretKind.PASSWORD
    offers["elsewhere"] = card.elsewhere and any(_of_many(card.capabilities, kind) for kind in TOGETHER)
    return {FACTS: user_facts(context.texts, card.terminal, card.user), **offers}


def _of_many(can: Capabilities, kind: ChangeKind) -> bool:
    return can.offers(kind) and not can.is_guided(kind)


async def name(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    card = await card_of(context)
    return {FACTS: {**user_facts(context.texts, card.terminal, card.user), "longest": card.capabilities.name_longest}}


async def pin(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    card = await card_of(context)
    rules = card.capabilities.secret
    bounds = {"shortest": rules.shortest, "longest": rules.longest}
    password = rules.kind is SecretKind.PASSWORD
    return {
        FACTS: {**user_facts(context.texts, card.terminal, card.user), **bounds},
        "told": rules.made > 0,
        "told_pin": rules.made > 0 and not password,
        "told_password": rules.made > 0 and password,
    }


async def roles(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    card = await card_of(context)
    return {
        FACTS: user_facts(context.texts, card.terminal, card.user),
        "roles": [(role.value, _role_button(context.texts, role, card.user.role)) for role in card.capabilities.roles],
    }


def _role_button(texts: Texts, role: Role, now: Role) -> str:
    name = role_name(texts, role)
    return texts.plain("change-role-current", role=name) if role is now else name


async def preview(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    request = await context.use.see_proposal(context.who.actor, memory.request_id(context))
    cautions = memory.cautions(context)
    # A person has to be at the till for it.
    guided = "guided" in cautions
    can = await context.use.see_till(context.who.actor, context.shop.id)
    # Who will be signed in at a later time nobody knows.
    leaves_later = request.kind in LEAVING and request.due_at is not None
    known = [caution for caution in cautions if not (leaves_later and caution == "signed-in")]
    shown = [context.texts.html(f"caution-{caution}") for caution in known]
    emulated = emulated_line(context.texts, can, request.kind)
    if emulated:
        shown.insert(0, emulated)
    if leaves_later:
        shown.append(context.texts.html("caution-signed-in-then"))
    return {
        FACTS: {"time": clock_time(request.expires_at, context.shop.zone)},
        "summary": _summary(context, request),
        "cautions": "\n".join(shown),
        "forceable": "signed-in" in cautions or leaves_later,
        "force": _force_button(context.texts, request),
        "timed": request.kind is not ChangeKind.PIN and not guided,
        "temporary": request.kind in TEMPORARY and not guided,
    }


def _force_button(texts: Texts, request: ChangeRequest) -> str:
    if request.due_at is None:
        return texts.plain("preview-force-on" if request.force else "preview-force-off")
    return texts.plain("preview-force-later-on" if request.force else "preview-force-later-off")


async def when(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    await context.use.see_proposal(context.who.actor, memory.request_id(context))
    return times.shown(context, quick_starts(context.now, context.shop.zone))


async def until(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    request = await context.use.see_proposal(context.who.actor, memory.request_id(context))
    return times.shown(context, quick_ends(context.now, context.shop.zone, request.due_at))


async def code(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    request = await context.use.see_proposal(context.who.actor, memory.request_id(context))
    return {FACTS: {"summary": Markup(_summary(context, request))}}


def _summary(context: Context, request: ChangeRequest) -> str:
    facts = user_facts(context.texts, request.terminal, request.user)
    summary = context.texts.html(
        "preview",
        shop=plain(context.shop.name),
        terminal=facts["terminal"],
        name=facts["name"],
        number=facts["number"],
        change=change_line(context.texts, request.kind, request.before, request.after, made=request.secret_made),
    )
    return "\n".join([summary, *_times(context, request)])


def _times(context: Context, request: ChangeRequest) -> Iterator[str]:
    """When, and until when, where that can be chosen."""
    texts, zone = context.texts, context.shop.zone
    if request.kind is ChangeKind.PIN:
        return
    if request.due_at is None:
        yield texts.html("preview-now")
    else:
        yield texts.html("preview-at", when=when_text(texts, request.due_at, zone))
    if request.until is not None:
        yield texts.html("preview-until", when=when_text(texts, request.until, zone))
    elif request.kind in TEMPORARY:
        yield texts.html("preview-for-good")
