"""The cases run on each backend of this repository, or on the one that `--backend-subject` names."""

from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from typing import Any

import pytest

from tests.conformance import subjects
from tests.conformance.subject import Open, Subject
from tests.pos.scim.server import scim_server
from tests.pos.tryton.server import Server, tryton_server

_OPTION = "--backend-subject"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        _OPTION, metavar="MODULE:NAME", help="run the cases on a backend from elsewhere (docs/backends/writing-one.md)"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "subject" in metafunc.fixturenames:
        outside = _outside(metafunc.config)
        metafunc.parametrize("subject", [outside] if outside else list(map(_marked, subjects.names())), indirect=True)


def _marked(name: str) -> Any:
    return pytest.param(name, marks=[getattr(pytest.mark, need) for need in subjects.needs(name)])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and "subject" in item.fixturenames:
            # For the table (table.py).
            item.user_properties += [("backend", item.callspec.params["subject"]), ("case", item.originalname)]
    if _outside(config):
        items[:] = [item for item in items if "subject" in getattr(item, "fixturenames", ())]


def _outside(config: pytest.Config) -> str | None:
    """The option is only known where this folder was named on the command line."""
    given: str | None = config.getoption(_OPTION, default=None)
    return given


def _opener(config: pytest.Config, name: str) -> Open:
    if not _outside(config):
        return subjects.opener(name)
    module, _, member = name.partition(":")
    opened: Open = getattr(import_module(module), member or "opened")
    return opened


@pytest.fixture(scope="session")
def scim() -> Iterator[str]:
    with scim_server() as address:
        yield address


@pytest.fixture(scope="session")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with tryton_server("postgres", tmp_path_factory.mktemp("tryton")) as server:
        yield server


@pytest.fixture
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    async with _opener(request.config, request.param)(request) as made:
        yield made
