"""`audit verify` and `audit export`."""

import csv
import json
import sys
from typing import Any

from bot.assembly import Parts
from bot.commands import CommandFailed
from changes.audit import Entry, Head, first_fault
from changes.ports import Shop

_WHY = {
    "changed": "what it says was changed",
    "missing": "it is missing",
    "order": "it does not follow the entry before it",
    "cut": "it is missing: the end of the chain was cut off",
    "witness": "it is not the entry that the witness saw",
}

#: A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def verify(parts: Parts, shop_id: int | None, witness: str | None) -> bool:
    """Print for each shop whether its chain fits; False where one does not. Raises `CommandFailed`."""
    seen = _witness(witness)
    if seen is not None and shop_id is None:
        raise CommandFailed("a witness is of one shop: name it with --shop")
    fits = True
    for shop in await _shops(parts, shop_id):
        async with parts.store.read() as tx:
            head = await tx.audit.head(shop.id)
            entries = [entry async for entry in tx.audit.walk(shop.id)]
        fault = first_fault(entries, head, seen)
        if fault is None:
            print(f"Shop {shop.id}: {head.number} entries fit; head {head.number}:{head.hash}")
        else:
            fits = False
            print(f"Shop {shop.id}: entry {fault.number} does not fit: {_WHY[fault.why]}")
    return fits


def _witness(text: str | None) -> Head | None:
    """`NUMBER:HASH` as a posted entry shows it; the hash may be shortened."""
    if text is None:
        return None
    number, colon, digest = text.partition(":")
    digest = digest.lstrip("#").lower()
    if not colon or not (number.isascii() and number.isdigit()) or not digest:
        raise CommandFailed("a witness is written NUMBER:HASH")
    return Head(int(number), digest)


async def export(parts: Parts, shop_id: int | None, form: str) -> None:
    """Print every entry, as JSON lines or as CSV. Raises `CommandFailed`."""
    writer = csv.writer(sys.stdout)
    if form == "csv":
        writer.writerow(["shop", "number", "at", "kind", "facts", "previous", "hash"])
    for shop in await _shops(parts, shop_id):
        # Read before it is printed: whoever reads it page by page takes longer than a transaction may.
        async with parts.store.read() as tx:
            rows = [_row(entry) async for entry in tx.audit.walk(shop.id)]
        for row in rows:
            if form == "csv":
                cells = {**row, "facts": json.dumps(row["facts"], ensure_ascii=False)}
                writer.writerow([_harmless(str(cell)) for cell in cells.values()])
            else:
                print(json.dumps(row, ensure_ascii=False))


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "shop": str(entry.shop_id),
        "number": entry.number,
        "at": entry.at.isoformat(timespec="microseconds"),
        "kind": entry.kind.value,
        "facts": dict(entry.facts),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


async def _shops(parts: Parts, shop_id: int | None) -> tuple[Shop, ...]:
    async with parts.store.read() as tx:
        shops = await tx.shops.all(removed=True)
    if shop_id is None:
        return shops
    chosen = tuple(shop for shop in shops if shop.id == shop_id)
    if not chosen:
        raise CommandFailed(f"there is no shop {shop_id}; `shop list` shows them")
    return chosen
