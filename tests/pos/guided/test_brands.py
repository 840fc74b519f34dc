"""The brands' files: each loads, has its texts, and says of nothing that it is confirmed which nobody confirmed."""

from typing import Any

import pytest

from changes.backend import Capabilities, ChangeKind, Emulation, Evidence, Support
from locales import LANGUAGES, Locales
from pos.guided.backend import capabilities_of
from pos.guided.brand import GUIDED, BadBrand, brand, brands, made

NAMED = {"lakala", "chinaums", "shengpay", "ruiyinxin", "kaiyundian", "bankcomm", "other"}

every_brand = pytest.mark.parametrize("name", sorted(NAMED))


def data(**changed: Any) -> dict[str, Any]:
    """What a file may hold, with other values for some of it."""
    kinds = [kind.value for kind in GUIDED]
    first: dict[str, Any] = {"reserved": ["00", "99"], "digits": 4, "certain": []}
    return first | {"steps": {kind: ["one"] for kind in kinds}, "checks": dict.fromkeys(kinds, "seen")} | changed


def test_there_are_these() -> None:
    assert set(brands()) == NAMED


@every_brand
@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_step_and_check_has_its_words(name: str, locale: str) -> None:
    texts = Locales().of(locale)
    facts = {"name": "陈晓雨", "number": "01", "digits": "4"}
    assert texts.plain(f"brand-{name}")
    for guide in brand(name).guides.values():
        assert texts.html(f"guided-check-{guide.check}", **facts)
        written = [texts.html(f"guided-step-{step.text}", **facts) for step in guide.steps]
        assert len(set(written)) == len(guide.steps)
        # An administrator's number is never shown, nor any password.
        assert not any(number in text for text in written for number in ("88", "99", "123", "000"))


@every_brand
def test_nothing_of_a_brand_is_said_to_be_confirmed(name: str) -> None:
    """Nobody has confirmed a menu, a number or a length: only what is so at any till goes without a mark."""
    certain = {step.text for guide in brand(name).guides.values() for step in guide.steps if step.confirmed}
    assert certain == {"bring-user", "factory-password"}
    assert capabilities_of(brand(name)).evidence is Evidence.UNCONFIRMED


@every_brand
def test_where_the_supervisor_signs_in_their_factory_password_is_asked_about(name: str) -> None:
    for guide in brand(name).guides.values():
        steps = [step.text for step in guide.steps]
        assert ("sign-in-supervisor" in steps) == ("factory-password" in steps)


@every_brand
def test_what_it_can_do_holds_together(name: str) -> None:
    can: Capabilities = capabilities_of(brand(name))
    by_person = {kind for kind, support in can.operations.items() if support is Support.GUIDED}
    assert by_person == set(can.guides) == set(GUIDED)
    assert can.operations[ChangeKind.RENAME] is Support.EMULATED
    assert can.emulations == {ChangeKind.RENAME: Emulation.NAME_LISTED, ChangeKind.FREEZE: Emulation.REMOVED}
    assert set(can.operations) == set(ChangeKind)
    assert (can.secret.made, can.secret.shortest, can.secret.longest) == (0, 4, 4)
    assert can.number.reserved == {"00", "88", "99"}
    assert can.brand == name


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"colour": "red"}, "unknown: colour"),
        ({"reserved": ["0"]}, "two digits"),
        ({"reserved": [0]}, "two digits"),
        ({"digits": 0}, "digits"),
        ({"digits": "4"}, "digits"),
        ({"steps": {"add": ["one"]}}, "steps and checks are for"),
        ({"steps": dict.fromkeys((kind.value for kind in GUIDED), ())}, "without steps"),
        ({"checks": {}}, "steps and checks are for"),
    ],
)
def test_a_file_with_a_fault_is_refused(wrong: dict[str, Any], said: str) -> None:
    assert made("fine", data()).digits == 4
    with pytest.raises(BadBrand, match=said):
        made("wrong", data(**wrong))


def test_a_file_that_lacks_something_is_refused() -> None:
    for name in data():
        with pytest.raises(BadBrand, match=f"missing: {name}"):
            made("wrong", {key: value for key, value in data().items() if key != name})


def test_there_is_no_other() -> None:
    for name in ("", "../other", "visa"):
        with pytest.raises(BadBrand, match="there is: bankcomm, chinaums"):
            brand(name)
