"""A leased request: whatever is written of it is fenced by its lease and by the state it was found in."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from changes.audit import Record
from changes.authority import Actor, MemberRole
from changes.backend import ChangeKind
from changes.clock import Clock
from changes.life import FINAL, State, check_move
from changes.ports import Notice, NoticeKind, Store, Transaction, Waker
from changes.recording import batch_outcome, dropped, intent, outcome
from changes.request import TEMPORARY, ChangeRequest, end_of
from changes.till import TerminalUser

#: The result of a change that the till confirmed and does not show.
DIFFERS = "differs"

#: The result of a change whose till does not answer.
NOT_REACHED = "not-reached"

#: The result of an end of a temporary change that came before its time.
REPLACED = "replaced"


#: What a change passes through is shown if it lasts so long: most have ended by then, and that is shown at once.
SOON = timedelta(seconds=0.4)


class LeaseLost(Exception):
    """Another worker has the request, or its owner changed it: this one must not write."""


def progress_of(request: ChangeRequest, now: datetime) -> Notice:
    """The notice that brings the one progress message up to date; changes confirmed together share one."""
    passes = request.state in (State.CONFIRMED, State.APPLYING) and not request.result
    return Notice(
        NoticeKind.PROGRESS,
        request.chat_id,
        shop_id=request.shop_id,
        person_id=request.actor_id,
        request_id=request.batch or request.id,
        due_at=now + SOON if passes else None,
    )


async def post(tx: Transaction, request: ChangeRequest, record: Record, clock: Clock) -> None:
    """Record an entry about the request and post it to its chat; to every owner where its actor is one no longer."""
    now = clock.now()
    entry = await tx.audit.append(request.shop_id, record, now)
    readers = {request.actor_id: request.chat_id}
    if await tx.people.role(request.actor_id, request.shop_id) is None:
        # A person's private chat has the person's id.
        readers = {owner: owner for owner in await tx.people.of_role(request.shop_id, MemberRole.OWNER)}
    for person_id, chat_id in readers.items():
        about = Notice(NoticeKind.ENTRY, chat_id, shop_id=request.shop_id, person_id=person_id)
        await tx.outbox.put(replace(about, entry_number=entry.number), now)


class Held:
    """`request` is always what was last written."""

    def __init__(self, store: Store, clock: Clock, waker: Waker, request: ChangeRequest) -> None:
        self.store, self.clock, self._waker = store, clock, waker
        self._lease = request.lease_owner
        self.request = request

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Transaction]:
        """A transaction; where it fails, `request` is again what it was."""
        old = self.request
        try:
            async with self.store.write() as tx:
                yield tx
        except BaseException:
            self.request = old
            raise
        self._waker.wake()

    async def move(self, tx: Transaction, state: State, **fields: Any) -> None:
        """The request moves to `state`; what its owner sees follows. Raises `LeaseLost` or `MoveRefused`."""
        if await self._move(tx, state, fields):
            await tx.outbox.put(progress_of(self.request, self.clock.now()), self.clock.now())

    async def _move(self, tx: Transaction, state: State, fields: dict[str, Any]) -> bool:
        """Whether the owner is to see it."""
        old = self.request
        check_move(old.state, state)
        new = replace(old, state=state, **fields)
        if not await tx.requests.move(new, old.state, lease_owner=self._lease):
            raise LeaseLost(old.id)
        self.request = new
        return _shows_otherwise(old, new)

    @asynccontextmanager
    async def moving(self, state: State, **fields: Any) -> AsyncIterator[Transaction]:
        """A transaction in which the request moves to `state`. Raises `LeaseLost` or `MoveRefused`."""
        async with self.writing() as tx:
            await self.move(tx, state, **fields)
            yield tx

    async def finish(self, state: State, result: str, left: TerminalUser | None = None) -> None:
        """The end: state, outcome, entry, messages and what follows from it, in one transaction.

        `left` is the user as a temporary change left it.
        """
        # Where the till may hold another PIN than is known for sure, the one that was made is not thrown away.
        show_secret = self.request.secret_made and (state in (State.APPLIED, State.ABANDONED) or result == DIFFERS)
        secret = self.request.secret if show_secret else None
        now = self.clock.now()
        ended = {"finished_at": now, "next_at": None, "lease_owner": None, "secret": secret}
        async with self.writing() as tx:
            shows = await self._move(tx, state, {"result": result, **ended})
            request = self.request
            # All rows before the first entry is written: that order is every writer's.
            replaced = await self._replace(tx) if state is State.APPLIED else []
            if show_secret:
                await tx.outbox.put(
                    replace(progress_of(request, now), kind=NoticeKind.SECRET, request_id=request.id), now
                )
            await post(tx, request, outcome(request), self.clock)
            for end in replaced:
                await _tell_dropped(tx, end, self.clock)
            if left is not None:
                end = end_of(request, left)
                await tx.requests.add(end)
                await tx.audit.append(end.shop_id, intent(end), now)
            if shows:
                # An edit, mostly: nobody needs to wait for it to have the entry.
                await tx.outbox.put(progress_of(request, now), now)
            await _summarise(tx, request, self.clock)

    async def _replace(self, tx: Transaction) -> list[ChangeRequest]:
        """An applied change drops what waited to end the same; what was dropped by its owner meanwhile is left out.

        Of who was removed nothing is left to end.
        """
        request = self.request
        gone = request.kind is ChangeKind.REMOVE
        if not gone and request.kind not in TEMPORARY:
            return []
        ends = await tx.requests.waiting_ends(request)
        ends = tuple(end for end in ends if gone or end.before.keys() == request.after.keys())
        replaced = [_dropped(end, REPLACED, self.clock) for end in ends]
        return [end for end in replaced if await tx.requests.move_waiting(end)]


async def drop(tx: Transaction, waiting: ChangeRequest, result: str, clock: Clock, actor: Actor) -> None:
    """A scheduled change will not be done: `actor` said so. Raises `LeaseLost` where it began."""
    request = _dropped(waiting, result, clock)
    if not await tx.requests.move_waiting(request):
        raise LeaseLost(waiting.id)
    await _tell_dropped(tx, request, clock, actor)


async def drop_all(tx: Transaction, waiting: Iterable[ChangeRequest], result: str, clock: Clock) -> None:
    """Scheduled changes will not be done, and nobody in particular said so."""
    # All rows before the first entry is written: that order is every writer's.
    requests = [_dropped(each, result, clock) for each in waiting]
    moved = [request for request in requests if await tx.requests.move_waiting(request)]
    for request in moved:
        await _tell_dropped(tx, request, clock)


def _dropped(waiting: ChangeRequest, result: str, clock: Clock) -> ChangeRequest:
    check_move(waiting.state, State.CANCELLED)
    return replace(waiting, state=State.CANCELLED, result=result, finished_at=clock.now(), next_at=None, secret=None)


async def _tell_dropped(tx: Transaction, request: ChangeRequest, clock: Clock, actor: Actor | None = None) -> None:
    await post(tx, request, dropped(request, actor), clock)
    await _summarise(tx, request, clock)
    if request.progress_message_id is not None:
        await tx.outbox.put(progress_of(request, clock.now()), clock.now())


async def _summarise(tx: Transaction, ended: ChangeRequest, clock: Clock) -> None:
    """Where the last of changes that were confirmed together has ended, one entry says how all did."""
    if ended.batch is None:
        return
    # Two that end at the same moment: the entry just written keeps the other waiting, so one of them is the last.
    together = await tx.requests.of_batch(ended.batch)
    if all(request.state in FINAL for request in together):
        await post(tx, ended, batch_outcome(together), clock)


def _shows_otherwise(old: ChangeRequest, new: ChangeRequest) -> bool:
    """Whether the move is worth bringing the progress message up to date."""
    if new.result == NOT_REACHED:
        # Of a till that is away each attempt is told: its text counts them.
        return True
    if new.ends is not None and new.result == "" and new.state not in FINAL:
        # Nobody waits for it; only trouble is told before the end.
        return False
    return (new.state, new.result) != (old.state, old.result)
