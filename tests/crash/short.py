"""The short form: each database strikes its share of the places; `make crash` strikes all, whatever the till does."""

from dataclasses import dataclass

from tests.crash.arena import Plan
from tests.crash.campaign import Campaign, Dry, each_place, not_struck
from tests.crash.scenarios import SCENARIOS
from tests.crash.till import Behaviour

#: A place that both databases come to is struck on one of them.
_SHARES = 3


@dataclass(frozen=True)
class Share:
    """What one database has of the short form."""

    plans: tuple[Plan, ...]
    #: Numbers of shares of the places, of `_SHARES`.
    places: tuple[int, ...]


#: Each of these once.
_ONE_EACH = (
    Plan(Behaviour.LOST, "scheduled"),
    Plan(Behaviour.APPLIES, "temporary"),
    Plan(Behaviour.APPLIES, "refrozen"),
    Plan(Behaviour.APPLIES, "batch"),
    Plan(Behaviour.LOST_BEFORE, "give_up"),
    Plan(Behaviour.APPLIES, "moved"),
    Plan(Behaviour.APPLIES, "cancelled"),
)

#: These know neither keys nor versions: a repeat would count twice.
_CARELESS = tuple(Plan(behaviour, "rename", careful=False) for behaviour in (Behaviour.LOST, Behaviour.SLOW))

ON_SQLITE = Share(
    (
        *(Plan(behaviour, "rename") for behaviour in Behaviour),
        *(Plan(behaviour, "pin") for behaviour in (Behaviour.APPLIES, Behaviour.LOST)),
        *_CARELESS,
        *_ONE_EACH,
    ),
    places=(0, 1),
)

#: A run takes three processes, and the lease of the one that was killed has to end. What a till does is met by code
#: that knows no database: here are those that leave most to others.
ON_POSTGRES = Share(
    (
        *(Plan(behaviour, "rename") for behaviour in (Behaviour.UNREACHED, Behaviour.LOST, Behaviour.SLOW)),
        Plan(Behaviour.LOST, "pin"),
        *_CARELESS,
        *_ONE_EACH,
    ),
    places=(2,),
)


async def ends_right(campaign: Campaign, share: Share) -> None:
    """Raises `AssertionError` where a change does not, or where too few blows fell for that to be proof."""
    dry = await campaign.dry(share.plans)
    assert {name for name in SCENARIOS if not _did(name, dry)} == set()
    blows = each_place(dry, every=_SHARES, shares=share.places)
    results = await campaign.run(blows)
    results += await campaign.run(not_struck(results))
    assert [result.said() for result in results if result.verdict.faults] == []
    struck = {result.plan.strike.place for result in results if result.struck and result.plan.strike}
    # Which of two processes or tasks comes first is chance, and so are some places.
    missed = {plan.strike.place for plan in blows if plan.strike} - struck
    assert len(missed) < 0.2 * len(blows), sorted(missed)


def _did(scenario: str, dry: list[Dry]) -> bool:
    """Whether what the scenario is about came about in any run of it."""
    return any(SCENARIOS[scenario].leaves in run.recorded for run in dry if run.plan.scenario == scenario)
