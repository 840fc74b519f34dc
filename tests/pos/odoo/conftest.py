from collections.abc import AsyncIterator

import pytest

from pos.odoo.backend import OdooBackend
from tests.pos.odoo.standin import DATABASE, KEY, Odoo
from tests.pos.trap import serving


@pytest.fixture
async def odoo() -> AsyncIterator[Odoo]:
    async with serving(Odoo()) as made:
        yield made


@pytest.fixture
async def backend(odoo: Odoo) -> AsyncIterator[OdooBackend]:
    made = OdooBackend(odoo.url, KEY, DATABASE)
    yield made
    await made.close()
