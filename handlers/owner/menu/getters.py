"""What the menu shows."""

from typing import Any

from aiogram_dialog import DialogManager

from changes.names import plain
from handlers.context import Context
from handlers.widgets import FACTS
from locales import LANGUAGES


async def shops(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    found = Context(dialog_manager).who.shops
    return {"shops": [(shop.id, plain(shop.name, 40)) for shop in found]}


async def home(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    return {FACTS: {"shop": plain(context.shop.name)}, "several": len(context.who.shops) > 1}


async def languages(**_: Any) -> dict[str, Any]:
    return {"languages": list(LANGUAGES.items())}
