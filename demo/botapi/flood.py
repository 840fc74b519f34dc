"""Telegram's limits on how fast a bot may write: 30 a second over all, 1 a second per chat, 20 a minute per group."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from demo.botapi.errors import too_many_requests

#: Methods that count, in lower case: whatever writes into a chat, edits too.
COUNTED = frozenset(
    {
        "sendmessage",
        "sendphoto",
        "senddocument",
        "editmessagetext",
        "editmessagecaption",
        "editmessagemedia",
        "editmessagereplymarkup",
    }
)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` in any `seconds`."""

    calls: int
    seconds: float


OVERALL = Limit(30, 1)
#: One a second in the long run; a short burst passes.
PER_CHAT = Limit(5, 5)
PER_GROUP = Limit(20, 60)


class FloodGate:
    """Off until `on` is set. Counts by the server's clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.on = False
        self._now = now
        self._passed: dict[tuple[Limit, str], deque[float]] = defaultdict(deque)

    def check(self, method: str, chat_id: str) -> None:
        """Let a call pass and count it, or refuse it with 429; a refused call does not count."""
        if not self.on or method not in COUNTED:
            return
        wait = max(self._wait(limit, key) for limit, key in _limits(chat_id))
        if wait > 0:
            raise too_many_requests(math.ceil(wait))
        for limit, key in _limits(chat_id):
            self._passed[(limit, key)].append(self._now())

    def _wait(self, limit: Limit, key: str) -> float:
        passed = self._passed[(limit, key)]
        now = self._now()
        while passed and passed[0] <= now - limit.seconds:
            passed.popleft()
        return passed[0] + limit.seconds - now if len(passed) >= limit.calls else 0


def _limits(chat_id: str) -> list[tuple[Limit, str]]:
    narrow = [(PER_GROUP, chat_id)] if chat_id.startswith("-") else []
    return [(OVERALL, ""), (PER_CHAT, chat_id), *narrow]
