"""Other blows than a kill: stopped past the lease and woken again, a full disk, a database that goes away."""

import pytest

from tests.crash.arena import Plan
from tests.crash.campaign import Campaign, each_place, not_struck
from tests.crash.points import Blow
from tests.crash.proxy import Cut
from tests.crash.till import Behaviour

pytestmark = pytest.mark.timeout(300)


async def test_stopped_past_its_lease_and_woken_again(campaign: Campaign) -> None:
    """Others have taken over meanwhile, and what the sleeper still writes does not count."""
    dry = await campaign.dry([Plan(Behaviour.LOST, "rename")])
    blows = each_place(dry, Blow.STOP, every=10)
    results = await campaign.run(blows)
    results += await campaign.run(not_struck(results))
    assert [result.said() for result in results if result.verdict.faults] == []
    assert sum(result.struck for result in results) > 0.8 * len(blows)


async def test_the_disk_is_full_for_a_while(sqlite_campaign: Campaign) -> None:
    dry = await sqlite_campaign.dry([Plan(Behaviour.APPLIES, "rename"), Plan(Behaviour.APPLIES, "pin")])
    blows = each_place(dry, Blow.FULL, every=10)
    results = await sqlite_campaign.run(blows)
    results += await sqlite_campaign.run(not_struck(results))
    assert [result.said() for result in results if result.verdict.faults] == []
    assert sum(result.struck for result in results) > 0.8 * len(blows)


@pytest.mark.postgres
async def test_the_database_goes_away_and_comes_back(postgres_campaign: Campaign) -> None:
    """At packets all through a change: lost on their way, or carried out and the answer lost."""
    (whole,) = await postgres_campaign.run([Plan(Behaviour.APPLIES, "rename", cut=Cut(), workers=1)])
    assert whole.verdict.faults == []
    cuts = [Cut(at, arrives) for at in range(1, whole.packets, 40) for arrives in (False, True)]
    results = await postgres_campaign.run([Plan(Behaviour.APPLIES, "rename", cut=cut, workers=1) for cut in cuts])
    assert [result.said() for result in results if result.verdict.faults] == []
    assert len(cuts) > 5
