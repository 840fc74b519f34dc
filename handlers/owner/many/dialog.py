"""The windows of a change of many, in the order a person walks through them."""

from operator import itemgetter

from aiogram import F
from aiogram.enums import ButtonStyle
from aiogram.types import ContentType
from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Column, Row, Select, StubScroll, SwitchTo
from aiogram_dialog.widgets.style import Style
from aiogram_dialog.widgets.text import Format

from handlers.owner.change.actions import take_code
from handlers.owner.many import actions, getters, memory
from handlers.states import ManySG
from handlers.widgets import Html, Label, RefusalText, cancel, foot, home_button, pager, press_only, text_only

_WHAT = Window(
    Html("many-what-person", when=F["person"]),
    Html("many-what-everyone", when=~F["person"]),
    RefusalText(),
    Button(Label("many-freeze"), id="many_freeze", on_click=actions.freeze, when=F["freeze"]),
    Button(Label("many-unfreeze"), id="many_unfreeze", on_click=actions.unfreeze, when=F["unfreeze"]),
    Row(
        # Back to the conversation below this one.
        Cancel(Label("back"), id="many_what_back"),
        Button(Label("cancel"), id="many_what_cancel", on_click=cancel),
        home_button("many_what_home"),
    ),
    press_only("many_what_press"),
    state=ManySG.what,
    getter=getters.what,
)

_TARGETS = Window(
    Html("many-targets"),
    Html("many-targets-person", when=F["person"]),
    RefusalText(),
    Column(
        Select(
            Format("{item[1]}"),
            id="target",
            item_id_getter=itemgetter(0),
            items=getters.TARGETS,
            on_click=actions.toggle,
        )
    ),
    StubScroll(id=getters.TARGETS, pages="pages"),
    pager(getters.TARGETS),
    Row(
        Button(Label("many-tick-all"), id="tick_all", on_click=actions.tick_all),
        Button(Label("many-untick-all"), id="untick_all", on_click=actions.untick_all, when=F["some"]),
    ),
    Button(Label("many-check"), id="to_preview", on_click=actions.propose),
    foot("targets", back=ManySG.what),
    press_only("targets_press"),
    state=ManySG.targets,
    getter=getters.targets,
)

_PREVIEW = Window(
    Format("{summary}\n"),
    Format("{cautions}\n", when=F["cautions"]),
    Html("preview-expires"),
    RefusalText(),
    Button(Label("many-force-off"), id="force_on", on_click=actions.toggle_force, when=F["signed_in"] & ~F["force"]),
    Button(Label("many-force-on"), id="force_off", on_click=actions.toggle_force, when=F["signed_in"] & F["force"]),
    SwitchTo(Label("preview-confirm"), id="to_code", state=ManySG.code, style=Style(ButtonStyle.SUCCESS)),
    foot("preview", back=ManySG.targets),
    press_only("preview_press"),
    state=ManySG.preview,
    getter=getters.preview,
)

_CODE = Window(
    Format("{summary}\n"),
    Html("many-code"),
    RefusalText(),
    foot("code", back=ManySG.preview),
    MessageInput(take_code, content_types=ContentType.TEXT, id="code"),
    text_only("code_text_only"),
    state=ManySG.code,
    getter=getters.code,
)


def make_many() -> Dialog:
    return Dialog(_WHAT, _TARGETS, _PREVIEW, _CODE, on_start=memory.recall)
