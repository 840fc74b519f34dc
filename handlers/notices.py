"""Messages that come by themselves: how a change goes, an audit entry, a new PIN."""

from collections import Counter
from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from changes import guided
from changes.amendment import AmendmentKind
from changes.audit import Entry, EntryKind
from changes.backend import ChangeKind, SecretKind
from changes.firing import MISSED, WAITS_ITS_TURN
from changes.held import DIFFERS, NOT_REACHED
from changes.life import FINAL, State
from changes.names import plain
from changes.request import ChangeRequest
from changes.undoing import is_applied
from handlers.drift import drift_keyboard
from handlers.fitting import fitting
from handlers.shown import change_line, result_text, when_text
from locales import Markup, Texts


class EntryButton(CallbackData, prefix="entry"):
    """The button under a posted entry: undo it."""

    shop_id: int
    number: int


class GiveUpButton(CallbackData, prefix="giveup"):
    """The button under a change whose till does not answer: do not wait any longer."""

    request_id: str


class AmendButton(CallbackData, prefix="amend"):
    """A button about a waiting change; without `kind` it shows the change."""

    request_id: str
    kind: AmendmentKind | None = None


#: What the button says under an entry of what is not put back by its opposite.
_INSTEAD = {
    ChangeKind.PIN: "entry-new-pin",
    ChangeKind.ADD: "entry-added",
    ChangeKind.REMOVE: "entry-removed",
}

MENU_BUTTON = "menu"
NOTED_BUTTON = "noted"

#: How long a new PIN stands in the chat, in seconds.
SECRET_SHOWN_FOR = 60


def progress_html(texts: Texts, request: ChangeRequest, zone: str) -> str:
    """What is known of a change now, and never more than that. `zone` is the shop's."""
    line = change_line(texts, request.kind, request.before, request.after, made=request.secret_made)
    verdict = _by_person(texts, request) or _verdict(texts, request, zone)
    lines = [verdict, "", texts.html("progress-about", about=_about(request)), line]
    if request.until is not None and (request.state not in FINAL or request.state is State.APPLIED):
        lines.append(texts.html("progress-until", when=when_text(texts, request.until, zone)))
    elif request.until is not None and request.state is State.ABANDONED:
        lines.append(texts.html("progress-no-end"))
    return "\n".join(lines)


def batch_html(texts: Texts, together: Sequence[ChangeRequest], zone: str) -> str:
    """What is known of changes that one code confirmed: how many stand where, and a line for each.

    Those that need the owner come first: what does not fit into a message is counted.
    """
    first = together[0]
    alike = all((each.kind, each.after) == (first.kind, first.after) for each in together)
    handed = any("instead" in each.after for each in together)
    states = Counter(request.state for request in together)
    over = sum(states[state] for state in FINAL)
    unknown = states[State.UNKNOWN] + states[State.ABANDONED]
    counts = {
        "applied": states[State.APPLIED],
        "unknown": unknown,
        "failed": over - states[State.APPLIED] - states[State.ABANDONED],
        "open": len(together) - over - states[State.UNKNOWN],
    }
    lines = [
        texts.html("progress-batch", total=len(together), open=len(together) - over),
        texts.html("batch-counts", **counts),
        _together(texts, first, alike=alike, handed=handed),
        "",
    ]
    ordered = sorted(together, key=lambda each: (_urgency(each), each.terminal.name, each.user.number, each.id))
    each_one = [_batch_line(texts, request, zone, alike=alike, handed=handed) for request in ordered]
    fit = fitting(each_one, lines)
    lines += each_one[:fit]
    if fit < len(each_one):
        lines.append(texts.html("progress-batch-more", count=len(each_one) - fit))
    return "\n".join(lines)


def _together(texts: Texts, first: ChangeRequest, *, alike: bool, handed: bool) -> str:
    """What they have in common: that one user hands over to another, one change of many, or that a till is restored."""
    if handed:
        return texts.html("batch-hand-over")
    if alike:
        return change_line(texts, first.kind, first.before, first.after)
    return texts.html("restore-progress")


def _urgency(request: ChangeRequest) -> int:
    """Sorts what failed and what is not known before what is under way, and what is done last."""
    if request.state is State.APPLIED:
        return 3
    if request.state is State.UNKNOWN:
        return 1
    return 0 if request.state in FINAL else 2


def _batch_line(texts: Texts, request: ChangeRequest, zone: str, *, alike: bool, handed: bool) -> str:
    about = _batch_about(texts, request, alike=alike, handed=handed)
    match request.state:
        case State.APPLIED:
            return texts.html("batch-applied" if request.result == "applied" else "batch-applied-unread", about=about)
        case State.FAILED if request.result == DIFFERS:
            return texts.html("batch-differs", about=about)
        case State.FAILED:
            return texts.html("batch-failed", about=about, reason=result_text(texts, request.result))
        case State.ABANDONED:
            return texts.html("batch-abandoned", about=about)
        case State.CANCELLED:
            return texts.html("batch-dropped", about=about)
        case State.UNKNOWN:
            return texts.html("batch-unknown", about=about)
        case State.APPLYING if request.result == NOT_REACHED:
            return texts.html("batch-waiting", about=about)
        case State.SCHEDULED if request.due_at is not None and request.result != WAITS_ITS_TURN:
            return texts.html("batch-scheduled", about=about, when=when_text(texts, request.due_at, zone))
        case State.SCHEDULED:
            return texts.html("batch-turn", about=about)
    return texts.html("batch-open", about=about)


def _batch_about(texts: Texts, request: ChangeRequest, *, alike: bool, handed: bool) -> str:
    """Of whom; of a handing over also which, and where each is another change what it is."""
    terminal, user = request.terminal, request.user
    about = f"{plain(terminal.name, 24)} · {plain(user.name, 32)} ({plain(user.number, 12)})"
    if handed:
        return f"{texts.plain(f'change-kind-{request.kind.value}')} · {about}"
    if alike:
        return about
    change = change_line(texts, request.kind, request.before, request.after)
    return Markup(texts.html("batch-about", about=about, change=change))


def _about(request: ChangeRequest) -> str:
    return " · ".join((plain(request.terminal.name), f"{plain(request.user.name)} ({plain(request.user.number)})"))


def _by_person(texts: Texts, request: ChangeRequest) -> str:
    """What a person at the till made of it; empty where that is not what there is to say."""
    if request.result in guided.UNKNOWN_ENDS:
        return texts.html(f"progress-{request.result}")
    if request.done_at is not None and request.state not in FINAL:
        return texts.html("progress-noting")
    return ""


def _verdict(texts: Texts, request: ChangeRequest, zone: str) -> str:
    match request.state:
        case State.SCHEDULED:
            return _waiting(texts, request, zone)
        case State.APPLYING if request.result == NOT_REACHED:
            return texts.html("progress-waiting", attempts=request.attempts)
        case State.UNKNOWN if request.result == DIFFERS:
            return texts.html("progress-unknown-differs")
        case State.APPLIED:
            return texts.html(f"progress-{request.result}")
        case State.FAILED if request.result == DIFFERS:
            return texts.html("progress-differs")
        case State.FAILED:
            return texts.html("progress-failed", reason=result_text(texts, request.result))
        case State.CANCELLED if request.confirmed_at is not None:
            return texts.html("progress-dropped")
        case State.PROPOSED | State.CANCELLED | State.EXPIRED:
            return texts.html("progress-ended")
    return texts.html(f"progress-{request.state.value}")


def _waiting(texts: Texts, request: ChangeRequest, zone: str) -> str:
    if request.due_at is None or request.result == WAITS_ITS_TURN:
        return texts.html("progress-turn")
    key = "progress-missed" if request.result == MISSED else "progress-scheduled"
    return texts.html(key, when=when_text(texts, request.due_at, zone))


def progress_keyboard(texts: Texts, request: ChangeRequest) -> InlineKeyboardMarkup | None:
    """The way back to the menu where there is nothing to wait for; the way out where a till does not answer."""
    if request.state in (State.APPLIED, State.FAILED, State.ABANDONED):
        return _one_button(texts, "home", MENU_BUTTON)
    if request.given_up_at is None and (request.state is State.UNKNOWN or request.result == NOT_REACHED):
        return _one_button(texts, "give-up", GiveUpButton(request_id=request.id).pack())
    return None


def batch_keyboard(texts: Texts, together: Sequence[ChangeRequest]) -> InlineKeyboardMarkup | None:
    """A way out of the first whose till does not answer; where all are over, the way to the menu."""
    if all(request.state in FINAL for request in together):
        return _one_button(texts, "home", MENU_BUTTON)
    keyboards = (progress_keyboard(texts, request) for request in together if request.state not in FINAL)
    return next((keyboard for keyboard in keyboards if keyboard is not None), None)


def entry_keyboard(texts: Texts, entry: Entry) -> InlineKeyboardMarkup | None:
    """What can be done about an entry: undo what the till took, or what is done instead; change what waits."""
    if is_applied(entry):
        key = _INSTEAD.get(entry.facts["action"], "entry-undo")
        return _one_button(texts, key, EntryButton(shop_id=entry.shop_id, number=entry.number).pack())
    if entry.kind is EntryKind.TILL_DRIFTED:
        return drift_keyboard(texts, entry)
    if entry.kind is EntryKind.CHANGE_MISSED:
        change = entry.facts["change"]
        return InlineKeyboardMarkup(
            inline_keyboard=[
                [
                    _button(texts, "entry-now", AmendButton(request_id=change, kind=AmendmentKind.NOW).pack()),
                    _button(texts, "waiting-move", AmendButton(request_id=change, kind=AmendmentKind.MOVE).pack()),
                ],
                [_button(texts, "waiting-drop", AmendButton(request_id=change, kind=AmendmentKind.CANCEL).pack())],
            ]
        )
    if entry.kind is EntryKind.CHANGE_MOVED or (entry.kind is EntryKind.CHANGE_INTENT and "due" in entry.facts):
        return _one_button(texts, "entry-waiting", AmendButton(request_id=entry.facts["change"]).pack())
    return None


def _button(texts: Texts, key: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=texts.plain(key), callback_data=data)


def _one_button(texts: Texts, key: str, data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[_button(texts, key, data)]])


def secret_html(texts: Texts, request: ChangeRequest) -> str:
    """The one text that holds a PIN or a password. Raises `ValueError` where it is no longer known."""
    if request.secret is None:
        raise ValueError("the PIN was shown already")
    certainty = "shown" if request.state is State.APPLIED else "unsure"
    return texts.html(
        f"secret-{certainty}-password" if _is_password(request) else f"secret-{certainty}",
        name=plain(request.user.name),
        number=plain(request.user.number),
        terminal=plain(request.terminal.name),
        pin=request.secret,
        seconds=SECRET_SHOWN_FOR,
    )


def secret_coming_html(texts: Texts, request: ChangeRequest) -> str:
    """What stands there before the PIN or the password does."""
    return texts.html("secret-coming-password" if _is_password(request) else "secret-coming")


def _is_password(request: ChangeRequest) -> bool:
    return request.after.get("secret") == SecretKind.PASSWORD


def secret_keyboard(texts: Texts) -> InlineKeyboardMarkup:
    return _one_button(texts, "secret-noted", NOTED_BUTTON)
