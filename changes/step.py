"""One step of a change at the till: ask, read back, record what is known.

The till is asked between transactions, never inside one. The very first call is proof of what it says: refused or not
reached, nothing was applied. From the second call on an earlier one may still arrive, so only reading back is proof.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from changes.authority import Action, ChatKind, judge
from changes.backend import AnswerLost, Backend, BackendError, BackendRefused, NotReached, Refusal
from changes.clock import Clock
from changes.confirming import progress_of
from changes.errors import NotAllowed
from changes.life import State, check_move
from changes.ports import Notice, NoticeKind, Store, Tills, Transaction, Waker
from changes.recording import outcome, unknown
from changes.request import ChangeRequest, touched

T = TypeVar("T")

#: The longest wait for one answer of a till, whatever the backend allows itself, in seconds.
CALL_LIMIT = 20.0

#: A till that certainly was not reached is asked this often (about a minute) before the change has failed.
MOST_ATTEMPTS = 7

#: A call that was asked this long ago has arrived by now or never will; and a till that took a change shows it by now.
SETTLED_AFTER = timedelta(seconds=60)

_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0

#: With these a till says for certain that the user does not hold anything.
_GONE = frozenset({Refusal.USER_GONE, Refusal.TERMINAL_GONE})

#: The result of a change that the till confirmed and does not show.
DIFFERS = "differs"


class LeaseLost(Exception):
    """Another worker has the request now; this step must not write."""


def wait_before(attempt: int) -> timedelta:
    """The wait before the next attempt: doubling, bounded, and jittered so that shops do not ask in step."""
    longest = min(_FIRST_WAIT * (1 << min(attempt, 10)), _LONGEST_WAIT)
    return timedelta(seconds=longest * (0.5 + secrets.randbelow(1000) / 2000))


class Step:
    """`request` is always what was last written."""

    def __init__(self, store: Store, tills: Tills, clock: Clock, waker: Waker, request: ChangeRequest) -> None:
        self._store, self._tills, self._clock, self._waker = store, tills, clock, waker
        self._lease = request.lease_owner
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
        if self.request.secret_unreadable and self.request.asked_at is None:
            await self._finish(State.FAILED, "secret-unreadable")
        elif self.request.asked_at is not None:
            await self._settle(await self._tills.of(self.request.shop_id))
        elif await self._may_still():
            await self._first_time(await self._tills.of(self.request.shop_id))
        else:
            await self._finish(State.FAILED, "not-allowed")

    async def _may_still(self) -> bool:
        """Authority is judged again now; once the till was asked only the truth matters, not who asked."""
        async with self._store.read() as tx:
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
        now = self._clock.now()
        async with self._moving(State.APPLYING, asked_at=now, result="") as tx:
            await tx.requests.keep_snapshot(self.request.id, user, now)
        try:
            await self._apply(till)
        except BackendRefused as no:
            await self._finish(State.FAILED, f"refused-{no.reason.value}")
        except NotReached:
            await self._put_off(unasked=True)
        except AnswerLost:
            await self._doubt("answer-lost", release=False)
            await self._settle_read(await self._read_back(till))
        else:
            await self._answered_yes(till)

    async def _settle(self, till: Backend) -> None:
        """The till was asked before: read back, and ask again only where a repeat cannot apply twice."""
        held = await self._read_back(till)
        if held or self.request.result == DIFFERS or not self._may_repeat(till, held):
            await self._settle_read(held)
            return
        try:
            await self._apply(till)
        except BackendRefused as no:
            # It refuses the repeat; whether it took the earlier call only reading back tells.
            held = await self._read_back(till)
            if held is False and self._settled():
                await self._finish(State.FAILED, f"refused-{no.reason.value}")
            else:
                await self._settle_read(held)
        else:
            await self._answered_yes(till)

    def _may_repeat(self, till: Backend, held: bool | None) -> bool:
        """A till that shows it does not hold the change is not asked for ever; one that cannot tell has to be."""
        return till.capabilities.idempotent and (held is None or self.request.attempts <= MOST_ATTEMPTS)

    async def _apply(self, till: Backend) -> None:
        await _bounded(till.apply(self.request.order(), self.request.key), AnswerLost)

    async def _answered_yes(self, till: Backend) -> None:
        held = await self._read_back(till)
        if held is None:
            await self._finish(State.APPLIED, "applied-unread")
        elif held:
            await self._finish(State.APPLIED, "applied")
        else:
            await self._doubt(DIFFERS)

    async def _settle_read(self, held: bool | None) -> None:
        """What reading back means for a change that the till was asked for."""
        if held:
            await self._finish(State.APPLIED, "applied")
        elif held is None or not self._settled():
            await self._doubt(self.request.result or "answer-lost")
        elif self.request.result == DIFFERS:
            await self._finish(State.FAILED, DIFFERS)
        else:
            await self._finish(State.FAILED, "not-held")

    def _settled(self) -> bool:
        asked_at = self.request.asked_at or self._clock.now()
        return self._clock.now() - asked_at >= SETTLED_AFTER

    async def _read_back(self, till: Backend) -> bool | None:
        """Whether the till holds the change; None where it cannot tell. Raises `BackendError` where it is away."""
        try:
            return await _bounded(till.confirm(self.request.order()), AnswerLost)
        except BackendRefused as no:
            return False if no.reason in _GONE else None

    async def _put_off(self, *, unasked: bool = False) -> None:
        """Look again later. `unasked`: no call at all has reached the till."""
        if self.request.asked_at is not None and not unasked:
            await self._doubt(self.request.result or "answer-lost")
        elif self.request.attempts >= MOST_ATTEMPTS:
            await self._finish(State.FAILED, "not-reached")
        else:
            async with self._moving(State.APPLYING, asked_at=None, result="not-reached", **self._released()):
                pass

    async def _doubt(self, result: str, *, release: bool = True) -> None:
        """The change is UNKNOWN until it was read back: said in the audit once, shown at once, looked at again."""
        first = self.request.state is not State.UNKNOWN
        async with self._moving(State.UNKNOWN, result=result, **(self._released() if release else {})) as tx:
            if first:
                await tx.audit.append(self.request.shop_id, unknown(self.request), self._clock.now())

    def _released(self) -> dict[str, Any]:
        next_at: datetime = self._clock.now() + wait_before(self.request.attempts)
        return {"lease_owner": None, "next_at": next_at}

    @asynccontextmanager
    async def _moving(self, state: State, **fields: Any) -> AsyncIterator[Transaction]:
        """A transaction in which the request moves to `state`; what the owner sees follows it."""
        old = self.request
        check_move(old.state, state)
        new = replace(old, state=state, **fields)
        try:
            async with self._store.write() as tx:
                if not await tx.requests.move(new, old.state, lease_owner=self._lease):
                    raise LeaseLost(old.id)
                self.request = new
                # Of a till that is away each attempt is told: its text counts them.
                if new.result == "not-reached" or (new.state, new.result) != (old.state, old.result):
                    await tx.outbox.put(progress_of(new), self._clock.now())
                yield tx
        except BaseException:
            self.request = old
            raise
        self._waker.wake()

    async def _finish(self, state: State, result: str) -> None:
        """The end: state, outcome, entry and messages in one transaction."""
        now = self._clock.now()
        # Where the till said yes and shows otherwise, the new PIN may be the one that works: it is not thrown away.
        show_secret = self.request.secret_made and (state is State.APPLIED or result == DIFFERS)
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
