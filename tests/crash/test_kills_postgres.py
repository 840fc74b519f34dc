"""Killed where it waits or commits, whatever the till does, every change ends right: PostgreSQL, three processes."""

import pytest

from tests.crash.campaign import Campaign
from tests.crash.short import ON_POSTGRES, ends_right

pytestmark = pytest.mark.timeout(300)


@pytest.mark.postgres
async def test_killed_at_its_places_every_change_ends_right(postgres_campaign: Campaign) -> None:
    await ends_right(postgres_campaign, ON_POSTGRES)
