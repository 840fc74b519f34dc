"""A case: one guided change as a checklist, for a person at the till."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from changes.backend import ChangeKind, Guide

#: A case that nobody says anything of for so long is ended: nobody knows what was done at the till.
CASE_LASTS = timedelta(hours=24)


#: Who was at the till before the bot is listed by an addition that is only noted.
NOTABLE = frozenset({ChangeKind.ADD})


class Answer(StrEnum):
    """What a person says when they have done what they could."""

    WORKED = "worked"
    NOT_DONE = "not-done"
    UNSURE = "unsure"
    #: It was so at the till already: nothing is to be done there, and it is only noted.
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Case:
    """The steps are those of the moment when it was opened. `ticked` are their places, from 0 on."""

    request_id: str
    guide: Guide
    opened_at: datetime
    ticked: frozenset[int] = frozenset()
    answer: Answer | None = None
    answered_at: datetime | None = None

    @property
    def complete(self) -> bool:
        return len(self.ticked) == len(self.guide.steps)
