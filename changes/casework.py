"""What a person at the till does with a case: tick its steps, and say how it went.

The till is told by the worker, as of every change: here only what was said is kept.
"""

from dataclasses import replace

from changes.authority import Action, Actor
from changes.case import NOTABLE, Answer, Case
from changes.clock import Clock
from changes.errors import CaseOver, NotOffered, StepsLeft
from changes.held import progress_of
from changes.life import State
from changes.ports import Store, Transaction, Waker
from changes.recording import answered
from changes.request import ChangeRequest
from changes.usecase import UseCase


class _Casework(UseCase):
    needs = Action.WORK_CASE

    def __init__(self, store: Store, clock: Clock, waker: Waker) -> None:
        self._store, self._clock, self._waker = store, clock, waker

    async def _case(self, tx: Transaction, actor: Actor, request_id: str) -> tuple[ChangeRequest, Case]:
        """Locked: nobody else ticks, answers or ends it meanwhile."""
        request = await tx.requests.get(request_id, lock=True)
        if request is None:
            raise CaseOver
        await self.admit(tx, actor, request.shop_id)
        case = await tx.cases.get(request_id)
        if request.state is not State.GUIDED or request.given_up_at is not None or case is None:
            raise CaseOver
        if case.answer is not None or self._clock.now() >= request.expires_at:
            raise CaseOver
        return request, case


class TickStep(_Casework):
    """Tick a step, or take the tick away. Twice the same is once."""

    async def __call__(self, actor: Actor, request_id: str, step: int, ticked: bool) -> None:
        """`step` counts from 0. Raises `CaseOver` or `NotAllowed`."""
        async with self._store.write() as tx:
            request, case = await self._case(tx, actor, request_id)
            if not 0 <= step < len(case.guide.steps):
                raise CaseOver
            if (step in case.ticked) is ticked:
                return
            await tx.cases.write(replace(case, ticked=case.ticked ^ {step}))
            await tx.outbox.put(progress_of(request, self._clock.now()), self._clock.now())
        self._waker.wake()


class AnswerCase(_Casework):
    """Say how it went. That it worked counts only once every step is ticked and the check was made."""

    async def __call__(self, actor: Actor, request_id: str, answer: Answer) -> None:
        """Raises `StepsLeft`, `NotOffered`, `CaseOver` or `NotAllowed`."""
        now = self._clock.now()
        async with self._store.write() as tx:
            request, case = await self._case(tx, actor, request_id)
            if answer is Answer.WORKED and not case.complete:
                raise StepsLeft
            if answer is Answer.NOTED and request.kind not in NOTABLE:
                raise NotOffered
            case = replace(case, answer=answer, answered_at=now)
            await tx.cases.write(case)
            await tx.requests.make_due(request_id, now)
            await tx.audit.append(request.shop_id, answered(request, case, actor), now)
        self._waker.wake()
