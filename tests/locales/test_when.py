"""What people type of a time, in neutral words; all of the words lead somewhere."""

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes.errors import WhenRefused
from changes.wording import said
from locales.when import LONGEST, UNKNOWN, en, neutral, zh_hans

NEUTRAL = re.compile(
    r"minute|hour|day|week|quarter|half|oclock|min|am|pm|dawn|morning|noon|afternoon|evening|night|midnight"
    r"|day\+[0-3]|week\+[0-2]|next|mon|tue|wed|thu|fri|sat|sun|date|month|year|until|for|from|in|later|at|\d+|24:00"
)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("tomorrow 8am", "day+1 8 am"),
        ("Next  Monday, 08:00", "next mon 08:00"),
        ("monday next week", "mon week+1"),
        ("an hour and a half", "1 hour half"),
        ("1h30m", "1 hour 30 minute"),
        ("2026/12/24", "2026-12-24"),
        ("24th of December at 6 p.m.", "24 date 12 month at 6 pm"),
        ("下周一 08:00", "week+1 mon 08:00"),
        ("周一八点半", "mon 8 oclock half"),
        ("两个星期", "2 week"),
        ("一个半小时", "1 half hour"),
        ("二十一点零五分", "21 oclock 5 min"),
        ("一百二十分钟", "120 minute"),
        ("明天早上　８：３０", "day+1 morning 8:30"),
        ("下周一 8pm", "week+1 mon 8 pm"),
        ("二五点", "2 5 oclock"),
    ],
)
def test_words(typed: str, words: str) -> None:
    assert neutral(typed) == words


@pytest.mark.parametrize(
    "typed",
    [
        "soon", "mondays", "nextmonday", "3 months", "三个月", "8:5", "8:30:15", "12345 days", "1.25 hours",
        "2026-12/24", "８\u200b点", "8\n点", "22:00\x00", "\u202e22:00", "٢٢:٠٠", "²½", "x" * 10_000, "1" * 101,
        "周一周一" * 30,
    ],
    ids=ascii,
)  # fmt: skip
def test_what_is_not_known(typed: str) -> None:
    assert neutral(typed) == UNKNOWN


def test_every_word_is_put_into_words_that_are_known() -> None:
    for words in (en.WORDS, zh_hans.WORDS):
        for typed, put in words.items():
            assert neutral(typed) == put
            assert all(NEUTRAL.fullmatch(word) for word in put.split()), typed


@given(st.integers(1, 999))
def test_chinese_numerals(number: int) -> None:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    digits = "零一二三四五六七八九"
    written = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        written += f"{digits[tens]}十"
    elif hundreds and ones:
        written += "零"
    written += digits[ones] if ones else ""
    assert neutral(f"{written}天") == f"{number} day"


known = st.sampled_from([*en.WORDS, *zh_hans.WORDS, "8", "8:30", "24", "10/12", "2026-12-24", "三", "1.5", "0", " "])
anything = st.text(max_size=2 * LONGEST) | st.lists(known, max_size=12).map(" ".join) | st.lists(known).map("".join)


@given(anything)
def test_any_text_says_something_or_is_refused(text: str) -> None:
    """No other exception; a slow one would be one by pytest's own limit."""
    try:
        said(neutral(text))
    except WhenRefused:
        return
    assert len(text) <= LONGEST


@pytest.mark.parametrize(
    "piece", ["1 day ", "a", "下", "8:", "12 ", "half ", "一", "at ", "2026-", "9" * 4, "half an hour "]
)
def test_no_text_takes_long(piece: str) -> None:
    """Work grows with the text's length, not with the ways to part it: 20 ms of CPU is some ten times what it takes."""
    text = (piece * LONGEST)[:LONGEST]
    began = process_time()
    for _ in range(100):
        with pytest.raises(WhenRefused):
            said(neutral(text))
    assert process_time() - began < 100 * 0.020
