"""What a shop owner types of a time, and the instant it is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from changes.errors import (
    WhenAmbiguous,
    WhenBeforeStart,
    WhenPast,
    WhenRefused,
    WhenTooFar,
    WhenTooSoon,
    WhenUnreadable,
)
from handlers.shown import when_text
from handlers.when import typed_end, typed_start
from locales import LANGUAGES, Texts

ZONE = "Asia/Shanghai"

#: A Wednesday, in the afternoon.
NOW = datetime(2026, 11, 25, 14, 20, tzinfo=ZoneInfo(ZONE))

STARTS = {
    "2026-11-25 14:50": ("in half an hour", "half an hour", "半小时后", "半个小时后", "过30分钟"),
    "2026-11-25 16:20": ("in 2 hours", "in two hours", "2h", "2 hours from now", "两小时后", "两个小时以后"),
    "2026-11-25 22:00": (
        "22:00", "at 22:00", "tonight", "tonight at 10", "10pm tonight", "from 22:00", "今晚10点", "今晚十点",
        "２２：００", "晚上10点", "今天22点", "22点整", "今晚",
    ),
    "2026-11-26 00:00": ("midnight", "tonight at midnight", "end of the day", "今晚12点", "零点", "午夜"),
    "2026-11-26 00:30": ("今晚12点半", "00:30", "明天凌晨零点半"),
    "2026-11-26 08:00": (
        "8am", "at 8", "08:00", "tomorrow", "tomorrow 8am", "Tomorrow at 8", "8 in the morning", "tomorrow morning",
        "明天早上8点", "明早八点", "明天", "明天8点", "早上8点",
    ),
    "2026-11-26 12:00": ("noon", "noon tomorrow", "tomorrow 12 pm", "中午", "明天中午12点"),
    "2026-11-26 22:00": ("tomorrow night", "tomorrow 10 p.m.", "明晚", "明晚十点"),
    "2026-11-27 08:00": ("the day after tomorrow", "this Friday", "Fri 8am", "后天早上八点", "本周五", "这个星期五8点"),
    "2026-11-28 08:00": ("in 3 days at 8:00", "三天后早上8点", "大后天8点", "Saturday", "礼拜六 8:00"),
    "2026-11-29 15:00": ("Sunday 3pm", "周日下午3点", "星期天下午三点", "周日15时"),
    "2026-11-30 08:00": (
        "Monday 08:00", "next Monday", "monday next week", "at 8 on Monday", "Monday 2026-11-30 08:00",
        "2026-11-30 星期一 08:00", "下周一 08:00", "下星期一", "周一8点", "从周一早上8点起", "mon 8", "周一 8am",
    ),
    "2026-11-30 08:30": ("周一8点半", "周一八点三十分", "monday 8:30", "周一八点30"),
    "2026-12-06 20:15": ("下周日晚上八点一刻", "下周日 20:15"),
    "2026-12-24 18:00": (
        "24 Dec 18:00", "Dec 24, 18:00", "24th of December at 6pm", "December 24th, 2026 at 6 p.m.", "2026-12-24 18:00",
        "24/12 18:00", "12/24 18:00", "24/12/2026 18:00", "12月24日18:00", "12月24号下午6点", "2026年12月24日18点",
        "十二月二十四日十八点", "the 24th at 18:00", "24号18点",
    ),
    "2026-11-28 14:20": ("in 3 days", "3 days", "三天后"),
}  # fmt: skip

ENDS = {
    "2026-11-25 14:50": ("30 minutes", "for half an hour", "半小时", "30分", "2刻钟"),
    "2026-11-25 15:50": (
        "for 90 minutes", "1h30m", "1.5 hours", "an hour and a half", "one and a half hours", "1 hour 30 minutes",
        "90 min", "一个半小时", "1小时30分", "九十分钟", "一小时半",
    ),
    "2026-11-26 08:00": ("till tomorrow", "until 8", "until tomorrow 8am", "直到明天", "到明早8点", "到8点"),
    "2026-11-27 02:20": ("1 day 12 hours", "一天12小时"),
    "2026-11-28 14:20": (
        "for 3 days", "for three days", "3 days", "72 hours", "in 3 days", "until 3 days from now", "3天", "三天",
        "持续三天", "为期3天", "三天后", "到三天后",
    ),
    "2026-11-30 08:00": ("until Monday 08:00", "Monday", "till monday 8am", "到周一早上八点", "到周一8点为止"),
    "2026-12-01 00:00": ("until the end of Monday", "到周一24:00"),
    "2026-12-09 14:20": ("for 2 weeks", "two weeks", "为期两周", "两个星期", "2周"),
}  # fmt: skip

UNREADABLE = (
    "", " ", "soon", "8", "30", "now", "at", "until", "Monday Tuesday", "8am 9:00", "25:00", "8:60", "24:30", "13 am",
    "afternoon", "30 Feb", "32/12", "0 Dec", "in Monday", "for Monday", "3 months", "半天", "1.5 days", "2 days 2 days",
    "until 3 days", "from 3 days", "3 Monday", "tomorrow monday", "today morning 20:00", "this next Monday",
    "Monday \u202e08:00", "8" * 101, "下午", "个", "25点", "13月1日", "一二三", "周八", "half past 8", "half 8",
)  # fmt: skip

AMBIGUOUS = (
    "10/12", "10/12 08:00", "next Friday", "next Sunday 8am", "today", "今天", "Monday midnight",
    "tomorrow at midnight", "tonight at 1", "今晚1点", "tonight 12am", "早上12点", "Friday 2026-11-30",
    "星期二 11月30日", "半夜2点",
)  # fmt: skip


def shown(at: datetime) -> str:
    assert at.tzinfo is UTC
    return f"{at.astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M}"


def cases(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(typed, expected) for expected, all_typed in table.items() for typed in all_typed]


@pytest.mark.parametrize(("typed", "expected"), cases(STARTS))
def test_starts(typed: str, expected: str) -> None:
    assert shown(typed_start(typed, NOW, ZONE)) == expected


@pytest.mark.parametrize(("typed", "expected"), cases(ENDS))
def test_ends(typed: str, expected: str) -> None:
    assert shown(typed_end(typed, NOW, ZONE)) == expected


@pytest.mark.parametrize("typed", UNREADABLE, ids=ascii)
def test_what_cannot_be_read(typed: str) -> None:
    for read in (typed_start, typed_end):
        with pytest.raises(WhenUnreadable):
            read(typed, NOW, ZONE)


@pytest.mark.parametrize("typed", AMBIGUOUS, ids=ascii)
def test_what_reads_in_two_ways(typed: str) -> None:
    for read in (typed_start, typed_end):
        with pytest.raises(WhenAmbiguous):
            read(typed, NOW, ZONE)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("today 8am", WhenPast),
        ("本周一", WhenPast),
        ("20 Nov", WhenPast),
        ("2025-12-24", WhenPast),
        ("0001-01-01 00:00", WhenPast),
        ("in 0 minutes", WhenPast),
        ("2027-12-24", WhenTooFar),
        ("9999-12-31 23:59", WhenTooFar),
        ("in 9999 weeks 9999 hours", WhenTooFar),
        ("until Monday", WhenUnreadable),
        ("for 3 days", WhenUnreadable),
        ("到周一", WhenUnreadable),
    ],
)
def test_refused_starts(typed: str, refusal: type[WhenRefused]) -> None:
    with pytest.raises(refusal):
        typed_start(typed, NOW, ZONE)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("tomorrow", WhenBeforeStart),
        ("in 2 hours", WhenBeforeStart),
        ("0 days", WhenBeforeStart),
        ("从周一", WhenUnreadable),
    ],
)
def test_refused_ends(typed: str, refusal: type[WhenRefused]) -> None:
    friday = datetime(2026, 11, 27, 22, tzinfo=ZoneInfo(ZONE))
    with pytest.raises(refusal):
        typed_end(typed, NOW, ZONE, friday)


def test_a_start_within_the_minute_is_too_soon() -> None:
    with pytest.raises(WhenTooSoon):
        typed_start("14:21", NOW.replace(second=1), ZONE)


@pytest.mark.parametrize(
    ("locale", "expected"), [("en", "Monday 2026-11-30 08:00"), ("zh-Hans", "2026-11-30 星期一 08:00")]
)
def test_a_planned_moment_is_shown_with_its_weekday(locale: str, expected: str) -> None:
    assert when_text(Texts(locale), typed_start("Monday 08:00", NOW, ZONE), ZONE) == expected


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("day", range(26, 33))
def test_what_is_shown_can_be_typed_back(locale: str, day: int) -> None:
    at = typed_start(f"in {day} days", NOW, ZONE)
    assert typed_start(when_text(Texts(locale), at, ZONE), NOW, ZONE) == at
