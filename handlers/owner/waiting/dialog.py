"""The windows about waiting changes, in the order a person walks through them."""

from functools import partial
from operator import itemgetter

from aiogram import F
from aiogram.enums import ButtonStyle
from aiogram.types import ContentType
from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Column, Row, Select, StubScroll, SwitchTo
from aiogram_dialog.widgets.style import Style
from aiogram_dialog.widgets.text import Format

from handlers.owner.change.memory import recall
from handlers.owner.times import quick_choices
from handlers.owner.waiting import actions, getters
from handlers.states import WaitingSG
from handlers.widgets import Html, Label, RefusalText, foot, home_button, pager, press_only, text_only

#: Cancelling here would read like dropping the change.
_foot = partial(foot, cancels=False)

_LIST = Window(
    Html("waiting-list"),
    Html("waiting-none", when=F["none"]),
    Html("waiting-press", when=~F["none"]),
    RefusalText(),
    Column(
        Select(
            Format("{item[1]}"),
            id="change",
            item_id_getter=itemgetter(0),
            items="changes",
            on_click=actions.choose_change,
        )
    ),
    StubScroll(id=getters.CHANGES, pages="pages"),
    pager(getters.CHANGES),
    home_button("list_home"),
    press_only("list_press"),
    state=WaitingSG.list,
    getter=getters.changes,
)

_CHANGE = Window(
    Format("{summary}"),
    RefusalText(),
    Row(
        SwitchTo(Label("waiting-move"), id="move", state=WaitingSG.time, when=~F["is_end"]),
        SwitchTo(Label("waiting-to-end"), id="to_end", state=WaitingSG.end, when=F["temporary"]),
    ),
    SwitchTo(Label("waiting-lasts"), id="lasts", state=WaitingSG.time, when=F["is_end"]),
    Row(
        Button(Label("entry-now"), id="now", on_click=actions.do_now, when=~F["is_end"]),
        Button(Label("waiting-drop"), id="drop", on_click=actions.drop, when=~F["is_end"]),
    ),
    Row(
        Button(Label("waiting-end-now"), id="end_now", on_click=actions.do_now, when=F["is_end"]),
        Button(Label("waiting-keep"), id="keep", on_click=actions.drop, when=F["is_end"]),
    ),
    _foot("change", back=WaitingSG.list),
    press_only("change_press"),
    state=WaitingSG.change,
    getter=getters.change,
)

_TIME = Window(
    Html("when-ask", when=~F["is_end"]),
    Html("waiting-lasts-ask", when=F["is_end"]),
    RefusalText(),
    Column(quick_choices("time_quick", actions.choose_time)),
    _foot("time", back=WaitingSG.change),
    MessageInput(actions.type_time, content_types=ContentType.TEXT, id="type_time"),
    text_only("time_text_only"),
    state=WaitingSG.time,
    getter=getters.time,
)

_END = Window(
    Html("until-ask"),
    RefusalText(),
    Column(quick_choices("end_quick", actions.choose_end)),
    _foot("end", back=WaitingSG.change),
    MessageInput(actions.type_end, content_types=ContentType.TEXT, id="type_end"),
    text_only("end_text_only"),
    state=WaitingSG.end,
    getter=getters.end,
)

_PREVIEW = Window(
    Format("{summary}\n"),
    Html("preview-expires"),
    RefusalText(),
    SwitchTo(Label("preview-confirm"), id="to_code", state=WaitingSG.code, style=Style(ButtonStyle.SUCCESS)),
    _foot("preview", back=WaitingSG.change),
    press_only("preview_press"),
    state=WaitingSG.preview,
    getter=getters.preview,
)

_CODE = Window(
    Html("code-ask"),
    RefusalText(),
    _foot("code", back=WaitingSG.preview),
    MessageInput(actions.take_code, content_types=ContentType.TEXT, id="code"),
    text_only("code_text_only"),
    state=WaitingSG.code,
    getter=getters.code,
)


def make_waiting() -> Dialog:
    return Dialog(_LIST, _CHANGE, _TIME, _END, _PREVIEW, _CODE, on_start=recall)
