"""Checking and spending a code inside the transaction that it confirms."""

from dataclasses import replace
from datetime import UTC, datetime

from changes.audit import EntryKind, Record
from changes.authority import Actor
from changes.codes import FREE_TRIES, MOST_FAILURES, Factor, lock_after, matching_timecode
from changes.errors import CodeLocked, CodeLockedForGood, CodeWrong, Refused
from changes.ports import Transaction
from changes.recording import by

_FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)


async def spend_code(
    tx: Transaction, actor: Actor, factor: Factor, typed: str, now: datetime, asked_at: datetime
) -> Refused | None:
    """Spend the typed code on a request asked for at `asked_at`; None where it was good.

    A refusal is returned and not raised: the count of failures must commit with the transaction.
    While the factor is locked no code is looked at, so a right one is not told from a wrong one.
    """
    if factor.failures >= MOST_FAILURES:
        return CodeLockedForGood()
    if factor.locked_until is not None and factor.is_locked(now):
        return CodeLocked(factor.locked_until)
    timecode = matching_timecode(factor, typed, now, asked_at)
    if timecode is not None:
        take = tx.factors.spend if factor.confirmed else tx.factors.confirm
        if await take(factor.person_id, timecode):
            return None
    return await _fail(tx, actor, factor, now)


async def _fail(tx: Transaction, actor: Actor, factor: Factor, now: datetime) -> Refused:
    factor = replace(factor, failures=factor.failures + 1)
    lock = lock_after(factor.failures)
    if lock is None:
        await tx.factors.fail(factor.person_id, factor.failures, None)
        return CodeWrong(FREE_TRIES - factor.failures)
    until = now + lock if factor.failures < MOST_FAILURES else _FOR_GOOD
    await tx.factors.fail(factor.person_id, factor.failures, until)
    for shop in await tx.people.shops(actor.person_id):
        facts = by(actor) | {"failures": factor.failures, "until": until.isoformat(timespec="seconds")}
        await tx.audit.append(shop.id, Record(EntryKind.CODE_LOCKED, facts), now)
    return CodeLocked(until) if factor.failures < MOST_FAILURES else CodeLockedForGood()
