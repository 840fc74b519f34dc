"""What was changed at the till and not through the bot, as its entry tells it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from changes.audit import Entry, EntryKind
from changes.drift import Drift
from changes.names import plain
from handlers.fitting import LONGEST, fitting
from handlers.shown import moment, permission_names, role_name
from locales import Markup, Texts

#: So many users have a button under the message.
_FEW = 5

#: So much of it stands in a page of the audit, beside four others.
_SHORT = 600


class DriftButton(CallbackData, prefix="drift"):
    """The button under a posted entry: open the card of the user of this difference."""

    shop_id: int
    number: int
    place: int


def drift_head(texts: Texts, entry: Entry, zone: str) -> str:
    """What an entry about a look at the till begins with, as HTML."""
    since = moment(datetime.fromisoformat(entry.facts["since"]), zone)
    return texts.html("drift-blind" if entry.kind is EntryKind.TILL_UNSEEN else "drift-head", since=since)


def drift_lines(texts: Texts, entry: Entry, beside: str, *, whole: bool) -> list[str]:
    """What differs; `whole` as far as it fits into a message `beside` the rest, else short enough for a page."""
    foot = [texts.html("drift-what-now")] if whole else []
    lines = [_line(texts, difference) for difference in entry.facts["differences"]]
    lines = lines[: fitting(lines, [beside, *foot], LONGEST if whole else _SHORT)]
    more = entry.facts["total"] - len(lines)
    return [*lines, *([texts.html("drift-more", count=more)] if more else []), *foot]


def drift_keyboard(texts: Texts, entry: Entry) -> InlineKeyboardMarkup | None:
    """A way to each user who is still there."""
    places: dict[tuple[str, str], int] = {}
    for place, difference in enumerate(entry.facts.get("differences", ())):
        if difference["what"] != Drift.REMOVED:
            places.setdefault((difference["terminal"]["id"], difference["user"]["id"]), place)
    rows = []
    for place in list(places.values())[:_FEW]:
        user = entry.facts["differences"][place]["user"]
        text = texts.plain("drift-open", name=plain(user["name"], 32), number=plain(user["number"], 12))
        data = DriftButton(shop_id=entry.shop_id, number=entry.number, place=place).pack()
        rows.append([InlineKeyboardButton(text=text, callback_data=data)])
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def _line(texts: Texts, difference: Mapping[str, Any]) -> str:
    what, user = Drift(difference["what"]), difference["user"]
    who = texts.html(
        "drift-user",
        name=plain(user["name"], 32),
        number=plain(user["number"], 12),
        terminal=plain(difference["terminal"]["name"], 24),
    )
    values = {name: _value(texts, what, difference[name]) for name in ("before", "after")}
    return texts.html(f"drift-{what.value}", user=Markup(who), **values)


def _value(texts: Texts, what: Drift, value: str) -> str:
    match what:
        case Drift.ADDED | Drift.REMOVED | Drift.ROLE:
            return role_name(texts, value) if value else ""
        case Drift.PERMISSIONS:
            return plain(permission_names(texts, value.split()), 200)
        case Drift.TERMINALS:
            return plain(", ".join(value.split()), 100) or texts.plain("nothing")
    return plain(value, 32)
