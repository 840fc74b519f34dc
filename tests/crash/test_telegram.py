"""Whatever Telegram does while the end of a change is told."""

import pytest

from tests.crash.arena import Plan
from tests.crash.campaign import Campaign
from tests.crash.telegram import Harm, Harmed
from tests.crash.till import Behaviour

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("harm", Harm)
async def test_telegram_fails_at_calls_that_tell_the_end(sqlite_campaign: Campaign, harm: Harm) -> None:
    """A change that makes a PIN takes five calls at least. One harm has the odd ones, the next the even ones."""
    calls = range(1 + list(Harm).index(harm) % 2, 8, 2)
    plans = [Plan(Behaviour.APPLIES, "pin", harmed=Harmed(harm, at)) for at in calls]
    results = await sqlite_campaign.run(plans)
    assert [result.said() for result in results if result.verdict.faults] == []
    met = [result for result in results if result.plan.harmed and result.calls > result.plan.harmed.at]
    assert len(met) >= 2
