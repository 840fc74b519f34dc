"""The worker's part of a guided change: open its case, wait for a person's word, and take it from there."""

from changes.backend import Guide
from changes.case import CASE_LASTS, Answer, Case
from changes.held import Held
from changes.life import State
from changes.ports import Transaction
from changes.request import TRIED_FOR, ChangeRequest

#: The result of a change that a person did at the till.
BY_PERSON = "applied-by-person"

#: The result of one that they said was so already.
NOTED = "applied-noted"

#: The result where they said that it could not be done, or did not work.
NOT_DONE = "guided-not-done"

#: The results where nobody knows what the till holds: they said so, or said nothing in time.
UNSURE = "guided-unsure"
UNFINISHED = "guided-unfinished"

#: The result where they did it, and it could not be noted.
UNRECORDED = "guided-unrecorded"

#: With these somebody should look at the till.
UNKNOWN_ENDS = (UNSURE, UNFINISHED, UNRECORDED)


async def open_case(held: Held, tx: Transaction, guide: Guide) -> None:
    """From now on a person has `CASE_LASTS` to do it; nobody keeps it leased."""
    now = held.clock.now()
    until = now + CASE_LASTS
    await held.move(tx, State.GUIDED, result="", expires_at=until, next_at=until, lease_owner=None)
    await tx.cases.add(Case(held.request.id, guide, now))


async def is_done(held: Held) -> bool:
    """Whether a person said that it is done and works: it is then APPLYING. Else it waits on, or has ended."""
    request, now = held.request, held.clock.now()
    async with held.writing() as tx:
        # Locked: who answers meanwhile finds it put off, and makes it due again.
        await tx.requests.get(request.id, lock=True)
        case = await tx.cases.get(request.id)
        answer = None if case is None else case.answer
        if answer in (Answer.WORKED, Answer.NOTED):
            done = {"done_at": now, "expires_at": now + TRIED_FOR, "next_at": now, "attempts": 1}
            await held.move(tx, State.APPLYING, **done)
            return True
        if answer is None and now < request.expires_at:
            await held.move(tx, State.GUIDED, next_at=request.expires_at, lease_owner=None)
            return False
    if answer is Answer.NOT_DONE:
        await held.finish(State.FAILED, NOT_DONE)
    else:
        await held.finish(State.ABANDONED, UNFINISHED if answer is None else UNSURE)
    return False


async def applied(held: Held, result: str) -> str:
    """The result of a change that the backend holds: what it was told by a person it was not asked to do."""
    if held.request.done_at is None:
        return result
    async with held.store.read() as tx:
        case = await tx.cases.get(held.request.id)
    return NOTED if case is not None and case.answer is Answer.NOTED else BY_PERSON


def failed(request: ChangeRequest, result: str) -> tuple[State, str]:
    """How a change ends that the backend does not hold: what a person did or began at the till is not taken back."""
    if request.done_at is not None:
        return State.ABANDONED, UNRECORDED
    if request.state is State.GUIDED:
        return State.ABANDONED, UNSURE
    return State.FAILED, result
