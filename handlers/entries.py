"""An audit entry as a person reads it: number, time, what, short hash."""

from datetime import datetime
from typing import Any

from changes.audit import Entry, EntryKind
from changes.codes import MOST_FAILURES
from changes.names import plain
from changes.step import DIFFERS
from handlers.shown import change_line, moment, result_text
from locales import Markup, Texts

_CHANGES = frozenset({EntryKind.CHANGE_INTENT, EntryKind.CHANGE_UNKNOWN, EntryKind.CHANGE_OUTCOME})


def entry_html(texts: Texts, entry: Entry, zone: str) -> str:
    """The entry as HTML; moments in the shop's zone."""
    what = _change(texts, entry) if entry.kind in _CHANGES else _other(texts, entry, zone)
    return texts.html(
        "entry", number=str(entry.number), time=moment(entry.at, zone), what=Markup(what), hash=entry.short_hash
    )


def _change(texts: Texts, entry: Entry) -> str:
    facts = entry.facts
    lines = texts.html(
        "entry-change",
        verdict=_verdict(texts, entry),
        terminal=plain(facts["terminal"]["name"]),
        user=plain(facts["user"]["name"]),
        operator=plain(facts["user"]["number"]),
        change=change_line(texts, facts["action"], facts["before"], facts["after"]),
        actor=_person(facts),
    )
    if "undoes" in facts:
        lines = f"{lines}\n{texts.html('entry-undoes', number=str(facts['undoes']))}"
    ended_session = facts["forced"] and facts.get("state") == "applied"
    return f"{lines}\n{texts.html('entry-forced')}" if ended_session else lines


def _verdict(texts: Texts, entry: Entry) -> str:
    if entry.kind is EntryKind.CHANGE_INTENT:
        return texts.plain("entry-verdict-intent")
    if entry.kind is EntryKind.CHANGE_UNKNOWN:
        return texts.plain("entry-verdict-unknown")
    if entry.facts["state"] == "applied":
        return texts.plain(f"entry-verdict-{entry.facts['result']}")
    if entry.facts["result"] == DIFFERS:
        return texts.plain("entry-verdict-differs")
    return texts.plain("entry-verdict-failed", reason=result_text(texts, entry.facts["result"]))


def _other(texts: Texts, entry: Entry, zone: str) -> str:
    facts: dict[str, Any] = {}
    match entry.kind:
        case EntryKind.SHOP_ADDED:
            facts = {"name": plain(entry.facts["name"])}
        case EntryKind.SHOP_CLAIMED | EntryKind.FACTOR_ENROLLED:
            facts = {"actor": _person(entry.facts)}
        case EntryKind.FACTOR_RESET:
            facts = {"person": entry.facts["person"]}
        case EntryKind.CODE_LOCKED if entry.facts["failures"] >= MOST_FAILURES:
            return texts.html("entry-code-locked-for-good", actor=_person(entry.facts))
        case EntryKind.CODE_LOCKED:
            until = moment(datetime.fromisoformat(entry.facts["until"]), zone)
            facts = {"actor": _person(entry.facts), "failures": str(entry.facts["failures"]), "until": until}
    return texts.html(f"entry-{entry.kind.value.replace('.', '-')}", **facts)


def _person(facts: Any) -> str:
    return f"{plain(facts['actor']['name'])} · {facts['actor']['id']}"
