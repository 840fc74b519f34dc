"""The menu's windows."""

from operator import itemgetter

from aiogram import F
from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.kbd import Button, Column, Row, Select, SwitchTo
from aiogram_dialog.widgets.text import Format

from handlers.owner.menu import actions, getters
from handlers.states import MenuSG
from handlers.widgets import Html, Label, RefusalText, go_home, home_button, press_only

_WINDOWS = (
    Window(
        Html("menu-shops"),
        RefusalText(),
        Column(
            Select(
                Format("🏪 {item[1]}"),
                id="shop",
                item_id_getter=itemgetter(0),
                items="shops",
                on_click=actions.choose_shop,
            )
        ),
        press_only("shops_press"),
        state=MenuSG.shops,
        getter=getters.shops,
    ),
    Window(
        Html("menu-home"),
        RefusalText(),
        Button(Label("menu-change"), id="change", on_click=actions.start_change),
        Button(Label("menu-waiting"), id="waiting", on_click=actions.start_waiting),
        Button(Label("menu-audit"), id="audit", on_click=actions.start_audit),
        SwitchTo(Label("menu-till"), id="till", state=MenuSG.till),
        SwitchTo(Label("menu-late"), id="late", state=MenuSG.late),
        Button(Label("menu-backup"), id="backup", on_click=actions.start_backup),
        Row(
            SwitchTo(Label("menu-language"), id="language", state=MenuSG.language),
            SwitchTo(Label("menu-help"), id="help", state=MenuSG.help),
        ),
        Button(Label("menu-other-shop"), id="other_shop", on_click=go_home, when=F["several"]),
        press_only("home_press"),
        state=MenuSG.home,
        getter=getters.home,
    ),
    Window(
        Html("language-ask"),
        RefusalText(),
        Row(
            Select(
                Format("{item[1]}"),
                id="locale",
                item_id_getter=itemgetter(0),
                items="languages",
                on_click=actions.choose_language,
            )
        ),
        home_button("language_home"),
        press_only("language_press"),
        state=MenuSG.language,
        getter=getters.languages,
    ),
    Window(
        Html("late-ask"),
        RefusalText(),
        Column(
            Select(
                Format("{item[1]}"),
                id="late_limit",
                item_id_getter=itemgetter(0),
                items="limits",
                on_click=actions.choose_late_limit,
            )
        ),
        home_button("late_home"),
        press_only("late_press"),
        state=MenuSG.late,
        getter=getters.late,
    ),
    Window(
        Format("{card}"),
        RefusalText(),
        home_button("till_home"),
        press_only("till_press"),
        state=MenuSG.till,
        getter=getters.till,
    ),
    Window(
        Html("help-text"),
        RefusalText(),
        home_button("help_home"),
        press_only("help_press"),
        state=MenuSG.help,
    ),
)


def make_menu() -> Dialog:
    return Dialog(*_WINDOWS)
