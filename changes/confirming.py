"""The press that counts: one transaction spends the code, confirms the request and writes the intent."""

from dataclasses import replace

from changes.authority import Action, Actor
from changes.clock import Clock
from changes.errors import NotEnrolled, Refused, RequestOver, UserBusy
from changes.life import State, check_move
from changes.ports import Notice, NoticeKind, Store, Transaction, Waker
from changes.proposing import open_proposal
from changes.recording import intent
from changes.request import ChangeRequest
from changes.second_factor import spend_code
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
        if refusal is not None:
            raise refusal
        self._waker.wake()

    async def _confirm(
        self, tx: Transaction, actor: Actor, request_id: str, code: str, progress_message_id: int | None
    ) -> Refused | None:
        now = self._clock.now()
        # First, because it keeps the person's other confirmations waiting: each sees what the one before it did.
        factor = await tx.factors.get(actor.person_id)
        request = open_proposal(await tx.requests.get(request_id), actor, now)
        await self.admit(tx, actor, request.shop_id)
        if await tx.requests.busy(request.shop_id, request.terminal.id, request.user.id):
            raise UserBusy
        if factor is None or not factor.confirmed:
            raise NotEnrolled
        refusal = await spend_code(tx, actor, factor, code, now, asked_at=request.created_at)
        if refusal is not None:
            return refusal
        await self._record(tx, request, progress_message_id)
        return None

    async def _record(self, tx: Transaction, request: ChangeRequest, progress_message_id: int | None) -> None:
        now = self._clock.now()
        check_move(request.state, State.CONFIRMED)
        confirmed = replace(
            request,
            state=State.CONFIRMED,
            confirmed_at=now,
            next_at=now,
            progress_message_id=progress_message_id,
        )
        if not await tx.requests.move(confirmed, request.state, lease_owner=None):
            raise RequestOver
        await tx.audit.append(request.shop_id, intent(confirmed), now)
        await tx.outbox.put(progress_of(confirmed), now)


def progress_of(request: ChangeRequest) -> Notice:
    """The notice that brings the request's one progress message up to date."""
    return Notice(
        NoticeKind.PROGRESS,
        request.chat_id,
        shop_id=request.shop_id,
        person_id=request.actor_id,
        request_id=request.id,
    )
