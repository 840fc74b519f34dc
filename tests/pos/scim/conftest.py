from collections.abc import AsyncIterator, Iterator

import pytest

from pos.scim.backend import ScimBackend
from tests.pos.scim.server import Directory, scim_server


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with scim_server() as address:
        yield address


@pytest.fixture
def directory(server: str) -> Directory:
    return Directory(server)


@pytest.fixture
async def backend(directory: Directory) -> AsyncIterator[ScimBackend]:
    made = directory.backend()
    yield made
    await made.close()
