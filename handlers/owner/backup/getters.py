"""What the windows of a backup show."""

from typing import Any

from aiogram_dialog import DialogManager

from changes.names import plain
from handlers.context import Context
from handlers.owner.backup import memory
from handlers.owner.change.memory import request_id
from handlers.widgets import FACTS


async def shop(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    return {FACTS: {"shop": plain(Context(dialog_manager).shop.name)}}


async def difference(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """What was found; that it still waits is seen anew."""
    context = Context(dialog_manager)
    shown = memory.shown(context)
    if shown["total"]:
        await context.use.see_together(context.who.actor, request_id(context))
    texts = context.texts
    parts = [texts.html("restore-head", shop=shown["shop"], made=shown["made"], total=shown["total"])]
    parts += ["\n".join(shown["changes"])] if shown["changes"] else []
    if shown["left"]:
        parts.append("\n".join([texts.html("restore-left"), *shown["left"]]))
    if shown["unknown"]:
        parts.append(texts.html("restore-unknown", count=shown["unknown"]))
    if shown["more"]:
        parts.append(texts.html("restore-more", count=shown["more"]))
    parts += shown["cautions"]
    return {"difference": "\n\n".join(parts), "some": bool(shown["total"])}


async def code(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)
    together = await context.use.see_together(context.who.actor, request_id(context))
    return {FACTS: {"total": len(together)}}
