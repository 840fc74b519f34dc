"""What the menu shows."""

from typing import Any

from aiogram_dialog import DialogManager

from changes.names import plain
from changes.settings import LATE_LIMITS
from handlers.context import Context
from handlers.shown import late_limit_text
from handlers.till_card import till_html
from handlers.widgets import FACTS
from locales import LANGUAGES


async def shops(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    found = Context(dialog_manager).who.shops
    return {"shops": [(shop.id, plain(shop.name, 40)) for shop in found]}


async def home(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    waiting = await context.use.list_waiting(context.who.actor, context.shop.id)
    facts = {"shop": plain(context.shop.name), "count": len(waiting)}
    return {FACTS: facts, "several": len(context.who.shops) > 1}


def limit_id(minutes: int | None) -> str:
    return "never" if minutes is None else str(minutes)


async def late(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    texts, chosen = context.texts, context.shop.late_limit
    limits = [(limit_id(each), f"{'✓ ' * (each == chosen)}{late_limit_text(texts, each)}") for each in LATE_LIMITS]
    return {"limits": limits}


async def till(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    can = await context.use.see_till(context.who.actor, context.shop.id)
    return {"card": till_html(context.texts, context.shop.name, can)}


async def languages(**_: Any) -> dict[str, Any]:
    return {"languages": list(LANGUAGES.items())}
