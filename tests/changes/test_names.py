"""Which names can be given to a terminal user."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes.errors import NameEmpty, NameInvisible, NameRefused, NameTooLong
from changes.names import is_unseen, new_name, plain


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Ana", "Ana"),
        ("  Ana   Silva ", "Ana Silva"),
        ("陈　晓雨", "陈 晓雨"),
        ("Zoe\u0308", "Zoë"),
        ("O'Neill <b>", "O'Neill <b>"),
        ("🍵", "🍵"),
        ("Ana\u00a0Silva", "Ana Silva"),
    ],
)
def test_a_name_is_kept_in_one_form(typed: str, name: str) -> None:
    assert new_name(typed, 40) == name


@pytest.mark.parametrize("typed", ["", " ", "\u3000", "   \u00a0 "])
def test_an_empty_name_is_refused(typed: str) -> None:
    with pytest.raises(NameEmpty):
        new_name(typed, 40)


@pytest.mark.parametrize(
    "unseen",
    ["\u200b", "\u202e", "\u2066", "\u200f", "\n", "\t", "\x00", "\u2028", "\ufeff", "\u3164", "\u2800", "\ufe0f"],
)
def test_a_name_with_something_unseen_is_refused(unseen: str) -> None:
    with pytest.raises(NameInvisible):
        new_name(f"Ana{unseen}Silva", 40)


def test_the_longest_name_is_counted_in_characters_as_kept() -> None:
    assert new_name("陈" * 40, 40) == "陈" * 40
    assert new_name("e\u0301" * 40, 40) == "é" * 40
    with pytest.raises(NameTooLong) as refused:
        new_name("陈" * 41, 40)
    assert refused.value.facts == {"longest": 40, "length": 41}


@given(st.text(max_size=60))
def test_whatever_is_typed_a_name_is_clean_or_refused(typed: str) -> None:
    try:
        name = new_name(typed, 40)
    except NameRefused:
        return
    assert 0 < len(name) <= 40
    assert name == name.strip() == unicodedata.normalize("NFC", name)
    assert not any(is_unseen(character) for character in name)
    assert new_name(name, 40) == name


@given(st.text(max_size=300))
def test_outside_text_becomes_one_short_visible_line(text: str) -> None:
    shown = plain(text)
    assert len(shown) <= 64
    assert not any(is_unseen(character) for character in shown)
    assert shown == shown.strip()
