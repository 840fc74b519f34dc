"""The windows of a backup and of a restore, in the order a person walks through them."""

from aiogram import F
from aiogram.enums import ButtonStyle
from aiogram.types import ContentType
from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, SwitchTo
from aiogram_dialog.widgets.style import Style
from aiogram_dialog.widgets.text import Format

from handlers.owner.backup import actions, getters
from handlers.owner.change.actions import take_code as confirm
from handlers.states import BackupSG
from handlers.widgets import Html, Label, RefusalText, foot, home_button, press_only, text_only

_WHAT = Window(
    Html("sealed-what"),
    RefusalText(),
    Button(Label("sealed-make"), id="backup_make", on_click=actions.to_code),
    SwitchTo(Label("sealed-restore"), id="backup_restore", state=BackupSG.file),
    home_button("backup_home"),
    press_only("backup_press"),
    state=BackupSG.what,
    getter=getters.shop,
)

_CODE = Window(
    Html("sealed-code"),
    RefusalText(),
    foot("backup_code", back=BackupSG.what),
    MessageInput(actions.take_code, content_types=ContentType.TEXT, id="backup_code"),
    text_only("backup_code_text_only"),
    state=BackupSG.code,
    getter=getters.shop,
)

_FILE = Window(
    Html("restore-file"),
    RefusalText(),
    foot("restore_file", back=BackupSG.what),
    MessageInput(actions.take_file, content_types=ContentType.DOCUMENT, id="restore_file"),
    MessageInput(actions.no_file, id="restore_no_file"),
    state=BackupSG.file,
    getter=getters.shop,
)

_PHRASE = Window(
    Html("restore-phrase"),
    RefusalText(),
    foot("restore_phrase", back=BackupSG.file),
    MessageInput(actions.take_phrase, content_types=ContentType.TEXT, id="restore_phrase"),
    text_only("restore_phrase_text_only"),
    state=BackupSG.phrase,
)

_DIFFERENCE = Window(
    Format("{difference}\n"),
    Html("restore-none", when=~F["some"]),
    RefusalText(),
    SwitchTo(
        Label("preview-confirm"),
        id="restore_to_code",
        state=BackupSG.confirm,
        style=Style(ButtonStyle.SUCCESS),
        when=F["some"],
    ),
    foot("restore_difference", back=BackupSG.file),
    press_only("restore_difference_press"),
    state=BackupSG.difference,
    getter=getters.difference,
)

_CONFIRM = Window(
    Html("restore-code"),
    RefusalText(),
    foot("restore_code", back=BackupSG.difference),
    MessageInput(confirm, content_types=ContentType.TEXT, id="restore_code"),
    text_only("restore_code_text_only"),
    state=BackupSG.confirm,
    getter=getters.code,
)


def make_backup() -> Dialog:
    return Dialog(_WHAT, _CODE, _FILE, _PHRASE, _DIFFERENCE, _CONFIRM)
