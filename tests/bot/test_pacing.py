"""The limits are kept in every window, however long calls take, and nobody is kept waiting for ever."""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pacing import LONGEST_FLOOD, TELEGRAM, Limit, Limits, Pacing, Precedence

PRIVATE, OTHER, GROUP = 7, 8, -7

#: Small limits, so that few calls reach them.
SMALL = Limits(Limit(4, 1), (Limit(2, 2),), (Limit(1, 1), Limit(3, 6)))

_NOTICE, _ANSWER = Precedence.NOTICE, Precedence.ANSWER


@dataclass
class Now:
    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Call:
    """Of a chat; it arrives some time after it began, and its answer comes some time after that."""

    chat_id: int
    to_arrive: float
    to_answer: float
    precedence: Precedence
    arrived: float = 0.0


@dataclass
class Line:
    """Calls made as soon as the pacing permits, and when they reached Telegram."""

    limits: Limits
    now: Now = field(default_factory=Now)
    arrived: list[Call] = field(default_factory=list)
    _answers: list[tuple[float, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pacing = Pacing(self.limits, self.now)

    def make(self, call: Call) -> None:
        while (wait := self.pacing.wait(call.chat_id, call.precedence)) > 0:
            self.pass_time(wait)
        self.pacing.begin(call.chat_id, call.precedence)
        call.arrived = self.now.seconds + call.to_arrive
        self.arrived.append(call)
        self._answers.append((call.arrived + call.to_answer, call.chat_id))

    def pass_time(self, seconds: float) -> None:
        """Also the answers that come meanwhile."""
        until = self.now.seconds + seconds
        for answer in sorted(self._answers):
            if answer[0] <= until:
                self._answers.remove(answer)
                self.now.seconds = max(self.now.seconds, answer[0])
                self.pacing.passed(answer[1])
        self.now.seconds = until


def most_in(limit: Limit, calls: list[Call]) -> int:
    """The most calls that arrived in any window of the limit."""
    times = sorted(call.arrived for call in calls)
    return max((sum(begin <= at < begin + limit.seconds for at in times) for begin in times), default=0)


_short = st.floats(0, 1.5, allow_nan=False)
_calls = st.builds(
    Call,
    st.sampled_from([PRIVATE, OTHER, 9, 10, GROUP, -8]),
    _short,
    _short,
    st.sampled_from(Precedence),
)


@given(st.lists(st.tuples(_calls, _short), max_size=40), st.sampled_from([SMALL, TELEGRAM]))
def test_telegram_never_sees_more_than_a_limit_in_any_window(calls: list[tuple[Call, float]], limits: Limits) -> None:
    line = Line(limits)
    for call, pause in calls:
        line.make(call)
        line.pass_time(pause)
    assert most_in(limits.overall, line.arrived) <= limits.overall.calls
    for chat_id in {call.chat_id for call in line.arrived}:
        own = [call for call in line.arrived if call.chat_id == chat_id]
        for limit in limits.group if chat_id < 0 else limits.private:
            assert most_in(limit, own) <= limit.calls


@given(st.lists(st.tuples(_calls, _short), max_size=40))
def test_every_call_is_made_after_a_wait_that_its_limits_explain(calls: list[tuple[Call, float]]) -> None:
    line = Line(SMALL)
    for call, pause in calls:
        asked = line.now.seconds
        line.make(call)
        longest = max(limit.seconds for limit in (SMALL.overall, *SMALL.group))
        assert line.now.seconds - asked <= longest + 3, "a window, and the slowest call in it"
        line.pass_time(pause)


@given(st.lists(_calls, min_size=1, max_size=60))
def test_what_is_over_is_forgotten(calls: list[Call]) -> None:
    line = Line(SMALL)
    for call in calls:
        line.make(call)
    line.pass_time(100)
    line.make(Call(99, 0, 0, _NOTICE))
    assert set(line.pacing._chats) == {99}
    assert line.pacing.closed() == {}
    assert line.pacing._full == set()


def test_notices_reach_the_full_rate_and_an_answer_among_them_waits_for_a_tenth_of_it() -> None:
    line, waits = Line(TELEGRAM), []
    for number in range(300):
        line.make(Call(number, 0.001, 0.001, _NOTICE))
        waits.append(line.pacing.wait(1000, _ANSWER))
    assert 9.5 < line.now.seconds - 1000.0 < 10.0
    assert max(waits) < 0.11


def test_a_burst_in_a_private_chat_passes_at_once_and_in_a_group_not() -> None:
    line = Line(TELEGRAM)
    for _ in range(5):
        assert line.pacing.wait(PRIVATE, _ANSWER) == 0
        line.make(Call(PRIVATE, 0, 0, _ANSWER))
        line.pass_time(0.01)
    assert line.pacing.wait(PRIVATE, _ANSWER) == pytest.approx(4.95)
    line.make(Call(GROUP, 0, 0, _ANSWER))
    line.pass_time(0)
    assert line.pacing.wait(GROUP, _ANSWER) == 1
    assert line.pacing.closed().keys() == {PRIVATE, GROUP}
    assert line.pacing.wait(OTHER, _ANSWER) == 0


def test_a_chat_that_was_refused_waits_as_long_as_telegram_says_and_no_other_does() -> None:
    line = Line(TELEGRAM)
    line.pacing.begin(PRIVATE, _NOTICE)
    line.pacing.refused(PRIVATE, 37)
    assert line.pacing.wait(PRIVATE, _ANSWER) == 37
    assert line.pacing.closed() == {PRIVATE: 37}
    assert (line.pacing.wait(OTHER, _ANSWER), line.pacing.stopped()) == (0, 0)
    line.pass_time(37)
    assert (line.pacing.wait(PRIVATE, _ANSWER), line.pacing.closed()) == (0, {})


@pytest.mark.parametrize("passed_between", [True, False])
def test_two_chats_refused_in_a_row_stop_all_and_not_where_a_call_passed_between(passed_between: bool) -> None:
    line = Line(TELEGRAM)
    for chat_id in (PRIVATE, OTHER, 9):
        line.pacing.begin(chat_id, _NOTICE)
    line.pacing.refused(PRIVATE, 5)
    if passed_between:
        line.pacing.passed(9)
    line.pacing.refused(OTHER, 20)
    assert line.pacing.stopped() == (0 if passed_between else 20)
    assert line.pacing.wait(10, Precedence.ALERT) == line.pacing.stopped()


def test_the_same_chat_refused_again_stops_no_other() -> None:
    line = Line(TELEGRAM)
    for _ in range(3):
        line.pacing.begin(GROUP, _NOTICE)
        line.pacing.refused(GROUP, 5)
        line.pass_time(5)
    assert line.pacing.stopped() == 0


def test_no_more_than_an_hour_is_believed() -> None:
    line = Line(TELEGRAM)
    line.pacing.begin(PRIVATE, _NOTICE)
    line.pacing.refused(PRIVATE, 10**12)
    assert line.pacing.wait(PRIVATE, _NOTICE) == LONGEST_FLOOD


def test_as_many_chats_as_there_may_be_are_looked_at_quickly() -> None:
    """Only chats that may be at a limit are looked at, whatever is remembered."""
    line = Line(TELEGRAM)
    for number in range(2000):
        line.make(Call(number, 0, 0, _NOTICE))
    line.pass_time(0)
    line.pacing.closed()
    assert len(line.pacing._full) == 0
    assert len(line.pacing._chats) < 30 * 6
    assert Counter(call.chat_id for call in line.arrived).most_common(1)[0][1] == 1
