from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from tests.pos import sdk_needed
from tests.pos.trap import serving

if TYPE_CHECKING:
    from pos.square.backend import SquareBackend
    from tests.pos.square.standin import Square

collect_ignore_glob = sdk_needed.left_out()


@pytest.fixture
async def square() -> AsyncIterator["Square"]:
    from tests.pos.square.standin import Square

    async with serving(Square()) as made:
        yield made


@pytest.fixture
async def backend(square: "Square") -> AsyncIterator["SquareBackend"]:
    from pos.square.backend import SquareBackend
    from tests.pos.square.standin import TOKEN

    made = SquareBackend(square.url, TOKEN)
    yield made
    await made.close()
