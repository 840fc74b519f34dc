"""What a page of the audit log shows."""

from typing import Any

from aiogram_dialog import DialogManager

from changes.browsing import AuditPage
from changes.names import plain
from changes.undoing import NOT_PUT_BACK, is_applied
from handlers.context import Context
from handlers.entries import entry_html
from handlers.widgets import FACTS, ask_page

PAGE = 5
SCROLL = "entries"


async def entries(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = Context(dialog_manager)

    async def ask(offset: int) -> AuditPage:
        return await context.use.read_audit(context.who.actor, context.shop.id, offset, PAGE)

    page = await ask_page(dialog_manager, SCROLL, PAGE, ask)
    shown = [entry_html(context.texts, entry, page.shop.zone) for entry in page.entries]
    return {
        FACTS: {"shop": plain(page.shop.name)},
        "entries": "\n\n".join(shown),
        "undoable": [
            (entry.number, context.texts.plain("entry-undo-number", number=str(entry.number)))
            for entry in page.entries
            if is_applied(entry) and entry.facts["action"] not in NOT_PUT_BACK
        ],
        "pages": max(1, -(-page.total // PAGE)),
    }
