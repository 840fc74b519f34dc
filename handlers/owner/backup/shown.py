"""What a restore would do, as a person reads it."""

from typing import Any

from changes.backing_up import Restoration
from changes.names import plain
from changes.ports import Shop
from changes.request import ChangeRequest
from changes.restoring import Left
from handlers.fitting import fitting
from handlers.shown import change_line, moment
from locales import Markup, Texts

#: Room for the changes, and for what is left as it is; the rest of the window needs some, too.
_CHANGES, _LEFT = 2000, 1000


def shown_of(texts: Texts, found: Restoration, shop: Shop) -> dict[str, Any]:
    """Lines of HTML, so many as fit, and the numbers of what is said besides."""
    changes = [_change(texts, request) for request in found.requests]
    left = [_left(texts, each) for each in found.left]
    return {
        "made": moment(found.backup.made_at, shop.zone),
        "shop": plain(found.backup.shop),
        "changes": _bounded(texts, changes, _CHANGES),
        "left": _bounded(texts, left, _LEFT),
        "cautions": [texts.html(f"restore-caution-{caution.value}") for caution in found.cautions],
        "total": len(found.requests),
        "unknown": found.unknown,
        "more": found.more,
    }


def _bounded(texts: Texts, lines: list[str], longest: int) -> list[str]:
    fit = fitting(lines, (), longest)
    more = [texts.html("drift-more", count=len(lines) - fit)] if fit < len(lines) else []
    return [*lines[:fit], *more]


def _change(texts: Texts, request: ChangeRequest) -> str:
    about = _about(request.terminal.name, request.user.name, request.user.number)
    line = change_line(texts, request.kind, request.before, request.after)
    return texts.html("restore-change", about=about, change=Markup(line))


def _left(texts: Texts, left: Left) -> str:
    terminal = "" if left.terminal is None else left.terminal.name
    about = plain(terminal, 24) if left.user is None else _about(terminal, left.user.name, left.user.number)
    kind = "" if left.kind is None else texts.plain(f"change-kind-{left.kind.value}")
    return texts.html(f"restore-left-{left.why.value}", about=about, kind=kind)


def _about(terminal: str, name: str, number: str) -> str:
    return f"{plain(terminal, 24)} · {plain(name, 32)} ({plain(number, 12)})"
