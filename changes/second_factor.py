"""Checking and spending a code inside the transaction that it confirms."""

from dataclasses import replace
from datetime import UTC, datetime

from changes.audit import EntryKind, Record
from changes.authority import Actor
from changes.codes import FREE_TRIES, MOST_FAILURES, Factor, lock_after, matching_timecode
from changes.errors import CodeLocked, CodeLockedForGood, CodeWrong, NotEnrolled, Refused
from changes.ports import Notice, NoticeKind, Transaction
from changes.recording import by

_FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)


def enrolled(factor: Factor | None) -> Factor:
    """The factor, where its first code was taken. Raises `NotEnrolled`."""
    if factor is None or not factor.confirmed:
        raise NotEnrolled
    return factor


async def spend_code(
    tx: Transaction, actor: Actor, factor: Factor, typed: str, now: datetime, asked_at: datetime
) -> Refused | None:
    """Spend the typed code on a request asked for at `asked_at`; None where it was good.

    A refusal is returned and not raised: the count of failures must commit with the transaction. Where it locks, an
    alert is in the outgoing queue: wake it.
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
    await _record_lock(tx, actor, factor.failures, until, now)
    return CodeLocked(until) if factor.failures < MOST_FAILURES else CodeLockedForGood()


async def _record_lock(tx: Transaction, actor: Actor, failures: int, until: datetime, now: datetime) -> None:
    """In the audit of each of the person's shops; one of the entries goes to the person before all else.

    Whoever guesses with a stolen phone is seen on the owner's other devices.
    """
    facts = by(actor) | {"failures": failures, "until": until.isoformat(timespec="seconds")}
    about = Notice(NoticeKind.ENTRY, actor.person_id, person_id=actor.person_id, urgent=True)
    alerts = []
    for shop in await tx.people.shops(actor.person_id):
        entry = await tx.audit.append(shop.id, Record(EntryKind.CODE_LOCKED, facts), now)
        alerts.append(replace(about, shop_id=shop.id, entry_number=entry.number))
    if alerts:
        await tx.outbox.put(alerts[0], now)
