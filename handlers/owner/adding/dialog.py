"""The windows of an addition, in the order a person walks through them."""

from operator import itemgetter

from aiogram import F
from aiogram.enums import ButtonStyle
from aiogram.types import ContentType
from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Column, Row, Select, SwitchTo
from aiogram_dialog.widgets.style import Style
from aiogram_dialog.widgets.text import Format

from handlers.owner.adding import actions, getters, memory
from handlers.owner.change.actions import take_code
from handlers.states import AddSG
from handlers.widgets import Html, Label, RefusalText, cancel, foot, home_button, press_only, text_only

_NUMBER = Window(
    Html("add-number", when=~F["hands_over"]),
    Html("add-number-instead", when=F["hands_over"]),
    Html("add-number-digits", when=F["digits"]),
    Html("add-number-signs", when=~F["digits"]),
    RefusalText(),
    Row(
        # Back to the conversation below this one.
        Cancel(Label("back"), id="add_number_back"),
        Button(Label("cancel"), id="add_number_cancel", on_click=cancel),
        home_button("add_number_home"),
    ),
    MessageInput(actions.type_number, content_types=ContentType.TEXT, id="type_number"),
    text_only("number_text_only"),
    state=AddSG.number,
    getter=getters.number,
)

_NAME = Window(
    Html("add-name"),
    RefusalText(),
    foot("add_name", back=AddSG.number),
    MessageInput(actions.type_name, content_types=ContentType.TEXT, id="type_name"),
    text_only("name_text_only"),
    state=AddSG.name,
    getter=getters.name,
)

_ROLE = Window(
    Html("add-role"),
    RefusalText(),
    Column(
        Select(
            Format("{item[1]}"),
            id="new_role",
            item_id_getter=itemgetter(0),
            items="roles",
            on_click=actions.choose_role,
        )
    ),
    foot("add_role", back=AddSG.name),
    press_only("role_press"),
    state=AddSG.role,
    getter=getters.role,
)

_SECRET = Window(
    Html("change-pin", when=~F["password"]),
    Html("change-password", when=F["password"]),
    RefusalText(),
    Button(Label("change-pin-make"), id="make_secret", on_click=actions.make_secret),
    SwitchTo(Label("change-pin-type"), id="to_type_secret", state=AddSG.secret_typed),
    foot("add_secret", back=AddSG.role),
    press_only("secret_press"),
    state=AddSG.secret,
    getter=getters.secret,
)

_SECRET_TYPED = Window(
    Html("change-pin-typed", when=~F["password"]),
    Html("change-password-typed", when=F["password"]),
    RefusalText(),
    foot("add_secret_typed", back=AddSG.secret),
    MessageInput(actions.type_secret, content_types=ContentType.TEXT, id="type_secret"),
    text_only("secret_text_only"),
    state=AddSG.secret_typed,
    getter=getters.secret,
)

_PREVIEW = Window(
    Format("{summary}\n"),
    Format("{cautions}\n", when=F["cautions"]),
    Html("preview-expires"),
    RefusalText(),
    SwitchTo(Label("preview-confirm"), id="to_code", state=AddSG.code, style=Style(ButtonStyle.SUCCESS)),
    foot("add_preview", back=AddSG.role),
    press_only("preview_press"),
    state=AddSG.preview,
    getter=getters.preview,
)

_CODE = Window(
    Html("code-ask"),
    RefusalText(),
    foot("add_code", back=AddSG.preview),
    MessageInput(take_code, content_types=ContentType.TEXT, id="code"),
    text_only("code_text_only"),
    state=AddSG.code,
    getter=getters.code,
)


def make_adding() -> Dialog:
    return Dialog(_NUMBER, _NAME, _ROLE, _SECRET, _SECRET_TYPED, _PREVIEW, _CODE, on_start=memory.recall)
