"""Time codes: which step a typed code stands for, and how wrong ones lock."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes.codes import (
    FREE_TRIES,
    MOST_FAILURES,
    STEP,
    Factor,
    lock_after,
    matching_timecode,
    new_secret,
    provisioning_uri,
    timecode_at,
)

#: The key of RFC 6238 appendix B, "12345678901234567890", in base 32.
RFC_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

#: Appendix B: Unix time and the SHA-1 code, of which six digits are the last six.
RFC_VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]

NOW = datetime(2026, 11, 22, 12, 0, 10, tzinfo=UTC)
STEP_NOW = timecode_at(NOW)
LONG_AGO = NOW - timedelta(hours=1)


def factor(last_timecode: int = 0, secret: str = RFC_KEY) -> Factor:
    return Factor(1, secret, True, LONG_AGO, last_timecode)


def code_of(timecode: int, secret: str = RFC_KEY) -> str:
    return pyotp.TOTP(secret).generate_otp(timecode)


@pytest.mark.parametrize(("at", "code"), RFC_VECTORS)
def test_the_vectors_of_rfc_6238_match(at: int, code: str) -> None:
    now = datetime.fromtimestamp(at, UTC)
    assert matching_timecode(factor(), code, now, asked_at=now) == at // STEP


@pytest.mark.parametrize(("back", "counts"), [(-2, False), (-1, True), (0, True), (1, False), (2, False)])
def test_this_step_and_the_one_before_count_and_no_other(back: int, counts: bool) -> None:
    found = matching_timecode(factor(), code_of(STEP_NOW + back), NOW, LONG_AGO)
    assert found == (STEP_NOW + back if counts else None)


def test_a_code_shows_for_at_most_a_minute() -> None:
    began = datetime.fromtimestamp(STEP_NOW * STEP, UTC)
    code = code_of(STEP_NOW)
    last = began + timedelta(seconds=2 * STEP) - timedelta(microseconds=1)
    assert matching_timecode(factor(), code, last, LONG_AGO) == STEP_NOW
    assert matching_timecode(factor(), code, last + timedelta(microseconds=1), LONG_AGO) is None


def test_a_step_that_ended_before_the_request_was_asked_for_does_not_count() -> None:
    asked_at = datetime.fromtimestamp(STEP_NOW * STEP, UTC)
    assert matching_timecode(factor(), code_of(STEP_NOW - 1), NOW, asked_at) is None
    assert matching_timecode(factor(), code_of(STEP_NOW), NOW, asked_at) == STEP_NOW
    assert matching_timecode(factor(), code_of(STEP_NOW - 1), NOW, asked_at - timedelta(seconds=1)) == STEP_NOW - 1


@pytest.mark.parametrize(("spent", "counts"), [(STEP_NOW - 1, True), (STEP_NOW, False), (STEP_NOW + 1, False)])
def test_a_spent_step_and_all_before_it_are_over(spent: int, counts: bool) -> None:
    assert (matching_timecode(factor(spent), code_of(STEP_NOW), NOW, LONG_AGO) is not None) is counts
    assert matching_timecode(factor(spent), code_of(STEP_NOW - 1), NOW, LONG_AGO) is None


@pytest.mark.parametrize("shape", ["{0}{1}", " {0}{1} ", "{0} {1}", "  {0} {1}", "{0}\u00a0{1}"])
def test_spaces_as_applications_show_them_are_taken_out(shape: str) -> None:
    code = code_of(STEP_NOW)
    assert matching_timecode(factor(), shape.format(code[:3], code[3:]), NOW, LONG_AGO) == STEP_NOW


@pytest.mark.parametrize("zero", ["０", "٠", "۰", "०", "𝟎", "𝟘"])
def test_digits_of_other_scripts_are_no_code(zero: str) -> None:
    typed = "".join(chr(ord(zero) + int(digit)) for digit in code_of(STEP_NOW))
    assert typed.isdigit()
    assert matching_timecode(factor(), typed, NOW, LONG_AGO) is None


@pytest.mark.parametrize("typed", ["", " ", "12345", "1234567", "abcdef", "²⁴⁶⁸¹³", "12345\n", "-12345", "+12345"])
def test_what_is_not_six_digits_is_no_code(typed: str) -> None:
    assert matching_timecode(factor(), typed, NOW, LONG_AGO) is None


@given(st.text(max_size=12))
def test_whatever_is_typed_matches_only_as_the_six_digits(typed: str) -> None:
    found = matching_timecode(factor(), typed, NOW, LONG_AGO)
    if found is not None:
        assert "".join(typed.split()) == code_of(found)


def test_a_lock_comes_after_the_free_tries_and_doubles_to_a_day() -> None:
    assert [lock_after(failures) for failures in range(FREE_TRIES)] == [None] * FREE_TRIES
    minutes = [_minutes(failures) for failures in range(FREE_TRIES, FREE_TRIES + 12)]
    assert minutes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440]
    assert _minutes(MOST_FAILURES) == 1440


def _minutes(failures: int) -> float:
    lock = lock_after(failures)
    assert lock is not None
    return lock.total_seconds() / 60


def test_a_new_key_has_160_bits_and_an_address_that_authenticators_read() -> None:
    secret = new_secret()
    read = pyotp.parse_uri(provisioning_uri(secret, "Lin's Tea House 林记", "Tillkeeper"))
    assert isinstance(read, pyotp.TOTP)
    assert (len(secret) * 5, read.secret, read.issuer, read.name) == (160, secret, "Tillkeeper", "Lin's Tea House 林记")
    assert (read.digits, read.interval) == (6, STEP)
    assert read.generate_otp(STEP_NOW) == code_of(STEP_NOW, secret)
    assert new_secret() != secret


def test_a_factor_shows_no_key_in_its_repr() -> None:
    assert RFC_KEY not in repr(factor())
