"""Killed where it waits or commits, whatever the till does, every change ends right: SQLite, one process."""

import pytest

from tests.crash.campaign import Campaign
from tests.crash.short import ON_SQLITE, ends_right

pytestmark = pytest.mark.timeout(300)


async def test_killed_at_its_places_every_change_ends_right(sqlite_campaign: Campaign) -> None:
    await ends_right(sqlite_campaign, ON_SQLITE)
