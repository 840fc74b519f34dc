"""Which instant a time is: days and weekdays, changes of clocks, bounds. Words are in `tests/handlers/test_when.py`."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from changes.errors import (
    WhenAmbiguous,
    WhenBeforeStart,
    WhenPast,
    WhenRefused,
    WhenTooFar,
    WhenTooSoon,
    WhenUnreadable,
)
from changes.said import DAY_END, Ahead, Date, Day, Moment, Purpose, Said, Span, Weekday
from changes.when import HORIZON, SHORTEST, Quick, end_of, quick_ends, quick_starts, start_of

SHANGHAI, BERLIN, NEW_YORK, LORD_HOWE = "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
ZONES = (SHANGHAI, BERLIN, NEW_YORK, LORD_HOWE, "Pacific/Kiritimati", "UTC")

START, END = Purpose.START, Purpose.END
MON, WED, FRI, SUN = 0, 2, 4, 6


def there(written: str, zone: str = SHANGHAI, fold: int = 0) -> datetime:
    """The instant at which the clock of `zone` shows this."""
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def clock(hour: int, minute: int = 0) -> int:
    return hour * 60 + minute


#: A Wednesday.
NOW = there("2026-11-25 14:20")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Moment(clock(22)), "2026-11-25 22:00"),
        (Moment(clock(8)), "2026-11-26 08:00"),
        (Moment(clock(14, 20)), "2026-11-26 14:20"),
        (Moment(DAY_END), "2026-11-26 00:00"),
        (Moment(DAY_END, Ahead(0)), "2026-11-26 00:00"),
        (Moment(DAY_END + 30), "2026-11-26 00:30"),
        (Moment(clock(8), Ahead(1)), "2026-11-26 08:00"),
        (Moment(clock(14, 21), Weekday(WED)), "2026-11-25 14:21"),
        (Moment(clock(14, 20), Weekday(WED)), "2026-12-02 14:20"),
        (Moment(clock(8), Weekday(MON)), "2026-11-30 08:00"),
        (Moment(clock(8), Weekday(MON, week=1)), "2026-11-30 08:00"),
        (Moment(clock(8), Weekday(FRI, week=0)), "2026-11-27 08:00"),
        (Moment(clock(8), Weekday(FRI, week=1)), "2026-12-04 08:00"),
        (Moment(clock(8), Weekday(SUN, week=2)), "2026-12-13 08:00"),
        (Moment(clock(8), Weekday(MON, coming=True)), "2026-11-30 08:00"),
        (Moment(clock(18), Weekday(WED, coming=True)), "2026-12-02 18:00"),
        (Moment(clock(18), Date(24, 12)), "2026-12-24 18:00"),
        (Moment(clock(18), Date(3, 1)), "2027-01-03 18:00"),
        (Moment(clock(18), Date(24, 12, 2026)), "2026-12-24 18:00"),
        (Moment(clock(18), Date(30, 11, weekday=MON)), "2026-11-30 18:00"),
        (Moment(clock(8), Date(25)), "2026-12-25 08:00"),
        (Moment(clock(15), Date(25)), "2026-11-25 15:00"),
        (Moment(clock(8), Date(31)), "2026-12-31 08:00"),
        (Span(minutes=90), "2026-11-25 15:50"),
        (Span(days=3), "2026-11-28 14:20"),
        (Span(days=1, minutes=30), "2026-11-26 14:50"),
        (Span(days=366), "2027-11-26 14:20"),
    ],
    ids=str,
)
def test_a_start(said: Said, expected: str) -> None:
    assert start_of(said, NOW, SHANGHAI) == there(expected)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        (Moment(clock(14), Ahead(0)), WhenPast),
        (Moment(clock(8), Weekday(MON, week=0)), WhenPast),
        (Moment(clock(18), Date(24, 11)), WhenPast),
        (Moment(clock(18), Date(1, 6)), WhenPast),
        (Moment(clock(18), Date(24, 12, 2025)), WhenPast),
        (Moment(0, Date(1, 1, 1)), WhenPast),
        (Moment(clock(8), Weekday(FRI, coming=True)), WhenAmbiguous),
        (Moment(clock(8), Weekday(SUN, coming=True)), WhenAmbiguous),
        (Moment(clock(8), Date(30, 11, weekday=FRI)), WhenAmbiguous),
        (Moment(clock(8), Date(29, 2)), WhenUnreadable),
        (Moment(clock(22), purpose=END), WhenUnreadable),
        (Span(days=3, purpose=END), WhenUnreadable),
        (Moment(clock(18), Date(24, 12, 2027)), WhenTooFar),
        (Moment(DAY_END + 59, Date(31, 12, 9999)), WhenTooFar),
        (Moment(clock(8), Ahead(9999)), WhenTooFar),
        (Moment(clock(8), Weekday(MON, week=9999)), WhenTooFar),
        (Span(days=367), WhenTooFar),
        (Span(days=366, minutes=1), WhenTooFar),
        (Span(days=69_993, minutes=599_940), WhenTooFar),
        (Span(), WhenPast),
    ],
    ids=str,
)
def test_a_refused_start(said: Said, refusal: type[WhenRefused]) -> None:
    with pytest.raises(refusal):
        start_of(said, NOW, SHANGHAI)


def test_a_minute_is_left_to_confirm_it() -> None:
    at = there("2026-11-25 22:00")
    assert start_of(Moment(clock(22)), at - SHORTEST, SHANGHAI) == at
    with pytest.raises(WhenTooSoon):
        start_of(Moment(clock(22)), at - SHORTEST + timedelta(seconds=1), SHANGHAI)


#: A change that starts on a Friday.
LATER = there("2026-12-04 22:00")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Span(days=3), "2026-12-07 22:00"),
        (Span(minutes=90), "2026-12-04 23:30"),
        (Span(days=20, from_now=True), "2026-12-15 14:20"),
        (Moment(clock(8)), "2026-12-05 08:00"),
        (Moment(clock(23)), "2026-12-04 23:00"),
        (Moment(clock(8), Weekday(MON)), "2026-12-07 08:00"),
        (Moment(clock(8), Weekday(MON, week=2)), "2026-12-07 08:00"),
        (Moment(clock(8), Date(4)), "2027-01-04 08:00"),
        (Moment(clock(8), Date(24, 12)), "2026-12-24 08:00"),
    ],
    ids=str,
)
def test_an_end_is_after_its_start(said: Said, expected: str) -> None:
    assert end_of(said, NOW, SHANGHAI, LATER) == there(expected)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        (Moment(clock(8), Ahead(1)), WhenBeforeStart),
        (Moment(clock(8), Weekday(MON, week=1)), WhenBeforeStart),
        (Moment(clock(22), Date(4, 12)), WhenBeforeStart),
        (Span(days=2, from_now=True), WhenBeforeStart),
        (Moment(clock(8), Ahead(0)), WhenPast),
        (Moment(clock(22), purpose=START), WhenUnreadable),
        (Span(days=360), WhenTooFar),
    ],
    ids=str,
)
def test_a_refused_end(said: Said, refusal: type[WhenRefused]) -> None:
    with pytest.raises(refusal):
        end_of(said, NOW, SHANGHAI, LATER)


def test_the_end_of_what_began_before() -> None:
    began = NOW - timedelta(days=2)
    assert end_of(Moment(clock(22)), NOW, SHANGHAI, began) == there("2026-11-25 22:00")
    assert end_of(Moment(clock(8), Weekday(WED)), NOW, SHANGHAI, began) == there("2026-12-02 08:00")
    assert end_of(Span(days=3), NOW, SHANGHAI, began) == began + timedelta(days=3)
    with pytest.raises(WhenPast):
        end_of(Span(days=2), NOW, SHANGHAI, began)


@pytest.mark.parametrize(
    ("zone", "now", "minute", "expected"),
    [
        # Clocks go forward: 02:00 becomes 03:00, at Lord Howe 02:30.
        (BERLIN, "2027-03-27 20:00", clock(2, 30), ("2027-03-28 03:00", 0, 0)),
        (NEW_YORK, "2027-03-13 20:00", clock(2, 0), ("2027-03-14 03:00", 0, 0)),
        (LORD_HOWE, "2026-10-03 20:00", clock(2, 10), ("2026-10-04 02:30", 0, 0)),
        (LORD_HOWE, "2026-10-03 20:00", clock(2, 45), ("2026-10-04 02:45", 0, 0)),
        # Clocks go back: 03:00 becomes 02:00, at Lord Howe 02:00 becomes 01:30.
        (BERLIN, "2026-10-24 20:00", clock(2, 30), ("2026-10-25 02:30", 0, 1)),
        (NEW_YORK, "2026-10-31 20:00", clock(1, 0), ("2026-11-01 01:00", 0, 1)),
        (LORD_HOWE, "2027-04-03 20:00", clock(1, 45), ("2027-04-04 01:45", 0, 1)),
        (LORD_HOWE, "2027-04-03 20:00", clock(1, 15), ("2027-04-04 01:15", 0, 0)),
    ],
    ids=str,
)
def test_a_change_of_clocks(zone: str, now: str, minute: int, expected: tuple[str, int, int]) -> None:
    wall, start_fold, end_fold = expected
    assert start_of(Moment(minute), there(now, zone), zone) == there(wall, zone, start_fold)
    assert end_of(Moment(minute), there(now, zone), zone) == there(wall, zone, end_fold)


def test_in_the_hour_that_comes_twice_a_start_may_be_the_second() -> None:
    now = there("2026-10-25 02:40", BERLIN)
    assert start_of(Moment(clock(2, 30)), now, BERLIN) == there("2026-10-25 02:30", BERLIN, fold=1)


@pytest.mark.parametrize(
    ("zone", "start", "gained"),
    [(BERLIN, "2026-10-24 12:00", 60), (BERLIN, "2027-03-27 12:00", -60), (LORD_HOWE, "2027-04-03 12:00", 30)],
)
def test_days_keep_the_clock_and_hours_the_time(zone: str, start: str, gained: int) -> None:
    begin = there(start, zone)
    assert end_of(Span(days=3), begin, zone) - begin == timedelta(days=3, minutes=gained)
    assert end_of(Span(minutes=72 * 60), begin, zone) - begin == timedelta(hours=72)


def test_it_does_not_matter_in_which_zone_now_is_given() -> None:
    begin = there("2026-10-25 00:30", BERLIN)
    said = Span(minutes=4 * 60)
    assert end_of(said, begin.astimezone(ZoneInfo(BERLIN)), BERLIN) == end_of(said, begin, BERLIN)
    assert start_of(said, begin.astimezone(ZoneInfo(BERLIN)), BERLIN) - begin == timedelta(hours=4)


def test_quick_choices_are_ahead_and_differ() -> None:
    evening = there("2026-11-29 22:30")  # a Sunday: tomorrow is Monday, and tonight's 22:00 has passed
    assert quick_starts(NOW, SHANGHAI) == {
        Quick.TONIGHT: there("2026-11-25 22:00"),
        Quick.TOMORROW: there("2026-11-26 08:00"),
        Quick.MONDAY: there("2026-11-30 08:00"),
    }
    assert quick_starts(evening, SHANGHAI) == {Quick.TOMORROW: there("2026-11-30 08:00")}
    assert list(quick_ends(NOW, SHANGHAI)) == [Quick.HOUR, Quick.TOMORROW, Quick.THREE_DAYS, Quick.MONDAY]
    assert quick_ends(NOW, SHANGHAI, LATER) == {
        Quick.HOUR: there("2026-12-04 23:00"),
        Quick.THREE_DAYS: there("2026-12-07 22:00"),
        Quick.MONDAY: there("2026-12-07 08:00"),
    }


zones = st.sampled_from(ZONES)
nows = st.integers(0, 13 * 366 * 86_400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
days: st.SearchStrategy[Day | None] = st.one_of(
    st.none(),
    st.builds(Ahead, st.integers(0, 400)),
    st.builds(Weekday, st.integers(0, 6), st.none() | st.integers(0, 60), st.booleans()),
    st.builds(
        Date,
        st.integers(1, 31),
        st.none() | st.integers(1, 12),
        st.none() | st.integers(1, 9999),
        st.none() | st.integers(0, 6),
    ),
)
moments = st.builds(Moment, st.integers(0, DAY_END + 59), days)
spans = st.builds(Span, st.integers(0, 70_000), st.integers(0, 600_000), st.booleans())
sayings: st.SearchStrategy[Said] = moments | spans


@given(sayings, nows, zones)
@example(Moment(clock(2, 30)), datetime(2027, 3, 28, 0, 59, tzinfo=UTC), BERLIN)
def test_a_start_is_ahead_and_within_bounds_or_refused(said: Said, now: datetime, zone: str) -> None:
    try:
        at = start_of(said, now, zone)
    except WhenRefused:
        return
    assert SHORTEST <= at - now <= HORIZON
    assert at.tzinfo is UTC


@given(sayings, nows, zones, st.timedeltas(timedelta(0), HORIZON))
def test_an_end_is_after_its_start_and_within_bounds_or_refused(
    said: Said, now: datetime, zone: str, wait: timedelta
) -> None:
    try:
        at = end_of(said, now, zone, now + wait)
    except WhenRefused:
        return
    assert at - (now + wait) >= SHORTEST
    assert at - now <= HORIZON


@given(st.integers(1, 366), nows, zones)
def test_days_keep_the_time_on_the_clock_where_it_exists(count: int, now: datetime, zone: str) -> None:
    wall = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + timedelta(days=count)
    try:
        at = end_of(Span(days=count), now, zone)
    except WhenTooFar:
        assert count >= HORIZON.days  # an hour gained by a change of clocks goes beyond it
        return
    shown = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    exists = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
    assert shown == wall if exists else timedelta(0) < shown - wall <= timedelta(hours=1)


@given(st.integers(0, DAY_END - 1), nows, zones)
def test_a_time_of_day_is_never_more_than_a_day_and_an_hour_away(minute: int, now: datetime, zone: str) -> None:
    try:
        at = start_of(Moment(minute), now, zone)
    except WhenTooSoon:
        return
    assert at - now <= timedelta(hours=25)
