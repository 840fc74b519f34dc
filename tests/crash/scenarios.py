"""What the owner does in a run: what is proposed before it begins, and what is pressed in it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pyotp

from bot.assembly import Parts
from changes.amendment import AmendmentKind
from changes.authority import Actor
from changes.backend import ChangeKind
from changes.errors import CodeWrong, Refused
from changes.held import NOT_REACHED
from changes.life import FINAL, State
from changes.request import Draft
from handlers.context import UseCases
from storage.engine import DatabaseError
from tests.crash.clock import START
from tests.crash.till import PEOPLE, TERMINAL, Behaviour

#: Later than the press, even where the first process to hear it is killed.
_SOON = START + timedelta(seconds=20)
_LATER = START + timedelta(seconds=45)

#: After the freeze of most runs, so that its end waits; a press after it would be refused.
_END = START + timedelta(seconds=60)


@dataclass(frozen=True)
class Press:
    """The press that counts. Telegram brings it again to whoever comes after a process that was killed."""

    scenario: str
    actor: Actor
    #: What the code confirms: a change, or an amendment of one.
    id: str
    code: str = field(repr=False)
    seed: str = field(repr=False)


@dataclass(frozen=True)
class Counter:
    """Where the owner stands before the run."""

    use: UseCases
    actor: Actor
    shop_id: int
    #: The one of that moment; it is another one than the run's first.
    code: str = field(repr=False)

    def draft(self, kind: ChangeKind, value: str | None = None, who: int = 0) -> Draft:
        return Draft(self.shop_id, TERMINAL.id, PEOPLE[who].id, kind, value)


@dataclass(frozen=True)
class Scenario:
    name: str
    #: Puts before the owner what is confirmed in the run; its id.
    propose: Callable[[Counter], Awaitable[str]]
    #: What the audit of a run without a blow has: the entry's kind and what it says of the end.
    leaves: str
    #: Confirms it with a code.
    confirm: Callable[[UseCases, Press, str], Awaitable[None]]
    #: A press after that.
    then: Callable[[Parts, Press], Awaitable[None]] | None = None
    #: How a till must behave for it to mean something.
    tills: frozenset[Behaviour] = frozenset(Behaviour)
    #: Whether somebody at the till ends the freeze, and freezes again, once the change is over.
    refrozen: bool = False


async def press(parts: Parts, press: Press) -> None:
    """All that the owner presses, one after the other."""
    scenario = SCENARIOS[press.scenario]
    await _confirm(parts, press, scenario)
    while scenario.then is not None:
        try:
            await scenario.then(parts, press)
        except Refused:
            # It has had its effect before, or there is nothing more to do.
            return
        except (DatabaseError, OSError):
            await asyncio.sleep(1)
        else:
            return


async def _confirm(parts: Parts, press: Press, scenario: Scenario) -> None:
    """As the handler does. A failure is told to the owner, who then types the code of that moment."""
    code = press.code
    while True:
        try:
            await scenario.confirm(parts.use, press, code)
        except CodeWrong:
            code = pyotp.TOTP(press.seed).at(parts.clock.now())
        except Refused:
            # It has had its effect before.
            return
        except (DatabaseError, OSError):
            code = pyotp.TOTP(press.seed).at(parts.clock.now())
        else:
            return
        await asyncio.sleep(1)


def _of(
    kind: ChangeKind, value: str | None = None, *, due_at: datetime | None = None, until: datetime | None = None
) -> Callable[[Counter], Awaitable[str]]:
    async def propose(at: Counter) -> str:
        draft = replace(at.draft(kind, value), due_at=due_at, until=until)
        return (await at.use.propose(at.actor, draft)).request.id

    return propose


async def _everyone(at: Counter) -> str:
    drafts = [at.draft(ChangeKind.FREEZE, who=who) for who in range(len(PEOPLE))]
    return (await at.use.propose_many(at.actor, drafts)).requests[0].id


def _amended(kind: AmendmentKind, moment: datetime | None = None) -> Callable[[Counter], Awaitable[str]]:
    """A change that waits for its time already."""

    async def propose(at: Counter) -> str:
        change = await _of(ChangeKind.RENAME, "陈小雨", due_at=_SOON)(at)
        await at.use.confirm(at.actor, change, at.code, 7)
        return (await at.use.propose_amendment(at.actor, change, kind, moment)).amendment.id

    return propose


async def _change(use: UseCases, press: Press, code: str) -> None:
    await use.confirm(press.actor, press.id, code, 7)


async def _amendment(use: UseCases, press: Press, code: str) -> None:
    await use.confirm_amendment(press.actor, press.id, code)


async def _give_up(parts: Parts, press: Press) -> None:
    """As soon as there is a button for it."""
    while True:
        async with parts.store.read() as tx:
            change = await tx.requests.get(press.id)
        if change is None or change.state in FINAL:
            return
        if change.state is State.UNKNOWN or change.result == NOT_REACHED:
            break
        await asyncio.sleep(1)
    await parts.use.give_up(press.actor, press.id)


_FREEZE = ChangeKind.FREEZE
_RENAME = ChangeKind.RENAME

SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("rename", _of(_RENAME, "陈小雨"), "change.outcome applied", _change),
        Scenario("pin", _of(ChangeKind.PIN), "change.outcome applied", _change),
        Scenario("scheduled", _of(_RENAME, "陈小雨", due_at=_SOON), "change.outcome applied", _change),
        Scenario("temporary", _of(_FREEZE, until=_END), "change.outcome applied end", _change),
        Scenario(
            "refrozen",
            _of(_FREEZE, until=_END),
            "change.outcome ended-otherwise end",
            _change,
            # Where the freeze is over so late that its end is due at once, nobody can come in between.
            tills=frozenset({Behaviour.APPLIES, Behaviour.LOST}),
            refrozen=True,
        ),
        Scenario("batch", _everyone, "batch.outcome", _change),
        Scenario(
            "give_up",
            _of(_RENAME, "陈小雨"),
            "change.outcome given-up",
            _change,
            _give_up,
            # Of any other there is nothing to wait for.
            tills=frozenset(Behaviour) - {Behaviour.APPLIES, Behaviour.REFUSES},
        ),
        Scenario(
            "moved",
            _amended(AmendmentKind.MOVE, _LATER),
            "change.moved",
            _amendment,
            # What it does to a change that waited is seen in `scheduled`.
            tills=frozenset({Behaviour.UNREACHED, Behaviour.APPLIES, Behaviour.LOST}),
        ),
        Scenario(
            "cancelled",
            _amended(AmendmentKind.CANCEL),
            "change.dropped dropped",
            _amendment,
            # It is not asked, unless the press comes too late.
            tills=frozenset({Behaviour.APPLIES}),
        ),
    )
}
