"""Passwords: made by the bot, and typed by the owner; and which of the two kinds a till has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes.backend import SecretKind, SecretRules
from changes.errors import NotOffered, PasswordLength, PasswordOwn, PasswordUnseen, PinNotDigits
from changes.passwords import make_password, typed_password
from changes.signing_in import made_secret, new_secret, typed_secret

RULES = SecretRules(shortest=8, longest=64, made=12, kind=SecretKind.PASSWORD)
PIN = SecretRules(shortest=4, longest=8, made=6)
TOLD_NOTHING = SecretRules(shortest=4, longest=8, made=0)


@given(st.integers(3, 40))
def test_a_made_password_has_each_sort_and_no_look_alikes(made: int) -> None:
    password = make_password(SecretRules(3, 64, made, SecretKind.PASSWORD))
    assert len(password) == made
    assert password.isascii()
    assert password.isalnum()
    assert any(each.isdigit() for each in password)
    assert any(each.islower() for each in password)
    assert any(each.isupper() for each in password)
    assert not set(password) & set("lIOo01")
    assert typed_password(password, SecretRules(3, 64, made, SecretKind.PASSWORD)) == password


def test_made_passwords_differ() -> None:
    assert len({make_password(RULES) for _ in range(50)}) == 50


@pytest.mark.parametrize("typed", ["kPz7 wQe2", "密码很长很难猜到的", "p@ss-w0rd!é", " lead and trail "])
def test_what_was_typed_stays_as_it_is(typed: str) -> None:
    assert typed_password(typed, RULES, "01", "Ana") == typed


@pytest.mark.parametrize("typed", ["kPz7wQe", "k" * 65, "", "        "])
def test_a_password_of_the_wrong_length_is_refused_with_the_bounds(typed: str) -> None:
    with pytest.raises(PasswordLength) as refused:
        typed_password(typed, RULES)
    assert refused.value.facts == {"shortest": 8, "longest": 64}


@pytest.mark.parametrize("typed", ["kPz7\nwQe2", "kPz7wQe2\u200b", "kPz7\x00wQe2", "\u202ekPz7wQe2"])
def test_what_cannot_be_seen_cannot_be_typed_at_a_till(typed: str) -> None:
    with pytest.raises(PasswordUnseen):
        typed_password(typed, RULES)


@pytest.mark.parametrize("typed", ["Ana Silva", "anasilva", "ANA  SILVA", "12345678"])
def test_the_own_name_or_number_is_no_password(typed: str) -> None:
    with pytest.raises(PasswordOwn):
        typed_password(typed, RULES, "12345678", "Ana Silva")


def test_each_till_gets_its_own_kind() -> None:
    assert made_secret(PIN, "01").isdigit()
    assert not made_secret(RULES, "01").isdigit()
    assert typed_secret("kPz7wQe2", RULES, "01", "Ana") == "kPz7wQe2"
    with pytest.raises(PinNotDigits):
        typed_secret("kPz7wQe2", PIN, "01", "Ana")


def test_a_till_that_is_told_none_gets_none() -> None:
    assert new_secret(None, TOLD_NOTHING, "01", "Ana") is None
    with pytest.raises(NotOffered):
        made_secret(TOLD_NOTHING, "01")
    with pytest.raises(NotOffered):
        new_secret("480316", TOLD_NOTHING, "01", "Ana")


def test_one_that_was_typed_is_taken_and_else_one_is_made() -> None:
    assert new_secret("480316", PIN, "01", "Ana") == "480316"
    made = new_secret(None, PIN, "01", "Ana")
    assert made is not None
    assert len(made) == 6
