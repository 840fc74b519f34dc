"""What owners are told when their shop is edited or removed on the server, and tills that are reached another way."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import tills
from bot.tills import OpenTills
from changes.backend import NotReached
from changes.claiming import AddShop
from changes.shops import EditShop, RemoveShop
from tests.bot.post import Post, post_on
from tests.changes.bench import Bench


@pytest.fixture
async def post(sqlite_bench: Bench) -> AsyncIterator[Post]:
    async with post_on(sqlite_bench) as made:
        yield made


async def test_who_owned_a_removed_shop_is_told_that_and_nothing_more_of_it(post: Post) -> None:
    bench = post.bench
    await bench.confirmed()
    await RemoveShop(bench.store, bench.clock, bench.waker)(bench.shop.id, drop_open=True)
    await post.settle()
    (said,) = post.said()
    assert "The shop Lin's Tea House was removed on the server" in said.text
    assert "One change was not finished" in said.text
    assert await post.entry() in said.text


async def test_an_owner_reads_what_was_edited(post: Post) -> None:
    bench = post.bench
    new = replace(bench.shop, name="New <b>", zone="Asia/Tokyo")
    await EditShop(bench.store, bench.clock, bench.waker)(new, {"path": "x"}, ["path"])
    await post.settle()
    (said,) = post.said()
    for line in ("Name: Lin's Tea House → New <b>", "Asia/Shanghai → Asia/Tokyo", "How I reach the till (path)"):
        assert line in said.text


async def test_a_till_is_reached_as_its_options_say_by_now(
    sqlite_bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bench = sqlite_bench
    made = await AddShop(bench.store, bench.clock)("Other", "UTC", "embedded", {"path": str(bench.at.path)})
    opened = OpenTills(bench.store)
    first = await opened.of(made.shop.id)
    assert await first.terminals() == (bench.at.terminal,)
    edit = EditShop(bench.store, bench.clock, bench.waker)
    await edit(made.shop, {"path": str(tmp_path / "none.db")}, ["path"])
    assert await opened.of(made.shop.id) is first, "nobody looks at each call"
    monkeypatch.setattr(tills, "FRESH", 0.0)
    second = await opened.of(made.shop.id)
    assert second is not first
    assert await opened.of(made.shop.id) is second, "nothing was edited since"
    with pytest.raises(NotReached):
        await second.terminals()
    assert await first.terminals() == (bench.at.terminal,), "a call under way is not cut off"
    await RemoveShop(bench.store, bench.clock, bench.waker)(made.shop.id)
    with pytest.raises(NotReached, match="no shop"):
        await opened.of(made.shop.id)
    await opened.close()
