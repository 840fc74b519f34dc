"""Backends that other packages bring."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from pos.embedded.backend import EmbeddedBackend
from pos.registry import BadOption, check, kinds, open_backend, prepare, secrets_of
from tests.pos import packages

#: A package's name, its module's text, and its entry points.
Package = Callable[[str, str, dict[str, str]], None]

_ABACUS = """
from pos.embedded.kind import EMBEDDED as KIND
from pos.kind import Fault, Finding, Kind

async def look(options):
    return [Finding(Fault.TOO_MUCH, "the account may do everything")]

def make():
    return Kind(KIND.open, KIND.prepare, secrets=("beads",), check=look)

nothing = 7

def fails():
    raise KeyError("beads")
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    return partial(packages.install, tmp_path, monkeypatch)


async def test_a_backend_of_another_package_is_one_like_ours(install: Package, tmp_path: Path) -> None:
    ours = kinds()
    install("abacus_one", _ABACUS, {"abacus": "abacus_one:KIND", "made": "abacus_one:make"})
    assert kinds() == (*ours, "abacus", "made")
    options = {"path": str(tmp_path / "till.db")}
    backend = open_backend("abacus", options)
    assert isinstance(backend, EmbeddedBackend)
    await backend.close()
    with pytest.raises(BadOption, match="cannot be used"):
        await prepare("abacus", {"path": str(tmp_path)})
    assert (secrets_of("abacus"), secrets_of("made")) == ((), ("beads",))
    assert list(await check("abacus", options)) == []
    (found,) = await check("made", options)
    assert (found.fault, found.text) == ("too much", "the account may do everything")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("abacus_two:nothing", "TypeError"),
        ("abacus_two:dict", "gives no pos.kind.Kind"),
        ("abacus_two:fails", "KeyError: 'beads'"),
        ("abacus_two:absent", "AttributeError"),
        ("no_such_module:KIND", "ModuleNotFoundError: No module named 'no_such_module'"),
    ],
)
async def test_a_broken_one_is_named_when_it_is_asked_for_and_stops_no_other(
    install: Package, tmp_path: Path, target: str, said: str
) -> None:
    install("abacus_two", _ABACUS + "\ndict = dict", {"broken": target, "whole": "abacus_two:KIND"})
    with pytest.raises(BadOption, match=f"'broken' of abacus_two 1.2 cannot be used: .*{said}"):
        open_backend("broken", {})
    for kind in ("whole", "embedded"):
        await open_backend(kind, {"path": str(tmp_path / "till.db")}).close()


def test_a_name_of_ours_is_not_taken_over(install: Package) -> None:
    ours = kinds()
    install("abacus_three", _ABACUS, {"scim": "abacus_three:make", "embedded": "abacus_three:make"})
    assert kinds() == ours
    assert (secrets_of("scim"), secrets_of("embedded")) == (("token",), ())


def test_one_name_of_two_packages_is_nobodys(install: Package) -> None:
    ours = kinds()
    install("abacus_four", _ABACUS, {"abacus": "abacus_four:KIND"})
    install("abacus_five", _ABACUS, {"abacus": "abacus_five:KIND"})
    assert kinds() == (*ours, "abacus")
    with pytest.raises(BadOption, match=r"several packages bring a backend 'abacus': .*five 1.2.*four 1.2; keep one"):
        secrets_of("abacus")


def test_a_name_that_does_not_fit_is_said(install: Package) -> None:
    install("abacus_six", _ABACUS, {"a" * 33: "abacus_six:KIND"})
    with pytest.raises(BadOption, match="more than 32 characters"):
        secrets_of("a" * 33)
