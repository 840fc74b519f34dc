"""What is counted once a run came to rest."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, timedelta

from sqlalchemy import exists, select

from changes.audit import Entry, EntryKind, first_fault
from changes.life import FINAL, State
from changes.request import ChangeRequest
from changes.step import ENDED_OTHERWISE
from storage.store import SqlTransaction
from storage.tables import amendments, audit, outbox, requests
from tests.crash.clock import FastClock
from tests.crash.ground import Ground
from tests.crash.telegram import CrashTelegram
from tests.crash.till import Application, CrashTill
from tests.crash.told import is_progress, meaning, says

#: A given-up change is over by then: the lease of whoever was killed, and a last look at the till.
_GIVEN_UP_WITHIN = timedelta(seconds=60)

_ENDED = (State.APPLIED, State.FAILED, State.ABANDONED)

#: Entries that say how a change ended.
_ENDS = (EntryKind.CHANGE_OUTCOME, EntryKind.CHANGE_DROPPED)


@dataclass
class Verdict:
    """How often what must never be was."""

    lost: int = 0
    twice: int = 0
    unwanted: int = 0
    unaudited: int = 0
    told_wrongly: int = 0
    broken: int = 0
    #: Messages that came more than once; Telegram knows no keys, so this is no fault.
    duplicates: int = 0
    faults: list[str] = field(default_factory=list)

    def fault(self, kind: str, what: str) -> None:
        setattr(self, kind, getattr(self, kind) + 1)
        self.faults.append(f"{kind}: {what}")


@dataclass(frozen=True)
class Kept:
    """All that the database says in one moment."""

    requests: tuple[ChangeRequest, ...]
    entries: tuple[Entry, ...]
    #: The changes whose amendments a code has confirmed, one for each of these.
    amended: tuple[str, ...]
    chain_faults: list[str]

    def of(self, request: ChangeRequest, *kinds: EntryKind) -> list[Entry]:
        """The entries about a change, of these kinds or of any."""
        own = [entry for entry in self.entries if entry.facts.get("change") == request.id]
        return [entry for entry in own if not kinds or entry.kind in kinds]

    def recorded(self) -> frozenset[str]:
        """Of each entry its kind, what it says of the end, and whether that is the end of a temporary change."""
        return frozenset(
            " ".join(filter(None, (entry.kind.value, entry.facts.get("result"), "end" * ("ends" in entry.facts))))
            for entry in self.entries
        )


async def at_rest(ground: Ground) -> bool:
    """Whether nothing waits to be done or sent."""
    final = [state.value for state in FINAL]
    to_do = select(exists().where(requests.c.state.not_in(final)) | exists().where(outbox.c.ended_at.is_(None)))
    async with ground.database.read() as connection:
        return not await connection.scalar(to_do)


async def an_end_waits(ground: Ground) -> bool:
    """Whether a temporary change was applied and its end is to come."""
    waits = exists().where(requests.c.ends.is_not(None), requests.c.state == State.SCHEDULED.value)
    async with ground.database.read() as connection:
        return bool(await connection.scalar(select(waits)))


async def intents(ground: Ground) -> set[str]:
    """The changes whose intent is in the audit."""
    recorded = select(audit.c.facts).where(audit.c.kind == EntryKind.CHANGE_INTENT.value)
    async with ground.database.read() as connection:
        return {facts["change"] for facts in await connection.scalars(recorded)}


async def kept(ground: Ground) -> Kept:
    async with ground.database.read() as connection:
        ids = (await connection.execute(select(requests.c.id).order_by(requests.c.created_at))).scalars().all()
        tx = SqlTransaction(connection, ground.vault)
        found = [request for each in ids if (request := await tx.requests.get(each)) is not None]
        confirmed = select(amendments.c.request_id).where(amendments.c.ended_at.is_not(None))
        amended = (await connection.execute(confirmed)).scalars().all()
        entries: list[Entry] = []
        faults = []
        for shop in await tx.shops.all():
            own = [entry async for entry in tx.audit.walk(shop.id)]
            fault = first_fault(own, await tx.audit.head(shop.id))
            faults += [str(fault)] if fault else []
            entries += own
    return Kept(tuple(found), tuple(entries), tuple(amended), faults)


def judge(now: Kept, till: CrashTill, telegram: CrashTelegram, clock: FastClock) -> Verdict:
    verdict = Verdict()
    for request in now.requests:
        _judge_end(verdict, request, till, clock)
        _judge_temporary(verdict, request, now, till)
        _judge_record(verdict, request, now, till)
        _judge_progress(verdict, request, now, till, telegram)
        _judge_entries(verdict, request, now, telegram)
        _judge_secret(verdict, request, till, telegram)
    _judge_batches(verdict, now, telegram)
    for fault in now.chain_faults:
        verdict.fault("broken", fault)
    return verdict


def _judge_end(verdict: Verdict, request: ChangeRequest, till: CrashTill, clock: FastClock) -> None:
    applied = till.effective(request.key)
    if request.state not in FINAL or request.confirmed_at is None:
        verdict.fault("lost", f"{request.state} {request.result}")
    if len(applied) > 1:
        verdict.fault("twice", f"{len(applied)} times")
    if applied and request.state is State.CANCELLED:
        verdict.fault("unwanted", "applied although it was dropped")
    if request.due_at is not None and any(clock.at(each.at) < request.due_at for each in applied):
        verdict.fault("unwanted", f"applied before {request.due_at}")
    if request.given_up_at is not None and request.finished_at is not None:
        longer = request.finished_at - request.given_up_at
        if longer > _GIVEN_UP_WITHIN:
            verdict.fault("lost", f"given up, and {request.state} {longer} after that")


def _judge_temporary(verdict: Verdict, request: ChangeRequest, now: Kept, till: CrashTill) -> None:
    """Where it was applied it has one end, and that ends nothing but it."""
    ends = [each for each in now.requests if each.ends == request.id]
    wanted = request.until is not None and request.state is State.APPLIED
    if len(ends) != wanted:
        verdict.fault("lost" if wanted else "unwanted", f"{len(ends)} ends")
    own = [each.freeze for each in till.effective(request.key)]
    for end in ends:
        if any(each.freeze not in own for each in till.effective(end.key)):
            verdict.fault("unwanted", "a freeze was ended that is another's")
        if end.result == ENDED_OTHERWISE and till.users[request.user.id].freeze in own:
            verdict.fault("told_wrongly", f"{end.result}, and it is still the same freeze")


def _judge_record(verdict: Verdict, request: ChangeRequest, now: Kept, till: CrashTill) -> None:
    if not all(each.audited for each in till.log if each.key == request.key):
        verdict.fault("unaudited", "applied before the intent was recorded")
    intents = now.of(request, EntryKind.CHANGE_INTENT)
    if request.confirmed_at is not None and len(intents) != 1:
        verdict.fault("unaudited", f"{len(intents)} intents")
    outcomes = [entry.facts["state"] for entry in now.of(request, EntryKind.CHANGE_OUTCOME)]
    if outcomes != [request.state.value] * (request.state in _ENDED):
        verdict.fault("unaudited", f"{request.state}, outcomes {outcomes}")
    dropped = now.of(request, EntryKind.CHANGE_DROPPED)
    if len(dropped) != (request.state is State.CANCELLED):
        verdict.fault("unaudited", f"{request.state}, {len(dropped)} times dropped")
    unknown = now.of(request, EntryKind.CHANGE_UNKNOWN)
    if len(unknown) > 1:
        verdict.fault("unaudited", f"{len(unknown)} times unknown")
    amended = sum("by" in entry.facts for entry in now.of(request))
    if amended != now.amended.count(request.id):
        verdict.fault("unaudited", f"amended {now.amended.count(request.id)} times, recorded {amended} times")
    times = [entry.facts.get("due") for entry in now.of(request, EntryKind.CHANGE_INTENT, EntryKind.CHANGE_MOVED)]
    due = request.due_at and request.due_at.astimezone(UTC).isoformat(timespec="seconds")
    if times and times[-1] != due:
        verdict.fault("unaudited", f"due {due}, recorded {times}")


def _judge_progress(
    verdict: Verdict, request: ChangeRequest, now: Kept, till: CrashTill, telegram: CrashTelegram
) -> None:
    """What is said of the till is so, from when it is said, and it is the last word."""
    applied, meant = till.effective(request.key), meaning(request)
    if {"applied": not applied, "failed": bool(applied)}.get(meant, False):
        verdict.fault("told_wrongly", f"{request.state} {request.result}, and the till holds it: {bool(applied)}")
    for shown in telegram.shown:
        about = _is_about(shown.text, request, now)
        if about and says(shown.text, request) == "applied" and not _was(applied, shown.at):
            verdict.fault("told_wrongly", f"too early: {shown.text}")
    # Of an end that went well nothing but its entry is shown.
    shows = request.ends is None or request.progress_message_id is not None
    progress = [text for _, text in sorted(telegram.messages.items()) if _is_progress(text, request, now)]
    if shows and request.state in FINAL and not any(says(text, request) == meant for text in progress):
        verdict.fault("told_wrongly", f"{meant}, and the chat shows {progress}")
    if request.batch in (None, request.id):
        # The message that it began with is there before the run; the end of a temporary change has none.
        sent = sum(_is_progress(text, request, now) for text in telegram.sent)
        verdict.duplicates += max(sent - (request.ends is not None), 0)


def _judge_entries(verdict: Verdict, request: ChangeRequest, now: Kept, telegram: CrashTelegram) -> None:
    meant = meaning(request)
    for entry in _posted(now.of(request)):
        copies = _copies(verdict, entry, telegram)
        if entry.kind in _ENDS and any(says(text, request) != meant for text in copies):
            verdict.fault("told_wrongly", f"entry {entry.number} ({meant}) as {copies}")


def _posted(entries: list[Entry]) -> Iterator[Entry]:
    """Those that are for the chat: of a confirmation only where the change is to be done later."""
    for entry in entries:
        due = entry.facts.get("due")
        later = due is not None and entry.at.astimezone(UTC).isoformat() < due and "ends" not in entry.facts
        if entry.kind in (*_ENDS, EntryKind.CHANGE_MOVED) or (entry.kind is EntryKind.CHANGE_INTENT and later):
            yield entry


def _copies(verdict: Verdict, entry: Entry, telegram: CrashTelegram) -> list[str]:
    """The messages that are this entry; there is one at least."""
    copies = [text for text in telegram.messages.values() if entry.short_hash in text]
    verdict.duplicates += max(len(copies) - 1, 0)
    if not copies:
        verdict.fault("told_wrongly", f"entry {entry.number} ({entry.kind}) is not in the chat")
    return copies


def _judge_batches(verdict: Verdict, now: Kept, telegram: CrashTelegram) -> None:
    """Changes that one code confirmed have one summary, and it counts all of them."""
    batches = {request.batch for request in now.requests if request.batch is not None}
    for batch in batches:
        ended = Counter(request.state.value for request in now.requests if request.batch == batch)
        summaries = [
            entry for entry in now.entries if entry.kind is EntryKind.BATCH_OUTCOME and entry.facts["batch"] == batch
        ]
        if [entry.facts["states"] for entry in summaries] != [dict(ended)]:
            verdict.fault("unaudited", f"{dict(ended)}, summaries {[entry.facts for entry in summaries]}")
        for entry in summaries:
            _copies(verdict, entry, telegram)


def _was(applied: list[Application], moment: float) -> bool:
    return any(each.at <= moment for each in applied)


def _is_about(text: str, request: ChangeRequest, now: Kept) -> bool:
    if _is_entry(text, now):
        return any(entry.short_hash in text for entry in now.of(request))
    return is_progress(text, request)


def _is_progress(text: str, request: ChangeRequest, now: Kept) -> bool:
    return is_progress(text, request) and not _is_entry(text, now)


def _is_entry(text: str, now: Kept) -> bool:
    return any(entry.short_hash in text for entry in now.entries)


def _judge_secret(verdict: Verdict, request: ChangeRequest, till: CrashTill, telegram: CrashTelegram) -> None:
    """A made PIN was shown if the till has it, and stands nowhere any more."""
    if not request.secret_made:
        return
    applied = [each.secret for each in till.effective(request.key) if each.secret]
    if request.state is State.APPLIED and not any(pin in each.text for pin in applied for each in telegram.shown):
        verdict.fault("told_wrongly", "the new PIN was never shown")
    pins = re.compile(r"<code>\d{4,}</code>")
    if any(pins.search(text) or any(pin in text for pin in applied) for text in telegram.messages.values()):
        verdict.fault("told_wrongly", "a PIN stands in the chat")
    if request.secret is not None:
        verdict.fault("told_wrongly", "the PIN is still kept")
