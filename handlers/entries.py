"""An audit entry as a person reads it: number, time, what, short hash."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from changes import guided
from changes.audit import Entry, EntryKind
from changes.codes import MOST_FAILURES
from changes.held import DIFFERS, REPLACED
from changes.life import State
from changes.names import plain
from handlers.drift import drift_head, drift_lines
from handlers.shown import change_line, late_limit_text, moment, result_text, span_text, when_text
from locales import Markup, Texts

#: So many minutes after its time a change was done late.
LATE = 2

_CHANGES = frozenset(kind for kind in EntryKind if kind.value.startswith("change."))


_DRIFTS = frozenset({EntryKind.TILL_DRIFTED, EntryKind.TILL_UNSEEN})


def entry_html(texts: Texts, entry: Entry, zone: str, *, whole: bool = False) -> str:
    """The entry as HTML; moments in the shop's zone. A long one is cut to stand beside others, unless `whole`."""
    if entry.kind in _DRIFTS:
        what = drift_head(texts, entry, zone)
    else:
        what = _change(texts, entry, zone) if entry.kind in _CHANGES else _other(texts, entry, zone)
    shown = texts.html(
        "entry", number=str(entry.number), time=moment(entry.at, zone), what=Markup(what), hash=entry.short_hash
    )
    if entry.kind is EntryKind.TILL_DRIFTED:
        # Longer than a value of a text may be.
        return "\n".join([shown, *drift_lines(texts, entry, shown, whole=whole)])
    return shown


def _change(texts: Texts, entry: Entry, zone: str) -> str:
    facts = entry.facts
    what = texts.html(
        "entry-change",
        verdict=_verdict(texts, entry),
        terminal=plain(facts["terminal"]["name"]),
        user=plain(facts["user"]["name"]),
        operator=plain(facts["user"]["number"]),
        change=change_line(texts, facts["action"], facts["before"], facts["after"]),
        actor=_person(facts),
    )
    lines = [what, *_times(texts, entry, zone)]
    if entry.kind is EntryKind.CHANGE_ANSWERED:
        brand = texts.plain(f"brand-{facts['brand']}")
        lines.append(texts.html("entry-ticked", ticked=facts["ticked"], steps=facts["steps"], brand=brand))
    if "by" in facts and facts["by"]["id"] != facts["actor"]["id"]:
        lines.append(texts.html("entry-by", actor=_named(facts["by"])))
    if "undoes" in facts:
        lines.append(texts.html("entry-undoes", number=str(facts["undoes"])))
    if facts["forced"] and facts.get("state") == State.APPLIED:
        lines.append(texts.html("entry-forced"))
    return "\n".join(lines)


def _times(texts: Texts, entry: Entry, zone: str) -> Iterator[str]:
    """When it is or was due, how late it was, and when it ends."""
    facts = entry.facts
    if "ends" in facts:
        yield texts.html("entry-ends")
    if "due" in facts:
        when = when_text(texts, datetime.fromisoformat(facts["due"]), zone)
        late = facts.get("late", 0)
        if late >= LATE:
            yield texts.html("entry-late", when=when, span=span_text(texts, late))
        else:
            yield texts.html("entry-due", when=when)
    if "until" in facts and facts.get("state") == State.ABANDONED:
        yield texts.html("progress-no-end")
    elif "until" in facts and facts.get("state", State.APPLIED) == State.APPLIED:
        yield texts.html("entry-until", when=when_text(texts, datetime.fromisoformat(facts["until"]), zone))


def _verdict(texts: Texts, entry: Entry) -> str:
    match entry.kind:
        case EntryKind.CHANGE_INTENT if "ends" in entry.facts:
            return texts.plain("entry-verdict-end-scheduled")
        case EntryKind.CHANGE_INTENT if "due" in entry.facts:
            return texts.plain("entry-verdict-scheduled")
        case EntryKind.CHANGE_INTENT:
            return texts.plain("entry-verdict-intent")
        case EntryKind.CHANGE_DROPPED if entry.facts["result"] == REPLACED:
            return texts.plain("entry-verdict-replaced")
        case EntryKind.CHANGE_ANSWERED:
            return texts.plain(f"entry-verdict-answered-{entry.facts['answer']}")
        case EntryKind.CHANGE_OUTCOME:
            return _ended(texts, entry)
    return texts.plain(f"entry-verdict-{entry.kind.value.removeprefix('change.')}")


def _ended(texts: Texts, entry: Entry) -> str:
    if entry.facts["state"] == State.APPLIED:
        return texts.plain(f"entry-verdict-{entry.facts['result']}")
    if entry.facts["result"] in guided.UNKNOWN_ENDS:
        return texts.plain(f"entry-verdict-{entry.facts['result']}")
    if entry.facts["state"] == State.ABANDONED:
        return texts.plain("entry-verdict-abandoned")
    if entry.facts["result"] == DIFFERS:
        return texts.plain("entry-verdict-differs")
    return texts.plain("entry-verdict-failed", reason=result_text(texts, entry.facts["result"]))


def _other(texts: Texts, entry: Entry, zone: str) -> str:
    facts: dict[str, Any] = {}
    match entry.kind:
        case EntryKind.SHOP_EDITED:
            return _edited(texts, entry)
        case EntryKind.SHOP_REMOVED:
            facts = {"name": plain(entry.facts["name"]), "dropped": entry.facts["dropped"]}
        case EntryKind.SHOP_ADDED:
            facts = {"name": plain(entry.facts["name"])}
        case EntryKind.SHOP_CLAIMED | EntryKind.FACTOR_ENROLLED:
            facts = {"actor": _person(entry.facts)}
        case EntryKind.BACKUP_MADE:
            facts = {"actor": _person(entry.facts), "users": entry.facts["users"]}
        case EntryKind.FACTOR_RESET:
            facts = {"person": entry.facts["person"]}
        case EntryKind.BATCH_OUTCOME:
            return _batch(texts, entry)
        case EntryKind.SHOP_SETTING:
            facts = {"actor": _person(entry.facts), "limit": late_limit_text(texts, entry.facts["late-limit"])}
        case EntryKind.CODE_LOCKED:
            return _locked(texts, entry, zone)
    return texts.html(f"entry-{entry.kind.value.replace('.', '-')}", **facts)


def _locked(texts: Texts, entry: Entry, zone: str) -> str:
    actor, failures = _person(entry.facts), entry.facts["failures"]
    if failures >= MOST_FAILURES:
        return texts.html("entry-code-locked-for-good", actor=actor)
    until = moment(datetime.fromisoformat(entry.facts["until"]), zone)
    return texts.html("entry-code-locked", actor=actor, failures=str(failures), until=until)


def _edited(texts: Texts, entry: Entry) -> str:
    lines = [texts.html("entry-shop-edited")]
    for field in ("name", "zone"):
        if field in entry.facts:
            change = {which: plain(value) for which, value in entry.facts[field].items()}
            lines.append(texts.html(f"shop-edited-{field}", **change))
    if entry.facts["options"]:
        lines.append(texts.html("shop-edited-options", options=plain(", ".join(entry.facts["options"]))))
    return "\n".join(lines)


def _batch(texts: Texts, entry: Entry) -> str:
    states = entry.facts["states"]
    done, unknown = states.get(State.APPLIED, 0), states.get(State.ABANDONED, 0)
    total = sum(states.values())
    return texts.html(
        "entry-batch-outcome",
        change=texts.plain(f"change-kind-{entry.facts['action']}"),
        total=total,
        applied=done,
        failed=total - done - unknown,
        abandoned=unknown,
    )


def _person(facts: Any) -> str:
    return _named(facts["actor"])


def _named(person: Any) -> str:
    return f"{plain(person['name'])} · {person['id']}"
