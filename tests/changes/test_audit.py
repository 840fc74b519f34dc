"""The audit's chain: whatever was done to it shows."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from changes.audit import FIRST_PREVIOUS, Entry, EntryKind, Fault, Head, Record, body_hash, first_fault, link

SHOP = 7
START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

_TEXTS = st.text(max_size=20)
_FACTS = st.dictionaries(
    _TEXTS, _TEXTS | st.booleans() | st.none() | st.integers(-1000, 1000) | st.lists(_TEXTS, max_size=2), max_size=3
)
_RECORDS = st.builds(Record, st.sampled_from(EntryKind), _FACTS)
_LONG = st.lists(_RECORDS, min_size=2, max_size=8)


def chain(records: list[Record]) -> tuple[list[Entry], Head]:
    entries, head = list[Entry](), Head()
    for record in records:
        entry = link(head, SHOP, record, START + timedelta(seconds=head.number))
        entries.append(entry)
        head = Head(entry.number, entry.hash)
    return entries, head


def test_the_canonical_form_is_the_one_that_earlier_entries_were_hashed_in() -> None:
    """A fixed vector: were it to change, every audit that stands would no longer fit."""
    record = Record(
        EntryKind.CHANGE_INTENT, {"user": {"name": "陈晓雨", "number": "01"}, "forced": False, "before": None}
    )
    entry = link(Head(), 1, record, datetime(2026, 11, 22, 20, 30, 0, 5, tzinfo=UTC))
    assert (entry.number, entry.previous) == (1, FIRST_PREVIOUS)
    canonical = (
        '{"at":"2026-11-22T20:30:00.000005+00:00","facts":{"before":null,"forced":false,'
        '"user":{"name":"陈晓雨","number":"01"}},"kind":"change.intent","number":1,"previous":"'
        + "0" * 64
        + '","shop":"1"}'
    )
    assert entry.hash == hashlib.sha256(canonical.encode()).hexdigest()
    assert entry.hash == "c2d9824f206ba0e215de1c078b1fd2b98c69b2d8b8acca838f0cac39ffbf0c8b"
    assert entry.short_hash == entry.hash[:12]


def test_the_zone_a_moment_is_written_in_does_not_change_the_hash() -> None:
    entry = link(Head(), 1, Record(EntryKind.SHOP_ADDED, {}), START)
    east = replace(entry, at=START.astimezone(ZoneInfo("Asia/Shanghai")))
    assert body_hash(east) == entry.hash


@given(st.lists(_RECORDS, max_size=8))
def test_an_untouched_chain_fits(records: list[Record]) -> None:
    entries, head = chain(records)
    assert first_fault(entries, head) is None
    assert all(first_fault(entries, head, Head(entry.number, entry.short_hash)) is None for entry in entries)


_HASHES = st.text("0123456789abcdef", min_size=64, max_size=64) | st.text(max_size=64)
_EDITS: dict[str, st.SearchStrategy[Any]] = {
    "shop_id": st.integers(1, 1000),
    "number": st.integers(-3, 100),
    "at": st.timedeltas(timedelta(days=-900), timedelta(days=900)).map(lambda by: START + by),
    "kind": st.sampled_from(EntryKind),
    "facts": _FACTS | st.dictionaries(_TEXTS, st.floats() | st.integers() | st.text(st.characters()), max_size=2),
    "previous": _HASHES,
    "hash": _HASHES,
}


@given(_LONG, st.data())
def test_any_edit_of_one_entry_is_found_at_that_entry_or_where_it_shows(
    records: list[Record], data: st.DataObject
) -> None:
    entries, head = chain(records)
    place = data.draw(st.integers(0, len(entries) - 1))
    column = data.draw(st.sampled_from(sorted(_EDITS)))
    value = data.draw(_EDITS[column])
    edited = replace(entries[place], **{column: value})
    assume(edited != entries[place])
    assume(column != "facts" or body_hash_or_none(edited) != entries[place].hash)
    entries[place] = edited
    fault = first_fault(entries, head)
    assert fault is not None
    assert fault.number == place + 1


def body_hash_or_none(entry: Entry) -> str | None:
    """None where the facts have no canonical form at all."""
    try:
        return body_hash(entry)
    except (ValueError, TypeError):
        return None


def deleted(entries: list[Entry], at: int) -> list[Entry]:
    return entries[:at] + entries[at + 1 :]


def repeated(entries: list[Entry], at: int) -> list[Entry]:
    return entries[: at + 1] + entries[at:]


def swapped(entries: list[Entry], at: int) -> list[Entry]:
    changed = list(entries)
    other = at - 1 if at else 1
    changed[at], changed[other] = changed[other], changed[at]
    return changed


def truncated(entries: list[Entry], at: int) -> list[Entry]:
    return entries[:at]


def inserted(entries: list[Entry], at: int) -> list[Entry]:
    """One that fits what stands before it."""
    before = Head(entries[at - 1].number, entries[at - 1].hash) if at else Head()
    return [*entries[:at], link(before, SHOP, Record(EntryKind.SHOP_ADDED, {"of": "nobody"}), START), *entries[at:]]


@pytest.mark.parametrize("harm", [deleted, repeated, swapped, truncated, inserted])
@given(records=_LONG, data=st.data())
def test_what_was_deleted_inserted_swapped_or_cut_shows(
    harm: Callable[[list[Entry], int], list[Entry]], records: list[Record], data: st.DataObject
) -> None:
    entries, head = chain(records)
    harmed = harm(entries, data.draw(st.integers(0, len(entries) - 1)))
    fault = first_fault(harmed, head)
    assert fault is not None
    first = next(
        (n for n, (a, b) in enumerate(zip(harmed, entries, strict=False)) if a != b), min(len(harmed), len(entries))
    )
    assert fault.number in (first + 1, first + 2)


@given(_LONG, st.data())
def test_a_tail_written_anew_fits_itself_but_not_what_was_posted(records: list[Record], data: st.DataObject) -> None:
    """Who holds the whole database can make a chain that fits; a posted entry is the witness against it."""
    entries, head = chain(records)
    place = data.draw(st.integers(0, len(entries) - 1))
    forged, forged_head = chain(
        [*records[:place], Record(EntryKind.SHOP_ADDED, {"of": "nobody"}), *records[place + 1 :]]
    )
    assume(forged != entries)
    assert first_fault(forged, forged_head) is None
    posted = Head(head.number, head.hash[:12])
    assert first_fault(forged, forged_head, posted) == Fault(head.number, "witness")


def test_a_witness_to_an_entry_that_is_gone_with_its_head_shows() -> None:
    entries, head = chain([Record(EntryKind.SHOP_ADDED, {})] * 4)
    shorter = Head(3, entries[2].hash)
    assert first_fault(entries[:3], shorter) is None
    assert first_fault(entries[:3], shorter, head) == Fault(4, "witness")


def test_each_fault_says_what_it_is() -> None:
    entries, head = chain([Record(EntryKind.SHOP_ADDED, {"n": str(n)}) for n in range(4)])
    assert first_fault(entries[:-1], head) == Fault(4, "cut")
    assert first_fault([], head) == Fault(1, "cut")
    assert first_fault(deleted(entries, 1), head) == Fault(2, "missing")
    assert first_fault([entries[0], replace(entries[1], facts={}), *entries[2:]], head) == Fault(2, "changed")
    assert first_fault(swapped(entries, 2), head) == Fault(2, "missing")
    assert first_fault([entries[0], replace(entries[1], previous="0" * 64), *entries[2:]], head) == Fault(2, "order")
