"""What the chat says of a change."""

from changes.held import DIFFERS
from changes.life import State
from changes.request import ChangeRequest
from handlers.shown import change_line
from locales import Locales

_TEXTS = Locales("en").of("en")

#: How a text begins or what it has in it -> what it says of the till.
_SAYS = (
    ("progress-applied", "applied"),
    ("progress-applied-unread", "applied"),
    ("progress-failed", "failed"),
    ("progress-differs", "differs"),
    ("progress-unknown", "unknown"),
    ("progress-unknown-differs", "unknown"),
    ("progress-abandoned", "abandoned"),
    ("progress-dropped", "dropped"),
    ("entry-verdict-applied", "applied"),
    ("entry-verdict-applied-unread", "applied"),
    ("entry-verdict-failed", "failed"),
    ("entry-verdict-differs", "differs"),
    ("entry-verdict-abandoned", "abandoned"),
    ("entry-verdict-dropped", "dropped"),
    ("entry-verdict-replaced", "dropped"),
)
_SAYINGS = tuple((_TEXTS.html(key, reason="").strip(), meaning) for key, meaning in _SAYS)

#: How the line of one of many begins -> what it says of the till.
_LINES = (
    ("batch-applied", "applied"),
    ("batch-failed", "failed"),
    ("batch-differs", "differs"),
    ("batch-unknown", "unknown"),
    ("batch-abandoned", "abandoned"),
    ("batch-dropped", "dropped"),
)


def meaning(request: ChangeRequest) -> str:
    """What is to be said of a change that is over."""
    if request.result == DIFFERS:
        return "differs"
    return "dropped" if request.state is State.CANCELLED else request.state.value


def says(text: str, request: ChangeRequest) -> str | None:
    """What a message says of the change: `applied`, `failed`, ... or nothing yet."""
    lines = ((_TEXTS.html(key, about=_about(request), reason="").strip(), meaning) for key, meaning in _LINES)
    for beginning, said in lines:
        if any(line.startswith(beginning) for line in text.splitlines()):
            return said
    return next((said for words, said in _SAYINGS if words in text), None)


def is_progress(text: str, request: ChangeRequest) -> bool:
    """Whether a message that is no entry shows how the change goes."""
    line = change_line(_TEXTS, request.kind, request.before, request.after, made=request.secret_made)
    return _about(request) in text and line in text


def _about(request: ChangeRequest) -> str:
    return f"{request.terminal.name} · {request.user.name} ({request.user.number})"
