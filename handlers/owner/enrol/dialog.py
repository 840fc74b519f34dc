"""The one window of the enrolment; picture and key are messages of their own, because they are deleted."""

from aiogram.types import ContentType
from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button

from handlers.owner.enrol import actions
from handlers.states import EnrolSG
from handlers.widgets import Html, Label, RefusalText, text_only

_CODE = Window(
    Html("enrol-code"),
    RefusalText(),
    Button(Label("enrol-again"), id="again", on_click=actions.show_again),
    MessageInput(actions.take_code, content_types=ContentType.TEXT, id="enrol_code"),
    text_only("enrol_text_only"),
    state=EnrolSG.code,
)


def make_enrol() -> Dialog:
    return Dialog(_CODE)
