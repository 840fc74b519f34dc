"""The worker's part of a change: ask the till, read back, record the end.

A step holds the request by a lease and is fenced by it: what it writes counts only while the request is still leased
to it and in the state it was found in. The till is asked between transactions, never inside one.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from changes.authority import Action, ChatKind, judge
from changes.backend import AnswerLost, Backend, BackendError, BackendRefused, NotReached
from changes.clock import Clock
from changes.confirming import progress_of
from changes.errors import NotAllowed
from changes.life import State, check_move
from changes.ports import Notice, NoticeKind, Store, Tills, Transaction, Waker
from changes.recording import outcome, unknown
from changes.request import ChangeRequest, touched

T = TypeVar("T")

#: How long one step may hold a request; longer than all its waiting together.
LEASE = timedelta(seconds=90)

#: The longest wait for one answer of a till, whatever the backend allows itself.
CALL_LIMIT = 20.0

#: A till that certainly was not reached is asked this often (about a minute) before the change has failed.
MOST_ATTEMPTS = 7

_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0


class LeaseLost(Exception):
    """Another worker has the request now; this step must not write."""


def wait_before(attempt: int) -> timedelta:
    """The wait before the next attempt: doubling, bounded, and jittered so that shops do not ask in step."""
    longest = min(_FIRST_WAIT * (1 << min(attempt, 10)), _LONGEST_WAIT)
    return timedelta(seconds=longest * (0.5 + secrets.randbelow(1000) / 2000))


@dataclass(frozen=True, slots=True)
class Applying:
    """Takes due changes one step further at a time."""

    store: Store
    tills: Tills
    clock: Clock
    waker: Waker
    #: This worker's name in leases.
    owner: str

    async def lease(self) -> ChangeRequest | None:
        """The next due request, now held by this worker; None where nothing is due."""
        now = self.clock.now()
        async with self.store.write() as tx:
            return await tx.requests.lease(self.owner, now, now + LEASE)

    async def next_due(self) -> datetime | None:
        async with self.store.read() as tx:
            return await tx.requests.next_due()

    async def step(self, request: ChangeRequest) -> None:
        """One step with a leased request. Raises `LeaseLost` where it was taken over meanwhile.

        After any other exception the request is put off, and looked at again, before the exception is passed on.
        """
        await _Step(self, request).run()


class _Step:
    """One step; `request` is always what was last written."""

    def __init__(self, applying: Applying, request: ChangeRequest) -> None:
        self._in = applying
        self.request = request

    async def run(self) -> None:
        try:
            await self._work()
        except BackendError:
            await self._put_off()
        except LeaseLost:
            raise
        except Exception:
            await self._put_off()
            raise

    async def _work(self) -> None:
        if self.request.asked_at is not None:
            await self._settle(await self._in.tills.of(self.request.shop_id))
        elif await self._may_still():
            await self._first_time(await self._in.tills.of(self.request.shop_id))
        else:
            await self._finish(State.FAILED, "not-allowed")

    async def _may_still(self) -> bool:
        """Authority is judged again now; once the till was asked only the truth matters, not who asked."""
        async with self._in.store.read() as tx:
            role = await tx.people.role(self.request.actor_id, self.request.shop_id)
        try:
            judge(Action.CHANGE_USER, role, ChatKind.PRIVATE)
        except NotAllowed:
            return False
        return True

    async def _first_time(self, till: Backend) -> None:
        """Look, keep what was seen, then ask."""
        try:
            user = await _bounded(till.user(self.request.terminal.id, self.request.user.id), NotReached)
        except BackendRefused as no:
            await self._finish(State.FAILED, f"refused-{no.reason.value}")
            return
        if touched(self.request.kind, user) != self.request.before:
            await self._finish(State.FAILED, "refused-stale-version")
            return
        now = self._in.clock.now()
        async with self._moving(State.APPLYING, asked_at=now, result="") as tx:
            await tx.requests.keep_snapshot(self.request.id, user, now)
        await self._ask(till)

    async def _ask(self, till: Backend) -> None:
        answered = True
        try:
            await _bounded(till.apply(self.request.order(), self.request.key), AnswerLost)
        except BackendRefused as no:
            await self._finish(State.FAILED, f"refused-{no.reason.value}")
            return
        except AnswerLost:
            answered = False
            await self._doubt(release=False)
        except NotReached:
            await self._put_off(unasked=True)
            return
        held = await self._read_back(till)
        if held:
            await self._finish(State.APPLIED, "applied")
        elif not answered:
            await self._doubt()
        elif held is None:
            await self._finish(State.APPLIED, "applied-unread")
        else:
            await self._finish(State.FAILED, "differs")

    async def _settle(self, till: Backend) -> None:
        """The till was asked before: read back first; ask again only where a repeat cannot apply twice."""
        held = await self._read_back(till)
        if held:
            await self._finish(State.APPLIED, "applied")
        elif till.capabilities.idempotent and self.request.attempts <= MOST_ATTEMPTS:
            await self._ask(till)
        elif held is None:
            await self._doubt()
        else:
            await self._finish(State.FAILED, "not-held")

    async def _read_back(self, till: Backend) -> bool | None:
        """Whether the till holds the change; None where it cannot tell. Raises `BackendError` where it is away."""
        try:
            return await _bounded(till.confirm(self.request.order()), AnswerLost)
        except BackendRefused:
            return False

    async def _put_off(self, *, unasked: bool = False) -> None:
        """Look again later. `unasked`: this call certainly did not reach the till."""
        if self.request.state is State.UNKNOWN or (self.request.asked_at is not None and not unasked):
            await self._doubt()
        elif self.request.attempts >= MOST_ATTEMPTS:
            await self._finish(State.FAILED, "not-reached")
        else:
            await self._wait(State.APPLYING, asked_at=None, result="not-reached")

    async def _doubt(self, *, release: bool = True) -> None:
        """The change is UNKNOWN until it was read back: said in the audit once, shown at once, looked at again."""
        first = self.request.state is not State.UNKNOWN
        extra = {} if not release else self._released()
        async with self._moving(State.UNKNOWN, result="answer-lost", **extra) as tx:
            if first:
                await tx.audit.append(self.request.shop_id, unknown(self.request), self._in.clock.now())

    async def _wait(self, state: State, **fields: Any) -> None:
        async with self._moving(state, **fields, **self._released()):
            pass

    def _released(self) -> dict[str, Any]:
        next_at = self._in.clock.now() + wait_before(self.request.attempts)
        return {"lease_owner": None, "next_at": next_at}

    @asynccontextmanager
    async def _moving(self, state: State, **fields: Any) -> AsyncIterator[Transaction]:
        """A transaction in which the request moves to `state`; what the owner sees follows it."""
        old = self.request
        check_move(old.state, state)
        new = replace(old, state=state, **fields)
        try:
            async with self._in.store.write() as tx:
                if not await tx.requests.move(new, old.state, lease_owner=self._in.owner):
                    raise LeaseLost(old.id)
                self.request = new
                # Of a till that is away each attempt is told: its text counts them.
                if new.result == "not-reached" or (new.state, new.result) != (old.state, old.result):
                    await tx.outbox.put(progress_of(new), self._in.clock.now())
                yield tx
        except BaseException:
            self.request = old
            raise
        self._in.waker.wake()

    async def _finish(self, state: State, result: str) -> None:
        """The end: state, outcome, entry and messages in one transaction."""
        now = self._in.clock.now()
        show_secret = state is State.APPLIED and self.request.secret_made
        secret = self.request.secret if show_secret else None
        ended = {"finished_at": now, "next_at": None, "lease_owner": None, "secret": secret}
        async with self._moving(state, result=result, **ended) as tx:
            request = self.request
            entry = await tx.audit.append(request.shop_id, outcome(request), now)
            about = Notice(NoticeKind.ENTRY, request.chat_id, shop_id=request.shop_id, person_id=request.actor_id)
            if show_secret:
                await tx.outbox.put(replace(about, kind=NoticeKind.SECRET, request_id=request.id), now)
            await tx.outbox.put(replace(about, entry_number=entry.number), now)


async def _bounded(call: Awaitable[T], late: type[BackendError]) -> T:
    """Wait for a till, at most `CALL_LIMIT` seconds; then it is as if `late` was raised."""
    try:
        async with asyncio.timeout(CALL_LIMIT):
            return await call
    except TimeoutError as slow:
        raise late from slow
