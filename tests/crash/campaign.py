"""Many runs: where to strike is taken from runs in which nobody was struck."""

import asyncio
import random
import zlib
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from tests.crash.arena import Arena, Plan, Result, Run
from tests.crash.ground import Ground, ground
from tests.crash.points import Blow, Strike
from tests.databases import Databases

#: Runs at a time: most of a run is waiting. On PostgreSQL each has three processes, and the server takes only so many
#: connections, from other tests too.
AT_ONCE = {"sqlite": 8, "postgres": 4}

#: A machine that stands still for so many seconds of the clock breaks promises that waits are built on.
_LONG_STALL = 10.0
_MOST_TRIES = 3

#: A place that is waited at again and again is taken one of so many times.
_LATE = 5


@dataclass(frozen=True)
class Dry:
    """A run without a blow: how often it came to each place."""

    plan: Plan
    places: Counter[str]
    #: What the audit has of changes.
    recorded: frozenset[str]


class Campaign:
    """Runs plans on one kind of database, as many at a time as there are grounds."""

    def __init__(self, arena: Arena, grounds: Sequence[Ground]) -> None:
        self._arena, self._grounds = arena, grounds

    async def run(self, plans: Iterable[Plan], told: Callable[[Result], None] = lambda _: None) -> list[Result]:
        """In the order of their ends; each is `told` as it comes."""
        waiting = iter(plans)
        results = []

        async def take(ground: Ground) -> None:
            for plan in waiting:
                result = await self._one(ground, plan)
                results.append(result)
                told(result)

        async with asyncio.TaskGroup() as group:
            for each in self._grounds:
                group.create_task(take(each))
        return results

    async def _one(self, ground: Ground, plan: Plan) -> Result:
        """Where something went wrong while the machine stood still for long, nothing is proved by it: once more."""
        for _ in range(_MOST_TRIES):
            result = await Run(self._arena, ground, plan)()
            if not result.verdict.faults or result.stall < _LONG_STALL:
                break
        return result

    async def dry(self, plans: Iterable[Plan]) -> list[Dry]:
        """Raises `AssertionError` where something goes wrong without any blow."""
        results = await self.run(plans)
        for result in results:
            assert not result.verdict.faults, result.said()
        # In the order of their plans, not of their ends: what is chosen from them must not depend on that.
        return sorted(
            (Dry(result.plan, Counter(result.places), result.recorded) for result in results),
            key=lambda dry: str(dry.plan),
        )


async def open_campaign(
    stack: AsyncExitStack, arena: Arena, databases: Databases, folder: Path, kind: str, at_once: int | None = None
) -> Campaign:
    grounds = [
        await stack.enter_async_context(ground(kind, databases, folder / f"{kind}-{number}", arena.till_url("prepare")))
        for number in range(at_once or AT_ONCE[kind])
    ]
    return Campaign(arena, grounds)


def each_place(dry: Sequence[Dry], how: Blow = Blow.KILL, every: int = 1, shares: Container[int] = (0,)) -> list[Plan]:
    """A blow at about every `every`-th place that any run came to: in turn in one and another, early and late.

    Shares 0 to `every` - 1 together are all places; a place is of the same share on every database.
    """
    places = sorted({place for run in dry for place in run.places if zlib.crc32(place.encode()) % every in shares})
    plans = []
    for turn, place in enumerate(places):
        run = [run for run in dry if place in run.places][turn % len(dry) % sum(place in run.places for run in dry)]
        plans.append(replace(run.plan, strike=Strike(place, 1 + turn % min(run.places[place], _LATE), how)))
    return plans


def not_struck(results: Iterable[Result]) -> list[Plan]:
    """The blows that did not fall, each moved to the first time its place is come to: a late one may never be."""
    missed = (result.plan for result in results if not result.struck)
    return [replace(plan, strike=replace(plan.strike, time=1)) for plan in missed if plan.strike is not None]


def spread(dry: Dry, blows: int, seed: int) -> list[Plan]:
    """So many blows to one run: to each of its places in turn, another time it comes there in each round."""
    chance = random.Random(f"{seed} {dry.plan}")  # noqa: S311 no secret
    places = chance.sample(sorted(dry.places), len(dry.places))
    times = {place: chance.sample(range(1, dry.places[place] + 1), dry.places[place]) for place in places}
    chosen = [Strike(place, of[round_ % len(of)]) for round_ in range(blows) for place, of in times.items()][:blows]
    return [replace(dry.plan, strike=strike) for strike in chosen]
