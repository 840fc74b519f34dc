"""The windows of a change, in the order a person walks through them."""

from operator import itemgetter

from aiogram import F
from aiogram.enums import ButtonStyle
from aiogram.types import ContentType
from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Column, Row, ScrollingGroup, Select, StubScroll, SwitchTo
from aiogram_dialog.widgets.style import Style
from aiogram_dialog.widgets.text import Format

from handlers.owner.adding import opening
from handlers.owner.change import actions, getters, memory, openings, ticks
from handlers.owner.times import quick_choices
from handlers.states import ChangeSG
from handlers.widgets import Html, Label, RefusalText, foot, pager, press_only, text_only

_TERMINALS = Window(
    Html("change-terminal"),
    Html("change-no-terminals", when=F["none"]),
    RefusalText(),
    ScrollingGroup(
        Select(
            Format("🖥 {item[1]}"),
            id="terminal",
            item_id_getter=itemgetter(0),
            items="terminals",
            on_click=actions.choose_terminal,
        ),
        id="terminals",
        width=1,
        height=8,
        hide_on_single_page=True,
    ),
    foot("terminal"),
    press_only("terminal_press"),
    state=ChangeSG.terminal,
    getter=getters.terminals,
)

_USERS = Window(
    Html("change-user"),
    Html("change-user-search", when=F["searching"]),
    Html("change-user-count"),
    RefusalText(),
    Column(
        Select(
            Format("{item[1]}"),
            id="user",
            item_id_getter=itemgetter(0),
            items="users",
            on_click=actions.choose_user,
        )
    ),
    StubScroll(id=getters.USERS, pages="pages"),
    pager(getters.USERS),
    Button(Label("change-search-clear"), id="clear", on_click=actions.clear_search, when=F["searching"]),
    Button(Label("many-open-everyone"), id="everyone", on_click=openings.everyone, when=F["all"]),
    Button(Label("change-kind-add"), id="add", on_click=opening.add, when=F["add"]),
    foot("user", back=ChangeSG.terminal),
    MessageInput(actions.search, content_types=ContentType.TEXT, id="search"),
    text_only("user_text_only"),
    state=ChangeSG.user,
    getter=getters.users,
)

_WHAT = Window(
    Html("change-what"),
    RefusalText(),
    Row(
        SwitchTo(Label("change-kind-rename"), id="rename", state=ChangeSG.name, when=F["rename"]),
        SwitchTo(Label("change-kind-pin"), id="pin", state=ChangeSG.pin, when=F["pin"] & ~F["password"]),
        SwitchTo(Label("change-kind-password"), id="password", state=ChangeSG.pin, when=F["pin"] & F["password"]),
    ),
    Row(
        SwitchTo(Label("change-kind-role"), id="role", state=ChangeSG.role, when=F["role"]),
        Button(Label("change-kind-freeze"), id="freeze", on_click=actions.freeze, when=F["freeze"]),
        Button(Label("change-kind-unfreeze"), id="unfreeze", on_click=actions.unfreeze, when=F["unfreeze"]),
    ),
    Row(
        Button(Label("change-kind-permissions"), id="rights", on_click=ticks.open_permissions, when=F["permissions"]),
        Button(Label("change-kind-assign"), id="assign", on_click=ticks.open_places, when=F["assign"]),
    ),
    Row(
        Button(Label("change-kind-hand-over"), id="hand_over", on_click=opening.hand_over, when=F["hand_over"]),
        Button(Label("change-kind-remove"), id="remove", on_click=actions.remove, when=F["remove"]),
    ),
    Button(Label("many-open-person"), id="namesakes", on_click=openings.namesakes, when=F["elsewhere"]),
    foot("what", back=ChangeSG.user),
    press_only("what_press"),
    state=ChangeSG.what,
    getter=getters.what,
)

_NAME = Window(
    Html("change-name"),
    RefusalText(),
    foot("name", back=ChangeSG.what),
    MessageInput(actions.type_name, content_types=ContentType.TEXT, id="type_name"),
    text_only("name_text_only"),
    state=ChangeSG.name,
    getter=getters.name,
)

_PIN = Window(
    Html("change-pin", when=F["told_pin"]),
    Html("change-password", when=F["told_password"]),
    Html("change-pin-at-till", when=~F["told"]),
    RefusalText(),
    Button(Label("change-pin-make"), id="make_pin", on_click=actions.make_pin, when=F["told"]),
    SwitchTo(Label("change-pin-type"), id="to_type_pin", state=ChangeSG.pin_typed, when=F["told"]),
    Button(Label("change-pin-go-on"), id="pin_at_till", on_click=actions.make_pin, when=~F["told"]),
    foot("pin", back=ChangeSG.what),
    press_only("pin_press"),
    state=ChangeSG.pin,
    getter=getters.pin,
)

_PIN_TYPED = Window(
    Html("change-pin-typed", when=~F["told_password"]),
    Html("change-password-typed", when=F["told_password"]),
    RefusalText(),
    foot("pin_typed", back=ChangeSG.pin),
    MessageInput(actions.type_pin, content_types=ContentType.TEXT, id="type_pin"),
    text_only("pin_text_only"),
    state=ChangeSG.pin_typed,
    getter=getters.pin,
)

_ROLE = Window(
    Html("change-role"),
    RefusalText(),
    Column(
        Select(
            Format("{item[1]}"),
            id="to_role",
            item_id_getter=itemgetter(0),
            items="roles",
            on_click=actions.choose_role,
        )
    ),
    foot("role", back=ChangeSG.what),
    press_only("role_press"),
    state=ChangeSG.role,
    getter=getters.roles,
)

_PERMISSIONS = Window(
    Html("permissions-ask"),
    RefusalText(),
    Column(
        Select(
            Format("{item[1]}"),
            id="permission",
            item_id_getter=itemgetter(0),
            items="ticks",
            on_click=ticks.toggle,
        )
    ),
    Button(Label("ticks-done"), id="permissions_done", on_click=ticks.propose_permissions),
    foot("permissions", back=ChangeSG.what),
    press_only("permissions_press"),
    state=ChangeSG.permissions,
    getter=ticks.permissions,
)

_PLACES = Window(
    Html("places-ask"),
    RefusalText(),
    ScrollingGroup(
        Select(
            Format("{item[1]}"),
            id="place",
            item_id_getter=itemgetter(0),
            items="ticks",
            on_click=ticks.toggle,
        ),
        id="places",
        width=1,
        height=8,
        hide_on_single_page=True,
    ),
    Button(Label("ticks-done"), id="places_done", on_click=ticks.propose_places),
    foot("places", back=ChangeSG.what),
    press_only("places_press"),
    state=ChangeSG.places,
    getter=ticks.places,
)

_PREVIEW = Window(
    Format("{summary}\n"),
    Format("{cautions}\n", when=F["cautions"]),
    Html("preview-expires"),
    RefusalText(),
    Row(
        SwitchTo(Label("preview-to-when"), id="to_when", state=ChangeSG.when, when=F["timed"]),
        SwitchTo(Label("preview-to-until"), id="to_until", state=ChangeSG.until, when=F["temporary"]),
    ),
    Button(Format("{force}"), id="force", on_click=actions.toggle_force, when=F["forceable"]),
    SwitchTo(
        Label("preview-confirm"),
        id="to_code",
        state=ChangeSG.code,
        style=Style(ButtonStyle.SUCCESS),
    ),
    foot("preview", back=ChangeSG.what),
    press_only("preview_press"),
    state=ChangeSG.preview,
    getter=getters.preview,
)

_WHEN = Window(
    Html("when-ask"),
    RefusalText(),
    Column(quick_choices("when_quick", actions.choose_start)),
    Button(Label("when-now"), id="when_now", on_click=actions.start_now),
    foot("when", back=ChangeSG.preview),
    MessageInput(actions.type_start, content_types=ContentType.TEXT, id="type_start"),
    text_only("when_text_only"),
    state=ChangeSG.when,
    getter=getters.when,
)

_UNTIL = Window(
    Html("until-ask"),
    RefusalText(),
    Column(quick_choices("until_quick", actions.choose_end)),
    Button(Label("until-for-good"), id="until_for_good", on_click=actions.for_good),
    foot("until", back=ChangeSG.preview),
    MessageInput(actions.type_end, content_types=ContentType.TEXT, id="type_end"),
    text_only("until_text_only"),
    state=ChangeSG.until,
    getter=getters.until,
)

_CODE = Window(
    Html("code-ask"),
    RefusalText(),
    foot("code", back=ChangeSG.preview),
    MessageInput(actions.take_code, content_types=ContentType.TEXT, id="code"),
    text_only("code_text_only"),
    state=ChangeSG.code,
    getter=getters.code,
)


def make_change() -> Dialog:
    who, times = (_TERMINALS, _USERS), (_WHEN, _UNTIL)
    what = (_WHAT, _NAME, _PIN, _PIN_TYPED, _ROLE, _PERMISSIONS, _PLACES)
    return Dialog(*who, *what, _PREVIEW, *times, _CODE, on_start=memory.recall)
