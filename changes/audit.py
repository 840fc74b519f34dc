"""The audit: entries that are only added, each chained to the one before.

An entry's body is hashed in its canonical form (RFC 8785) with SHA-256; the body holds the hash of the entry before.
A chain shows every edit, deletion, insertion and change of order. Who can rewrite the whole database can rewrite the
chain, so each posted entry carries its number and the start of its hash: a witness outside the database.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import rfc8785

FIRST_PREVIOUS = "0" * 64
SHORT = 12


class EntryKind(StrEnum):
    SHOP_ADDED = "shop.added"
    CLAIM_MADE = "claim.made"
    SHOP_CLAIMED = "shop.claimed"
    FACTOR_ENROLLED = "factor.enrolled"
    FACTOR_RESET = "factor.reset"
    CODE_LOCKED = "code.locked"
    #: A code was spent; the till is about to be asked.
    CHANGE_INTENT = "change.intent"
    #: The till may have applied it; being read back.
    CHANGE_UNKNOWN = "change.unknown"
    CHANGE_OUTCOME = "change.outcome"
    #: A person at the till said how a guided change went.
    CHANGE_ANSWERED = "change.answered"
    #: A waiting change is to begin or to end at another moment; a code was spent.
    CHANGE_MOVED = "change.moved"
    #: A waiting change will not be done.
    CHANGE_DROPPED = "change.dropped"
    #: A waiting change is so late that its owner is asked.
    CHANGE_MISSED = "change.missed"
    #: The last of the changes that one code confirmed has ended.
    BATCH_OUTCOME = "batch.outcome"
    SHOP_SETTING = "shop.setting"
    #: Whoever runs the server changed its name, its zone or how its till is reached.
    SHOP_EDITED = "shop.edited"
    #: Whoever runs the server ended it for its people.
    SHOP_REMOVED = "shop.removed"
    #: The till's users differ from the last look, and not through the bot.
    TILL_DRIFTED = "till.drifted"
    #: The till could not be looked at for a day.
    TILL_UNSEEN = "till.unseen"
    #: An owner was given the shop's users as a sealed file; a code was spent.
    BACKUP_MADE = "backup.made"


@dataclass(frozen=True, slots=True)
class Record:
    """What is to be recorded, before it has a number. `facts` is JSON without secrets; ids in it are strings."""

    kind: EntryKind
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One link. `number` counts from 1 within a shop, without a gap."""

    shop_id: int
    number: int
    at: datetime
    kind: EntryKind
    facts: Mapping[str, Any]
    previous: str
    hash: str

    @property
    def short_hash(self) -> str:
        return self.hash[:SHORT]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry's number and hash; number 0 before the first."""

    number: int = 0
    hash: str = FIRST_PREVIOUS


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry that does not fit, and why (`changed`, `missing`, `order`, `cut`, `witness`)."""

    number: int
    why: str


def body_hash(entry: Entry) -> str:
    """SHA-256 over the canonical form of everything in an entry but its own hash."""
    body: dict[str, Any] = {
        "shop": str(entry.shop_id),
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": entry.kind.value,
        "facts": dict(entry.facts),
        "previous": entry.previous,
    }
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def link(head: Head, shop_id: int, record: Record, at: datetime) -> Entry:
    """The entry that follows `head`."""
    unhashed = Entry(shop_id, head.number + 1, at, record.kind, record.facts, head.hash, "")
    return Entry(shop_id, unhashed.number, at, record.kind, record.facts, head.hash, body_hash(unhashed))


def _hash_fits(entry: Entry) -> bool:
    """Also where an entry was edited into something that has no canonical form."""
    try:
        return entry.hash == body_hash(entry)
    except rfc8785.CanonicalizationError:
        return False


def first_fault(entries: Iterable[Entry], head: Head, witness: Head | None = None) -> Fault | None:
    """Walk a shop's chain from its first entry; None where every entry fits and it ends at `head`.

    `witness` is a number and hash (or the start of one) that was posted or kept elsewhere: the entry of that number
    must still have it.
    """
    expected = Head()
    witnessed = witness is None
    for entry in entries:
        if entry.number != expected.number + 1:
            return Fault(expected.number + 1, "missing" if entry.number > expected.number + 1 else "order")
        if entry.previous != expected.hash:
            return Fault(entry.number, "order")
        if not _hash_fits(entry):
            return Fault(entry.number, "changed")
        if witness is not None and witness.number == entry.number:
            if not entry.hash.startswith(witness.hash):
                return Fault(entry.number, "witness")
            witnessed = True
        expected = Head(entry.number, entry.hash)
    if expected != head:
        return Fault(expected.number + 1, "cut")
    if not witnessed and witness is not None:
        return Fault(witness.number, "witness")
    return None
