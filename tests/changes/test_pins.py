"""PINs: made by the bot, and typed by the owner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes.backend import SecretRules
from changes.errors import PinLength, PinNotDigits, PinTrivial
from changes.pins import is_trivial, make_pin, typed_pin

RULES = SecretRules(shortest=4, longest=8, made=6)

_DIGITS = st.text("0123456789", min_size=4, max_size=8)


@given(st.integers(4, 12), st.text("0123456789", max_size=6))
def test_a_made_pin_obeys_the_bounds_and_is_never_trivial(made: int, number: str) -> None:
    rules = SecretRules(shortest=4, longest=12, made=made)
    pin = make_pin(rules, number)
    assert len(pin) == made
    assert pin.isascii()
    assert pin.isdigit()
    assert not is_trivial(pin, number)
    assert typed_pin(pin, rules, number) == pin


def test_made_pins_differ() -> None:
    assert len({make_pin(RULES) for _ in range(50)}) > 45


@pytest.mark.parametrize(
    "typed",
    [
        "４８０３１６",
        "٤٨٠٣١٦",
        "۴۸۰۳۱۶",
        "𝟜𝟠𝟘𝟛𝟙𝟞",
        "४८०३१६",
        "⁴⁸⁰³¹⁶",
        "四八〇三一六",
        "48031６",
        "48 0316",
        "48-0316",
        "480316\n",
        "+480316",
        "4803.6",
        "",
        "  ",
        "\u200b480316",
    ],
)
def test_only_ascii_digits_can_be_typed_at_a_till(typed: str) -> None:
    with pytest.raises(PinNotDigits):
        typed_pin(typed, RULES)


@given(st.text(min_size=1, max_size=10).filter(lambda text: not set(text.strip(" ")) <= set("0123456789")))
def test_anything_but_digits_is_refused(typed: str) -> None:
    with pytest.raises(PinNotDigits):
        typed_pin(typed, RULES)


@pytest.mark.parametrize("typed", ["480", "480316247"])
def test_a_pin_of_the_wrong_length_is_refused_with_the_bounds(typed: str) -> None:
    with pytest.raises(PinLength) as refused:
        typed_pin(typed, RULES)
    assert refused.value.facts == {"shortest": 4, "longest": 8}


@pytest.mark.parametrize(
    "pin",
    ["1234", "4321", "0123", "7890", "1111", "1212", "123123", "1221", "112233", "1987", "2026", "2580", "5201314"],
)
def test_a_pin_that_is_tried_first_is_refused(pin: str) -> None:
    with pytest.raises(PinTrivial):
        typed_pin(pin, RULES)


@pytest.mark.parametrize(("pin", "number"), [("8305", "8305"), ("008305", "8305"), ("8305", "08305")])
def test_the_operator_number_is_no_pin(pin: str, number: str) -> None:
    assert typed_pin(pin, RULES, "91") == pin
    with pytest.raises(PinTrivial):
        typed_pin(pin, RULES, number)


@given(_DIGITS)
def test_a_typed_pin_is_kept_as_typed_or_refused_as_trivial(typed: str) -> None:
    try:
        assert typed_pin(f" {typed} ", RULES) == typed
    except PinTrivial:
        assert is_trivial(typed)
