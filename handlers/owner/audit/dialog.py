"""The audit log, newest first, a page at a time."""

from operator import itemgetter

from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.kbd import Group, Select, StubScroll
from aiogram_dialog.widgets.text import Format

from handlers.owner.audit import actions, getters
from handlers.states import AuditSG
from handlers.widgets import Html, RefusalText, home_button, pager, press_only

_ENTRIES = Window(
    Html("audit-title"),
    Format("\n{entries}"),
    RefusalText(),
    StubScroll(id=getters.SCROLL, pages="pages"),
    pager(getters.SCROLL),
    Group(
        Select(
            Format("{item[1]}"),
            id="undo",
            item_id_getter=itemgetter(0),
            items="undoable",
            type_factory=int,
            on_click=actions.undo,
        ),
        width=2,
    ),
    home_button("audit_home"),
    press_only("audit_press"),
    state=AuditSG.entries,
    getter=getters.entries,
)


def make_audit() -> Dialog:
    return Dialog(_ENTRIES)
