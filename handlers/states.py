"""The windows of every conversation. Renaming one strands stored conversations; those get a fresh menu."""

from aiogram.fsm.state import State, StatesGroup


class MenuSG(StatesGroup):
    shops = State()
    home = State()
    language = State()
    till = State()
    late = State()
    help = State()


class EnrolSG(StatesGroup):
    code = State()


class ChangeSG(StatesGroup):
    terminal = State()
    user = State()
    what = State()
    name = State()
    pin = State()
    pin_typed = State()
    role = State()
    permissions = State()
    places = State()
    when = State()
    until = State()
    preview = State()
    code = State()


class AddSG(StatesGroup):
    number = State()
    name = State()
    role = State()
    secret = State()
    secret_typed = State()
    preview = State()
    code = State()


class WaitingSG(StatesGroup):
    list = State()
    change = State()
    time = State()
    end = State()
    preview = State()
    code = State()


class ManySG(StatesGroup):
    what = State()
    targets = State()
    preview = State()
    code = State()


class AuditSG(StatesGroup):
    entries = State()


class BackupSG(StatesGroup):
    what = State()
    code = State()
    file = State()
    phrase = State()
    difference = State()
    confirm = State()
