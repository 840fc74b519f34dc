"""The press that counts: one transaction spends the code, confirms the request and writes the intent."""

from dataclasses import replace
from datetime import datetime

from changes.authority import Action, Actor
from changes.clock import Clock
from changes.errors import CodeWrong, Refused, RequestOver, UserBusy, WhenPast
from changes.held import post, progress_of
from changes.life import State, check_move
from changes.ports import Store, Transaction, Waker
from changes.proposals import open_proposal
from changes.recording import intent
from changes.request import TRIED_FOR, ChangeRequest
from changes.second_factor import enrolled, spend_code
from changes.usecase import UseCase


class Confirm(UseCase):
    """Confirm a proposal with a code. The till is asked later, by the worker: only what is recorded is applied."""

    needs = Action.CHANGE_USER

    def __init__(self, store: Store, clock: Clock, waker: Waker) -> None:
        self._store, self._clock, self._waker = store, clock, waker

    async def __call__(self, actor: Actor, request_id: str, code: str, progress_message_id: int | None) -> None:
        """`progress_message_id` is the message that shows from now on how it goes; None sends a new one.

        Raises `RequestOver`, `UserBusy`, `NotAllowed`, `NotEnrolled`, `CodeWrong` or `CodeLocked`; the till is then
        never asked.
        """
        async with self._store.write() as tx:
            refusal = await self._confirm(tx, actor, request_id, code, progress_message_id)
        if not isinstance(refusal, CodeWrong):
            # There is a change to work on, or an alert to send.
            self._waker.wake()
        if refusal is not None:
            raise refusal

    async def _confirm(
        self, tx: Transaction, actor: Actor, request_id: str, code: str, progress_message_id: int | None
    ) -> Refused | None:
        now = self._clock.now()
        # First, because it keeps the person's other confirmations waiting: each sees what the one before it did.
        factor = await tx.factors.get(actor.person_id)
        request = open_proposal(await tx.requests.get(request_id), actor, now)
        await self.admit(tx, actor, request.shop_id)
        if request.until is not None and request.until <= now:
            raise WhenPast
        together = (request,) if request.batch is None else await tx.requests.of_batch(request.batch)
        # In the order of the users, and all before the first entry is written: that order is every writer's, so none
        # waits for another in a ring.
        busy = [each.id for each in together if _begins(each, now) and await _is_busy(tx, each)]
        if busy and request.batch is None:
            raise UserBusy
        refusal = await spend_code(tx, actor, enrolled(factor), code, now, asked_at=request.created_at)
        if refusal is not None:
            return refusal
        for each in together:
            waits = not _begins(each, now) or each.id in busy
            shown = await self._record(tx, each, State.SCHEDULED if waits else State.CONFIRMED, progress_message_id)
        await tx.outbox.put(progress_of(shown, now), now)
        return None

    async def _record(
        self, tx: Transaction, request: ChangeRequest, state: State, progress_message_id: int | None
    ) -> ChangeRequest:
        """The request as confirmed, and its intent; of what is to be done later the chat is told at once."""
        now = self._clock.now()
        check_move(request.state, state)
        begins = _begins(request, now)
        confirmed = replace(
            request,
            state=state,
            confirmed_at=now,
            expires_at=now + TRIED_FOR,
            next_at=now if begins else request.due_at,
            progress_message_id=progress_message_id,
        )
        if not await tx.requests.move(confirmed, request.state, lease_owner=None):
            raise RequestOver
        if begins:
            await tx.audit.append(request.shop_id, intent(confirmed), now)
        else:
            await post(tx, confirmed, intent(confirmed), self._clock)
        return confirmed


def _begins(request: ChangeRequest, now: datetime) -> bool:
    """Whether its time is now."""
    return request.due_at is None or request.due_at <= now


async def _is_busy(tx: Transaction, request: ChangeRequest) -> bool:
    return await tx.requests.busy(request.shop_id, request.terminal.id, request.user.id)
