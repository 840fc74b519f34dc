"""The cases, run on a backend that is not of this repository, as whoever writes one runs them."""

import os
import subprocess
import sys
import tomllib
from dataclasses import replace
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from changes.backend import Order
from pos.kind import Kind
from pos.registry import GROUP
from tests.conformance.test_conformance import test_what_another_wrote_meanwhile_is_not_overwritten as overwriting

_ROOT = Path(__file__).parents[2]
_EXAMPLE = _ROOT / "docs" / "backends" / "example"


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(_EXAMPLE)
    return import_module("tin_subject")


def test_the_example_holds_every_case_of_what_it_offers() -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "tests/conformance", "--backend-subject", "tin_subject:opened"),
            *("-n", "0", "-q", "-p", "no:cacheprovider"),
        ],
        cwd=_ROOT,
        env={**kept, "PYTHONPATH": str(_EXAMPLE), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout
    passed = int(done.stdout.splitlines()[-1].split(" passed")[0])
    assert passed > 30, done.stdout
    assert "does not offer add" in done.stdout


async def test_a_backend_that_overwrites_what_another_wrote_fails_its_case(
    request: pytest.FixtureRequest, tmp_path: Path, example: Any
) -> None:
    async with example.opened(request) as subject:
        tin, honest = subject.backend, subject.backend.apply

        async def forgetful(order: Order, key: str) -> None:
            now = await tin.user(order.terminal_id, order.user_id)
            await honest(replace(order, expected_version=now.version), key)

        tin.apply = forgetful
        with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
            await overwriting(subject)


def test_the_examples_entry_point_gives_its_kind(example: Any) -> None:
    points = tomllib.loads((_EXAMPLE / "pyproject.toml").read_text())["project"]["entry-points"][GROUP]
    assert list(points) == ["tin"]
    assert isinstance(EntryPoint("tin", points["tin"], GROUP).load(), Kind)
