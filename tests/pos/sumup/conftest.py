from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from tests.pos import sdk_needed
from tests.pos.trap import serving

if TYPE_CHECKING:
    from pos.sumup.backend import SumUpBackend
    from tests.pos.sumup.standin import SumUp

collect_ignore_glob = sdk_needed.left_out()


@pytest.fixture
async def sumup() -> AsyncIterator["SumUp"]:
    from tests.pos.sumup.standin import SumUp

    async with serving(SumUp()) as made:
        yield made


@pytest.fixture
async def backend(sumup: "SumUp") -> AsyncIterator["SumUpBackend"]:
    from pos.sumup.backend import SumUpBackend
    from tests.pos.sumup.standin import DOMAIN, KEY, MERCHANT

    made = SumUpBackend(sumup.url, KEY, MERCHANT, terminal="All devices", domain=DOMAIN)
    yield made
    await made.close()
