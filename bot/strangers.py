"""People who belong to no shop: what they send is not worth anybody's waiting."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aiogram.types import Message, Update

from changes.clock import Clock

#: In this time a stranger gets so many answers.
_WHILE = timedelta(minutes=1)
_MOST_OTHERS = 1
#: More, for one of the invitations may be good.
_MOST_CLAIMS = 5
#: Strangers remembered at once; of more the oldest are forgotten, and answered again.
_MOST = 10_000


@dataclass(slots=True)
class _Met:
    since: datetime
    #: What was looked at since then.
    others: int = 0
    claims: int = 0


class Strangers:
    """Who was found to be a stranger a short while ago. Of members nothing is known here, so none is dropped."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._met: dict[int, _Met] = {}

    def met(self, person_id: int, *, claim: bool) -> None:
        """What came from this person was a stranger's, an invitation or something else."""
        met = self._recent(person_id)
        if met is None:
            self._met.pop(person_id, None)
            while len(self._met) >= _MOST:
                del self._met[next(iter(self._met))]
            met = self._met[person_id] = _Met(self._clock.now())
        if claim:
            met.claims += 1
        else:
            met.others += 1

    def joined(self, person_id: int) -> None:
        """No stranger any more."""
        self._met.pop(person_id, None)

    def admit(self, person_id: int, update: Update) -> bool:
        """Whether to look at what came from this person at all."""
        met = self._recent(person_id)
        if met is None:
            return True
        return met.claims < _MOST_CLAIMS if is_claim(update.message) else met.others < _MOST_OTHERS

    def _recent(self, person_id: int) -> _Met | None:
        met = self._met.get(person_id)
        # A clock that went back must not keep anybody out.
        return met if met is not None and timedelta() <= self._clock.now() - met.since < _WHILE else None


def is_claim(message: Message | None) -> bool:
    """Whether the message is `/start` with an invitation."""
    command, *code = (message.text or "").split() if message is not None else ("",)
    return command == "/start" and bool(code)
