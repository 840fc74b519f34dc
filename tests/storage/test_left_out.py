"""What the machine lacks is named, not passed over; in CI it fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(ci: str) -> subprocess.CompletedProcess[str]:
    """One test that needs PostgreSQL, on a machine where nothing listens at its port."""
    environment = {**os.environ, "CI": ci, "TEST_POSTGRES": "postgresql+asyncpg://postgres@127.0.0.1:1/test"}
    test = "tests/storage/test_outbox.py::test_the_queue_knows_when_it_is_needed_next"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("ci", "code", "said"), [("", 0, "SKIPPED"), ("true", 1, "in CI nothing is left out")])
def test_without_a_server_the_tests_that_need_one_are_named(ci: str, code: int, said: str) -> None:
    done = run(ci)
    assert done.returncode == code, done.stdout
    assert said in done.stdout
    assert "PostgreSQL server at 127.0.0.1:1 is missing" in done.stdout
    assert "1 passed" in done.stdout
