"""`python -m tests.crash`: the long form. Prints two tables, and of what went wrong how to replay it."""

import argparse
import asyncio
import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.crash.arena import Plan, Result, arena
from tests.crash.campaign import Dry, open_campaign, spread
from tests.crash.points import Strike
from tests.crash.scenarios import SCENARIOS
from tests.crash.table import Row, tables
from tests.crash.till import Behaviour
from tests.databases import Databases

KINDS = ("sqlite", "postgres")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=10_000, help="how many, over all databases and tills")
    parser.add_argument("--jobs", type=int, default=2, help="processes that each run some of them")
    parser.add_argument("--seed", type=int, default=0, help="which times of which places are struck")
    parser.add_argument("--database", choices=KINDS, action="append", help="only this one")
    parser.add_argument("--behaviour", choices=list(Behaviour), help="only a till that behaves so")
    parser.add_argument("--scenario", choices=list(SCENARIOS), help="only this change")
    parser.add_argument("--place", help="replay one blow: where")
    parser.add_argument("--time", type=int, default=1, help="replay one blow: the how-many-th time there")
    parser.add_argument("--part", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _plans(asked: argparse.Namespace) -> list[Plan]:
    behaviours = [Behaviour(asked.behaviour)] if asked.behaviour else list(Behaviour)
    scenarios = [asked.scenario] if asked.scenario else list(SCENARIOS)
    return [
        Plan(behaviour, scenario)
        for behaviour in behaviours
        for scenario in scenarios
        if behaviour in SCENARIOS[scenario].tills
    ]


async def _part(asked: argparse.Namespace, kind: str, part: int) -> None:
    """One process's share, a line of JSON for each run."""
    with TemporaryDirectory(dir=_memory()) as folder:
        databases = Databases(Path(folder))
        try:
            async with AsyncExitStack() as stack:
                opened = await stack.enter_async_context(arena())
                campaign = await open_campaign(stack, opened, databases, Path(folder), kind)
                dry = await campaign.dry(_plans(asked))
                blows = _blows(asked, dry)[part :: asked.jobs]
                await campaign.run(blows, _tell)
        finally:
            databases.close()


def _blows(asked: argparse.Namespace, dry: list[Dry]) -> list[Plan]:
    each = -(-asked.kills // len(dry))
    return [plan for run in dry for plan in spread(run, each, asked.seed)]


def _memory() -> str | None:
    """A folder in memory where there is one: what is killed loses nothing that it had written."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 a folder is made in it


def _tell(result: Result) -> None:
    sys.stdout.write(json.dumps(Row.of(result).as_json()) + "\n")
    sys.stdout.flush()


async def _replay(asked: argparse.Namespace) -> int:
    (plan,) = _plans(asked)
    (kind,) = asked.database
    with TemporaryDirectory(dir=_memory()) as folder:
        databases = Databases(Path(folder))
        try:
            async with AsyncExitStack() as stack:
                opened = await stack.enter_async_context(arena())
                campaign = await open_campaign(stack, opened, databases, Path(folder), kind, 1)
                strike = Strike(asked.place, asked.time)
                (result,) = await campaign.run([Plan(plan.behaviour, plan.scenario, strike)])
        finally:
            databases.close()
    sys.stdout.write(result.said() + "\n")
    return bool(result.verdict.faults)


async def _all(asked: argparse.Namespace) -> int:
    rows: list[Row] = []
    kinds = asked.database or KINDS
    for kind in kinds:
        share = -(-asked.kills // len(kinds))
        await asyncio.gather(*(_process(kind, share, part, rows) for part in range(asked.jobs)))
    sys.stdout.write(tables(rows) + "\n")
    return any(row.faults for row in rows) or not rows


async def _process(kind: str, share: int, part: int, rows: list[Row]) -> None:
    own = ["--database", kind, "--kills", str(share), "--part", str(part)]
    command = [sys.executable, "-m", "tests.crash", *sys.argv[1:], *own]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    async for line in process.stdout:
        row = Row(**json.loads(line))
        rows.append(row)
        if row.faults:
            sys.stderr.write(f"{row.replay()}\n{row.faults}\n\n")
        if len(rows) % 100 == 0:
            sys.stderr.write(f"{len(rows)} runs\n")
    if await process.wait():
        raise SystemExit(f"a part of the runs on {kind} ended with {process.returncode}")


def main() -> int:
    asked = _arguments()
    if asked.place:
        return asyncio.run(_replay(asked))
    if asked.part is None:
        return asyncio.run(_all(asked))
    asyncio.run(_part(asked, asked.database[-1], asked.part))
    return 0


if __name__ == "__main__":
    sys.exit(main())
