"""Shops that are edited and removed on the server."""

from dataclasses import replace

import pytest

from changes.audit import EntryKind
from changes.backend import ChangeKind
from changes.claiming import Claim, MakeClaim
from changes.errors import ClaimRefused, NotAllowed
from changes.life import State
from changes.ports import NoticeKind
from changes.shops import SHOP_REMOVED, ChangesOpen, EditShop, RemoveShop, ShopGone
from tests.changes.bench import Bench

PARTNER = 4_000_000_002


async def remove(bench: Bench, *, drop_open: bool = False) -> int:
    return await RemoveShop(bench.store, bench.clock, bench.waker)(bench.shop.id, drop_open=drop_open)


async def told(bench: Bench) -> set[int]:
    """Whom the newest entry is to be brought to."""
    number = (await bench.entries())[-1].number
    return {
        queued.notice.chat_id for queued in await bench.queued(NoticeKind.ENTRY) if queued.notice.entry_number == number
    }


async def test_a_removed_shop_is_nobodys_and_its_audit_still_fits(bench: Bench) -> None:
    await bench.join(PARTNER)
    await EditShop(bench.store, bench.clock, bench.waker)(bench.shop, {"token": "of the till"}, ["token"])
    before = len(await bench.entries())
    open_claim = await MakeClaim(bench.store, bench.clock)(bench.shop.id)
    assert open_claim is not None
    assert await remove(bench) == 2
    entries = await bench.entries()
    assert len(entries) == before + 2
    assert (entries[-1].kind, dict(entries[-1].facts)) == (
        EntryKind.SHOP_REMOVED,
        {"name": "Lin's Tea House", "dropped": 0},
    )
    assert await bench.chain_fault() is None
    assert await told(bench) == {bench.owner.person_id, PARTNER}
    with pytest.raises(NotAllowed):
        await bench.propose()
    with pytest.raises(ClaimRefused):
        await Claim(bench.store, bench.clock)(bench.owner, open_claim.code, "en")
    assert await MakeClaim(bench.store, bench.clock)(bench.shop.id) is None
    async with bench.store.read() as tx:
        assert (await tx.shops.all(), len(await tx.shops.all(removed=True))) == ((), 1)
        assert await tx.shops.options(bench.shop.id) == {}
    with pytest.raises(ShopGone):
        await remove(bench)


async def test_while_changes_are_open_a_shop_stays_unless_it_is_said(bench: Bench) -> None:
    waiting = await bench.confirmed(ChangeKind.FREEZE, due_at=bench.hence(10))
    asked = await bench.confirmed()
    with pytest.raises(ChangesOpen) as still:
        await remove(bench)
    assert still.value.count == 2
    assert (await bench.kept(waiting)).state is State.SCHEDULED
    assert await remove(bench, drop_open=True) == 1
    assert (await bench.entries())[-1].facts["dropped"] == 2
    assert await told(bench) == {bench.owner.person_id}
    dropped = await bench.kept(waiting)
    assert (dropped.state, dropped.result, dropped.next_at) == (State.CANCELLED, SHOP_REMOVED, None)
    assert EntryKind.CHANGE_DROPPED in await bench.said_of(waiting)
    assert (await bench.kept(asked)).given_up_at is not None, "nobody is left to give it up"
    ended = await bench.work(asked)
    assert (ended.state, (await bench.at.now()).name) == (State.FAILED, "陈晓雨")
    assert await bench.chain_fault() is None


async def test_an_edit_is_recorded_by_names_and_told(bench: Bench) -> None:
    new = replace(bench.shop, name="林记茶楼", zone="Asia/Tokyo")
    options = {"url": "https://till.example.com", "token": "not-to-be-recorded"}
    await EditShop(bench.store, bench.clock, bench.waker)(new, options, ["url", "token"])
    entry = (await bench.entries())[-1]
    assert dict(entry.facts) == {
        "name": {"before": "Lin's Tea House", "after": "林记茶楼"},
        "zone": {"before": "Asia/Shanghai", "after": "Asia/Tokyo"},
        "options": ["token", "url"],
    }
    assert await told(bench) == {bench.owner.person_id}
    assert await bench.chain_fault() is None
    async with bench.store.read() as tx:
        assert await tx.shops.get(bench.shop.id) == new
        assert await tx.shops.options(bench.shop.id) == options


async def test_of_a_shop_that_is_gone_nothing_is_edited(bench: Bench) -> None:
    await remove(bench)
    with pytest.raises(ShopGone):
        await EditShop(bench.store, bench.clock, bench.waker)(bench.shop, {}, [])
    with pytest.raises(ShopGone):
        await EditShop(bench.store, bench.clock, bench.waker)(replace(bench.shop, id=77), {}, [])
