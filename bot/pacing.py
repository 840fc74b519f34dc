"""Telegram's limits on how fast a bot may write, kept by the bot itself. Nothing sleeps here: `bot.turns` waits.

Telegram says (core.telegram.org/bots/faq, "My bot is hitting limits"): about 30 messages a second over all chats, no
more than one a second in a chat although short bursts pass, 20 a minute in a group. Edits count like sends.

A call counts from when it begins until a limit's time after its answer. It arrived somewhere between the two, so
Telegram never sees more than a limit in any window, however long calls take; the price is that a limit's time is
longer by one call.

The limits are the bot's, and each process knows only its own calls. One process sends the outgoing queue, and where
Telegram is polled it is the one that answers, too. Where several answer what comes to a webhook, they do not know of
each other: together they may write more than is permitted, are refused, and wait as long as Telegram says. Whoever
wants to spare that gives each its part (`Limits.overall`).
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum


class Precedence(IntEnum):
    """Who goes first where not all can."""

    #: Something is wrong with a person's security.
    ALERT = 0
    #: What a person who pressed or wrote waits for.
    ANSWER = 1
    #: What is in the outgoing queue.
    NOTICE = 2
    #: What people of no shop are told: it holds nobody up.
    STRANGER = 3


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` in any `seconds`."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    overall: Limit = Limit(30, 1)
    #: One a second in the long run. A change that makes a PIN needs five calls at once and no more: confirmed, applied,
    #: the PIN's message, the PIN written into it, the entry.
    private: tuple[Limit, ...] = (Limit(5, 5),)
    group: tuple[Limit, ...] = (Limit(1, 1), Limit(20, 60))


TELEGRAM = Limits()

_BEYOND = Limit(1_000_000, 1)
#: For a Bot API server that has no limits, where something else is tested or measured.
UNLIMITED = Limits(_BEYOND, (_BEYOND,), (_BEYOND,))

#: Telegram's own word on how long to wait is believed up to an hour, in seconds.
LONGEST_FLOOD = 3600.0

#: As many of those that can wait may go at once after a pause.
_AT_ONCE = 3


class _Window:
    """The calls that count for one limit: under way, or answered within its time."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._under_way = 0
        self._answered: deque[float] = deque()

    def begin(self) -> None:
        self._under_way += 1

    def end(self, now: float) -> None:
        self._under_way -= 1
        self._answered.append(now)

    def counted(self, now: float) -> int:
        while self._answered and self._answered[0] + self._limit.seconds <= now:
            self._answered.popleft()
        return self._under_way + len(self._answered)

    def wait(self, now: float) -> float:
        """Seconds until a call may begin: 0 now; the least it can be where answers are still to come."""
        if self.counted(now) < self._limit.calls:
            return 0.0
        oldest = self._answered[0] if self._answered else now
        return oldest + self._limit.seconds - now


class _Spread:
    """A token bucket for what can wait: it goes one by one at the overall rate, not all as a window begins.

    So places come free one by one too, and an answer waits for the next of them, not for a whole window.
    """

    def __init__(self, limit: Limit) -> None:
        self._between = limit.seconds / limit.calls
        self._ahead = self._between * (_AT_ONCE - 1)
        self._next = 0.0

    def wait(self, now: float) -> float:
        return max(self._next - self._ahead - now, 0.0)

    def begin(self, now: float) -> None:
        self._next = max(self._next, now) + self._between


class Pacing:
    """What was written lately, and from it who may write now. Forgets a chat when nothing of it counts any more."""

    def __init__(self, limits: Limits = TELEGRAM, now: Callable[[], float] = time.monotonic) -> None:
        """`now` is in seconds and never goes back."""
        self._limits, self._now = limits, now
        self._overall = _Window(limits.overall)
        self._spread = _Spread(limits.overall)
        #: By the time of their last call.
        self._chats: dict[int, tuple[_Window, ...]] = {}
        #: Chats that may be at a limit; looked at instead of all.
        self._full: set[int] = set()
        self._held: dict[int, float] = {}
        self._stopped_until = 0.0
        self._refused_last: int | None = None

    def wait(self, chat_id: int, precedence: Precedence) -> float:
        """Seconds until a call to this chat may begin: 0 now, else at least so long."""
        now = self._now()
        spread = self._spread.wait(now) if precedence >= Precedence.NOTICE else 0.0
        return max(self.crowded(), spread, self._chat_wait(chat_id, now))

    def begin(self, chat_id: int, precedence: Precedence) -> None:
        """A call goes out. It ends with `passed`, `refused` or `failed`."""
        now = self._now()
        self._forget(now)
        kinds = self._limits.group if chat_id < 0 else self._limits.private
        windows = self._chats.pop(chat_id, None) or tuple(map(_Window, kinds))
        self._chats[chat_id] = windows
        for window in (self._overall, *windows):
            window.begin()
        if precedence >= Precedence.NOTICE:
            self._spread.begin(now)
        self._full.add(chat_id)

    def passed(self, chat_id: int) -> None:
        self._refused_last = None
        self._end(chat_id)

    def failed(self, chat_id: int) -> None:
        """For whatever reason but 429; it may have arrived."""
        self._end(chat_id)

    def refused(self, chat_id: int, retry_after: float) -> None:
        """Telegram answered 429, without saying which limit was meant.

        It is taken for the chat's own. Where another chat is refused before any call passed, it is taken for the
        overall one, and everything stops: what one chat may not do does not show in another, so a second refusal in a
        row is what tells them apart, at the cost of one call more than was allowed.
        """
        now = self._now()
        until = max(now + min(retry_after, LONGEST_FLOOD), self._held.get(chat_id, now))
        self._held = {held: end for held, end in self._held.items() if end > now} | {chat_id: until}
        if self._refused_last not in (None, chat_id):
            self._stopped_until = max(until, self._stopped_until)
        self._refused_last = chat_id
        self._end(chat_id)

    def stopped(self) -> float:
        """Seconds for which nothing at all may be written."""
        return max(self._stopped_until - self._now(), 0.0)

    def crowded(self) -> float:
        """Seconds until a call to any chat may begin."""
        return max(self.stopped(), self._overall.wait(self._now()))

    def closed(self) -> dict[int, float]:
        """The chats that may not be written to now, and the seconds until they may."""
        now = self._now()
        waits = {chat_id: self._chat_wait(chat_id, now) for chat_id in self._full | self._held.keys()}
        closed = {chat_id: wait for chat_id, wait in waits.items() if wait > 0}
        self._full.intersection_update(closed)
        return closed

    def _chat_wait(self, chat_id: int, now: float) -> float:
        windows = self._chats.get(chat_id, ())
        return max(self._held.get(chat_id, now) - now, 0.0, *(window.wait(now) for window in windows))

    def _end(self, chat_id: int) -> None:
        now = self._now()
        self._chats[chat_id] = windows = self._chats.pop(chat_id)
        for window in (self._overall, *windows):
            window.end(now)

    def _forget(self, now: float) -> None:
        while self._chats:
            longest_unused = next(iter(self._chats))
            if any(window.counted(now) for window in self._chats[longest_unused]):
                return
            del self._chats[longest_unused]
            self._full.discard(longest_unused)
