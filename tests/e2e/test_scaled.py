"""Several processes on one PostgreSQL: one polls and sends, all apply changes, and any of them may die."""

import asyncio
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from changes.authority import Actor, ChatKind
from changes.till import Status
from demo.botapi.faults import Harm
from tests.databases import Databases
from tests.e2e.fleet import Fleet, fleet_of
from tests.e2e.shops import CHEN, FRONT, Shop, shop_of

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.postgres, pytest.mark.redis]

#: Seconds in which another process must poll after the one that did is gone.
_TAKEN_OVER = 5.0

_FREEZE = (FRONT, CHEN, "change-kind-freeze")


async def frozen_once(shop: Shop) -> None:
    """Told, at the till and in the audit: once."""
    await shop.owner.hear(shop.owner.texts.plain("entry-verdict-applied"))
    user = await shop.user()
    assert (user.status, user.version) == (Status.FROZEN, "2")
    assert await shop.audit() == ["intent", "outcome applied applied"]


def conflicts(fleet: Fleet) -> int:
    """How often Telegram said that two polled at once, as the processes logged it."""
    return sum(member.log.read_text().count("another process polls") for member in fleet.members)


async def test_one_polls_and_where_it_is_killed_another_goes_on_and_no_press_is_lost(
    tmp_path: Path, till: Path, databases: Databases
) -> None:
    async with fleet_of(3, tmp_path, till, databases) as fleet, shop_of(fleet) as shop:
        owner = shop.owner
        first = await fleet.leader()
        await owner.go_to_code(*_FREEZE)
        hold = fleet.telegram.faults.add("deleteMessage", Harm.HOLD)
        typed = await owner.confirm()
        await asyncio.wait_for(hold.met.wait(), 15)
        await first.end(signal.SIGKILL)
        killed_at = time.monotonic()
        fleet.telegram.faults.clear()
        second = await fleet.leader()
        assert second is not first
        assert time.monotonic() - killed_at < _TAKEN_OVER
        await frozen_once(shop)
        await owner.settled()
        assert not owner.stands(typed)
        assert conflicts(fleet) == 0
        for member in fleet.members:
            if member is not first:
                assert await member.end(signal.SIGTERM) == 0
                assert member.logged("the bot has stopped") == 1


async def test_a_change_that_another_process_recorded_is_taken_up_at_once(
    tmp_path: Path, till: Path, databases: Databases
) -> None:
    """The process that recorded it has neither a worker nor a queue; the others would look again after a minute."""
    async with fleet_of(2, tmp_path, till, databases, looks_again=60.0) as fleet, shop_of(fleet) as shop:
        owner = shop.owner
        await owner.go_to_code(*_FREEZE)
        await owner.settled()
        async with fleet.parts() as parts:
            async with parts.database.read() as connection:
                request_id = await connection.scalar(text("SELECT id FROM requests WHERE state = 'proposed'"))
            actor = Actor(owner.person.id, owner.person.name, owner.chat, ChatKind.PRIVATE)
            code = owner.next_code()
            recorded_at = time.monotonic()
            await parts.use.confirm(actor, request_id, code, None)
        await frozen_once(shop)
        assert time.monotonic() - recorded_at < 10


async def test_a_worker_killed_at_its_work_is_followed_by_another(
    tmp_path: Path, till: Path, databases: Databases
) -> None:
    async with fleet_of(2, tmp_path, till, databases) as fleet, shop_of(fleet) as shop:
        await shop.owner.go_to_code(*_FREEZE)
        await shop.confirm_where_the_till_hangs()
        assert await shop.audit() == ["intent"]
        # What is leased is leased by one of them: with both gone it was surely leased by a process that is gone.
        for member in list(fleet.members):
            await member.end(signal.SIGKILL)
        await shop.till.clear_faults()
        await fleet.join()
        fleet.clock.turn(seconds=31)
        await frozen_once(shop)


async def test_a_process_that_stood_still_or_lost_its_database_does_not_poll_beside_another(
    tmp_path: Path, till: Path, databases: Databases
) -> None:
    async with fleet_of(2, tmp_path, till, databases, server_waits=4000) as fleet, shop_of(fleet) as shop:
        await shop.owner.settled()
        first = await fleet.leader()
        first.send(signal.SIGSTOP)
        (second,) = [member for member in fleet.members if member is not first]
        await fleet.sees(lambda: second.leads)
        await shop.owner.go_to_code(*_FREEZE)
        first.send(signal.SIGCONT)
        await fleet.sees(lambda: not first.leads)
        assert fleet.leaders() == [second]
        async with fleet.parts() as parts, parts.database.read() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'tillkeeper link' AND datname = current_database()"
                )
            )
        await fleet.sees(lambda: second.logged("the link to the database is lost"))
        await fleet.leader()
        await shop.owner.confirm()
        await frozen_once(shop)
