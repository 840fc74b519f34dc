"""One step of a change at the till: ask, read back, record what is known.

The till is asked between transactions, never inside one. The very first call is proof of what it says: refused or not
reached, nothing was applied. From the second call on an earlier one may still arrive, so only reading back is proof.
"""

import asyncio
import secrets
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from changes import guided
from changes.authority import Action, ChatKind, judge
from changes.backend import AnswerLost, Backend, BackendError, BackendRefused, ChangeKind, NotReached, Refusal
from changes.circuit import Circuit
from changes.errors import NotAllowed
from changes.firing import OVER
from changes.held import DIFFERS, NOT_REACHED, Held, LeaseLost
from changes.life import State
from changes.listing import user_of_number
from changes.ports import Tills, Transaction
from changes.recording import unknown
from changes.request import LIFETIME, ChangeRequest, may_end, touched
from changes.snapshots import Beside
from changes.till import TerminalUser

T = TypeVar("T")

#: The longest wait for one answer of a till, whatever the backend allows itself, in seconds.
CALL_LIMIT = 20.0

#: A till that shows it does not hold a change is asked for it at most so often.
MOST_ATTEMPTS = 7

#: A call that was asked this long ago has arrived by now or never will; and a till that took a change shows it by now.
SETTLED_AFTER = timedelta(seconds=60)

#: Within `SETTLED_AFTER` fit the wait for the note's commit and the call's own.
_NOTED_WITHIN = timedelta(seconds=CALL_LIMIT)

_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0

#: With these a till says for certain that the user does not hold anything.
_GONE = frozenset({Refusal.USER_GONE, Refusal.TERMINAL_GONE})

#: The result of a change that its owner does not wait for any longer.
GIVEN_UP = "given-up"

#: The result of an end whose temporary change somebody ended or changed before.
ENDED_OTHERWISE = "ended-otherwise"


def wait_before(attempt: int) -> timedelta:
    """The wait before the next attempt: doubling, bounded, and jittered so that shops do not ask in step."""
    longest = min(_FIRST_WAIT * (1 << min(attempt, 10)), _LONGEST_WAIT)
    return timedelta(seconds=longest * (0.5 + secrets.randbelow(1000) / 2000))


class Step:
    """With a held request whose time has come."""

    def __init__(self, held: Held, tills: Tills, circuit: Circuit, snapshots: Beside | None = None) -> None:
        self._held, self._tills, self._circuit, self._snapshots = held, tills, circuit, snapshots
        self._clock = held.clock

    @property
    def _request(self) -> ChangeRequest:
        return self._held.request

    async def run(self) -> None:
        if self._request.given_up_at is not None:
            await self._give_up()
            return
        if self._request.state is State.GUIDED and not await guided.is_done(self._held):
            return
        waits_until = self._circuit.waits_until()
        if waits_until is not None:
            await self._wait(waits_until)
            return
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
        if self._request.secret_unreadable and self._request.asked_at is None:
            await self._fail("secret-unreadable")
        elif self._request.asked_at is not None:
            await self._settle(await self._open())
        else:
            await self._first_time(await self._open())

    async def _open(self) -> Backend:
        # That it is open is no answer of the till's: else no number of failures in a row would open the circuit.
        return await self._asked(self._tills.of(self._request.shop_id), NotReached, answers=False)

    async def _first_time(self, till: Backend) -> None:
        """Look, keep what was seen, then ask."""
        request = self._request
        if self._is_over():
            await self._fail(OVER)
            return
        try:
            user = request.user if self._seen_just_now(till) else await self._look(till)
        except BackendRefused as no:
            await self._fail(f"refused-{no.reason.value}")
            return
        if request.ends is not None and not may_end(request, user):
            await self._fail(ENDED_OTHERWISE)
            return
        if touched(request.kind, user) != request.before:
            await self._fail("refused-stale-version")
            return
        try:
            begun = await self._begin(till, user)
        except NotAllowed:
            await self._fail("not-allowed")
            return
        if begun:
            await self._ask(till)

    async def _begin(self, till: Backend, user: TerminalUser) -> bool:
        """Whether the till is asked next: noted, with what was seen. Else a person has to do it first."""
        request, now = self._request, self._clock.now()
        if till.capabilities.is_guided(request.kind) and request.done_at is None:
            async with self._held.writing() as tx:
                await guided.open_case(self._held, tx, till.capabilities.guides[request.kind])
                await self._judge(tx)
                await tx.snapshots.keep(request.id, user, now)
            self._keep_all(user)
            return False
        # Who waited since days is asked for as they are today, and so is everyone of many: of them only what is to
        # change was looked at. Who confirms one now saw them a moment ago.
        waited = request.due_at is not None or request.batch is not None
        seen = {"user": user} if waited else {}
        async with self._held.moving(State.APPLYING, asked_at=now, result="", **seen) as tx:
            await self._judge(tx)
            await tx.snapshots.keep(request.id, user, now)
        if request.done_at is None:
            self._keep_all(user)
        return True

    def _keep_all(self, user: TerminalUser) -> None:
        if self._snapshots is not None:
            self._snapshots.begin(self._request, user)

    async def _ask(self, till: Backend) -> None:
        try:
            await self._apply(till)
        except BackendRefused as no:
            await self._fail(f"refused-{no.reason.value}")
        except NotReached:
            await self._put_off(unasked=True)
        except AnswerLost:
            await self._doubt("answer-lost", release=False)
            await self._settle_read(till, await self._read_back(till))
        else:
            await self._answered_yes(till)

    async def _look(self, till: Backend) -> TerminalUser:
        """The user; of one to be added that the number is still free. Raises `BackendRefused`."""
        if self._request.kind is ChangeKind.ADD:
            search = user_of_number(till, self._request.terminal.id, self._request.user.number)
            if await self._asked(search, NotReached) is not None:
                raise BackendRefused(Refusal.DUPLICATE_NUMBER)
            return self._request.user
        return await self._asked(till.user(self._request.terminal.id, self._request.user.id), NotReached)

    def _seen_just_now(self, till: Backend) -> bool:
        """The look for the proposal is enough where the till itself refuses if the user is another since.

        A till that was away or that the change waited for is looked at anew: that finds out, without any doubt, whether
        it is there.
        """
        request = self._request
        fresh = request.attempts <= 1 and request.due_at is None and request.batch is None
        fresh = fresh and self._clock.now() - request.created_at <= LIFETIME
        return fresh and till.capabilities.versioned and request.user.version != ""

    async def _judge(self, tx: Transaction) -> None:
        """Authority is judged again whenever the till is asked; what it took already is the truth, whoever asked."""
        role = await tx.people.role(self._request.actor_id, self._request.shop_id)
        judge(Action.CHANGE_USER, role, ChatKind.PRIVATE)

    async def _settle(self, till: Backend) -> None:
        """The till was asked before: read back, and ask again only where a repeat cannot apply twice."""
        held = await self._read_back(till)
        if held or self._request.result == DIFFERS or not self._may_repeat(till, held):
            await self._settle_read(till, held)
            return
        # From the last call on it is waited until none can arrive any more.
        asked_before = self._request.asked_at
        try:
            async with self._held.moving(self._request.state, asked_at=self._clock.now()) as tx:
                await self._judge(tx)
        except NotAllowed:
            await self._settle_read(till, held)
            return
        try:
            await self._apply(till)
        except BackendRefused as no:
            # It refuses the repeat, which is over with that; whether it took an earlier call only reading back tells.
            async with self._held.moving(self._request.state, asked_at=asked_before):
                pass
            held = await self._read_back(till)
            if held is False and self._settled():
                await self._fail(f"refused-{no.reason.value}")
            else:
                await self._settle_read(till, held)
        else:
            await self._answered_yes(till)

    def _may_repeat(self, till: Backend, held: bool | None) -> bool:
        """A till that shows it does not hold the change is not asked for ever; one that cannot tell has to be."""
        worth_it = self._request.attempts <= MOST_ATTEMPTS and not self._is_over()
        return till.capabilities.idempotent and (held is None or worth_it)

    def _is_over(self) -> bool:
        """Whether a temporary change was to have ended by now: it must not begin any more."""
        return self._request.until is not None and self._request.until <= self._clock.now()

    async def _apply(self, till: Backend) -> None:
        """Ask, unless noting that took so long that the note would tell of an earlier moment than the call's."""
        if self._clock.now() - (self._request.asked_at or self._clock.now()) > _NOTED_WITHIN:
            raise AnswerLost
        await self._asked(till.apply(self._request.order(), self._request.key), AnswerLost)

    async def _answered_yes(self, till: Backend) -> None:
        held = await self._read_back(till)
        if held is None:
            await self._applied(till, "applied-unread")
        elif held:
            await self._applied(till, "applied")
        else:
            await self._doubt(DIFFERS)

    async def _settle_read(self, till: Backend, held: bool | None) -> None:
        """What reading back means for a change that the till was asked for."""
        if held:
            await self._applied(till, "applied")
        elif held is None or not self._settled():
            await self._doubt(self._request.result or "answer-lost")
        else:
            await self._not_held()

    async def _not_held(self) -> None:
        """The till does not show it, and by now it would."""
        await self._fail(DIFFERS if self._request.result == DIFFERS else "not-held")

    async def _applied(self, till: Backend, result: str) -> None:
        """What is to end by itself is looked at once more: its end must find the same."""
        left = await self._left(till)
        await self._held.finish(State.APPLIED, await guided.applied(self._held, result), left)

    async def _left(self, till: Backend) -> TerminalUser | None:
        if self._request.until is None:
            return None
        try:
            return await self._look(till)
        except BackendRefused:
            # Gone since: its end will find out, and say so.
            return self._request.user

    def _settled(self) -> bool:
        asked_at = self._request.asked_at or self._clock.now()
        return self._clock.now() - asked_at >= SETTLED_AFTER

    async def _read_back(self, till: Backend) -> bool | None:
        """Whether the till holds the change; None where it cannot tell. Raises `BackendError` where it is away."""
        try:
            return await self._asked(till.confirm(self._request.order()), AnswerLost)
        except BackendRefused as no:
            if self._request.kind is ChangeKind.REMOVE and no.reason is Refusal.USER_GONE:
                return True
            return False if no.reason in _GONE else None

    async def _fail(self, result: str) -> None:
        await self._held.finish(*guided.failed(self._request, result))

    async def _give_up(self) -> None:
        """The till is looked at a last time; what it was asked for is neither asked again nor taken back."""
        if self._request.asked_at is None:
            await self._fail(GIVEN_UP)
            return
        till = None
        try:
            till = await self._open()
            held = await self._read_back(till)
            left = await self._left(till) if held else None
        except Exception:  # noqa: BLE001 also what no till should raise: this is the way out of it, and has to end
            held, left = None, None
        if held:
            await self._held.finish(State.APPLIED, await guided.applied(self._held, "applied"), left)
        elif held is False and self._settled():
            await self._not_held()
        else:
            await self._held.finish(State.ABANDONED, GIVEN_UP)

    async def _wait(self, until: datetime) -> None:
        """The till has failed so often that it is left alone for a while; that is no attempt."""
        asked = self._request.asked_at is not None
        state = State.UNKNOWN if asked else State.APPLYING
        later: dict[str, Any] = {"lease_owner": None, "next_at": until, "attempts": self._request.attempts - 1}
        if asked:
            await self._doubt(self._request.result or "answer-lost", **later)
        elif self._clock.now() >= self._request.expires_at:
            await self._fail(NOT_REACHED)
        else:
            async with self._held.moving(state, result=NOT_REACHED, **later):
                pass

    async def _put_off(self, *, unasked: bool = False) -> None:
        """Look again later. `unasked`: no call at all has reached the till."""
        if self._request.asked_at is not None and not unasked:
            await self._doubt(self._request.result or "answer-lost")
        elif self._clock.now() >= self._request.expires_at:
            await self._fail(NOT_REACHED)
        else:
            async with self._held.moving(State.APPLYING, asked_at=None, result=NOT_REACHED, **self._released()):
                pass

    async def _doubt(self, result: str, *, release: bool = True, **later: Any) -> None:
        """The change is UNKNOWN until it was read back: said in the audit once, shown at once, looked at again."""
        first = self._request.state is not State.UNKNOWN
        fields = later or (self._released() if release else {})
        async with self._held.moving(State.UNKNOWN, result=result, **fields) as tx:
            if first:
                await tx.audit.append(self._request.shop_id, unknown(self._request), self._clock.now())

    def _released(self) -> dict[str, Any]:
        next_at: datetime = self._clock.now() + wait_before(self._request.attempts)
        return {"lease_owner": None, "next_at": next_at}

    async def _asked(self, call: Awaitable[T], late: type[BackendError], *, answers: bool = True) -> T:
        """Wait for a till, at most `CALL_LIMIT` seconds; then it is as if `late` was raised. The circuit hears."""
        try:
            async with asyncio.timeout(CALL_LIMIT):
                answer = await call
        except TimeoutError as slow:
            self._circuit.failed()
            raise late from slow
        except NotReached as away:
            self._circuit.failed(away.after)
            raise
        except AnswerLost:
            self._circuit.failed()
            raise
        except BackendRefused:
            self._circuit.answered()
            raise
        if answers:
            self._circuit.answered()
        return answer
