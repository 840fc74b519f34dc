"""An amendment: what an owner asks of a change that waits. It takes a code of its own."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AmendmentKind(StrEnum):
    #: Drop it.
    CANCEL = "cancel"
    #: Begin it at another moment; of the end of a temporary change that is how it lasts longer or shorter.
    MOVE = "move"
    #: Do it without waiting any longer.
    NOW = "now"
    #: Let what has not begun yet end at another moment.
    END = "end"


@dataclass(frozen=True, slots=True)
class Amendment:
    """One row, as it was put before the owner. `moment` is set for `MOVE` and `END`."""

    id: str
    shop_id: int
    request_id: str
    actor_id: int
    actor_name: str
    chat_id: int
    kind: AmendmentKind
    moment: datetime | None
    created_at: datetime
    expires_at: datetime
