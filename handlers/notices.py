"""Messages that come by themselves: how a change goes, an audit entry, a new PIN."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from changes.audit import Entry
from changes.backend import ChangeKind
from changes.life import State
from changes.names import plain
from changes.request import ChangeRequest
from changes.step import DIFFERS
from changes.undoing import is_applied
from handlers.shown import change_line, result_text
from locales import Texts


class EntryButton(CallbackData, prefix="entry"):
    """The button under a posted entry: undo it."""

    shop_id: int
    number: int


MENU_BUTTON = "menu"
NOTED_BUTTON = "noted"

#: How long a new PIN stands in the chat, in seconds.
SECRET_SHOWN_FOR = 60


def progress_html(texts: Texts, request: ChangeRequest) -> str:
    """What is known of a change now, and never more than that."""
    about = " · ".join((plain(request.terminal.name), f"{plain(request.user.name)} ({plain(request.user.number)})"))
    line = change_line(texts, request.kind, request.before, request.after, made=request.secret_made)
    return f"{_verdict(texts, request)}\n\n{texts.html('progress-about', about=about)}\n{line}"


def _verdict(texts: Texts, request: ChangeRequest) -> str:
    match request.state:
        case State.CONFIRMED:
            return texts.html("progress-confirmed")
        case State.APPLYING if request.result == "not-reached":
            return texts.html("progress-waiting", attempts=request.attempts)
        case State.APPLYING:
            return texts.html("progress-applying")
        case State.UNKNOWN if request.result == DIFFERS:
            return texts.html("progress-unknown-differs")
        case State.UNKNOWN:
            return texts.html("progress-unknown")
        case State.APPLIED:
            return texts.html(f"progress-{request.result}")
        case State.FAILED if request.result == DIFFERS:
            return texts.html("progress-differs")
        case State.FAILED:
            return texts.html("progress-failed", reason=result_text(texts, request.result))
        case State.PROPOSED | State.CANCELLED | State.EXPIRED:
            return texts.html("progress-ended")


def progress_keyboard(texts: Texts, request: ChangeRequest) -> InlineKeyboardMarkup | None:
    """The way back to the menu, once there is nothing to wait for."""
    if request.state not in (State.APPLIED, State.FAILED):
        return None
    button = InlineKeyboardButton(text=texts.plain("home"), callback_data=MENU_BUTTON)
    return InlineKeyboardMarkup(inline_keyboard=[[button]])


def entry_keyboard(texts: Texts, entry: Entry) -> InlineKeyboardMarkup | None:
    """Undo, under an entry of a change that the till took; of a PIN a new one instead."""
    if not is_applied(entry):
        return None
    key = "entry-new-pin" if entry.facts["action"] == ChangeKind.PIN else "entry-undo"
    data = EntryButton(shop_id=entry.shop_id, number=entry.number).pack()
    button = InlineKeyboardButton(text=texts.plain(key), callback_data=data)
    return InlineKeyboardMarkup(inline_keyboard=[[button]])


def secret_html(texts: Texts, request: ChangeRequest) -> str:
    """The one text that holds a PIN. Raises `ValueError` where it is no longer known."""
    if request.secret is None:
        raise ValueError("the PIN was shown already")
    return texts.html(
        "secret-shown" if request.state is State.APPLIED else "secret-unsure",
        name=plain(request.user.name),
        number=plain(request.user.number),
        terminal=plain(request.terminal.name),
        pin=request.secret,
        seconds=SECRET_SHOWN_FOR,
    )


def secret_keyboard(texts: Texts) -> InlineKeyboardMarkup:
    button = InlineKeyboardButton(text=texts.plain("secret-noted"), callback_data=NOTED_BUTTON)
    return InlineKeyboardMarkup(inline_keyboard=[[button]])
