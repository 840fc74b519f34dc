"""The queue at a Telegram that keeps its limits: none is broken, and none holds up what it is not for."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.pacing import TELEGRAM, UNLIMITED, Limit, Limits
from changes.ports import Notice, NoticeKind
from demo.botapi.faults import Harm
from demo.botapi.server import Call
from demo.model import Person
from demo.server import system_clock
from storage.tables import outbox
from tests.bot.post import Post, post_on
from tests.changes.bench import Bench


@pytest.fixture
async def post(sqlite_bench: Bench) -> AsyncIterator[Post]:
    async with post_on(sqlite_bench, TELEGRAM, system_clock) as made:
        made.telegram.flood.on = True
        yield made


def person(post: Post, number: int) -> Person:
    """Someone who has begun a chat."""
    made = post.telegram.world.add_person(f"Person {number}", person_id=5_000_000_000 + number)
    post.telegram.world.send_text(made, "/start")
    return made


def entry(post: Post, chat_id: int, number: int = 1, *, urgent: bool = False) -> Notice:
    return Notice(NoticeKind.ENTRY, chat_id, shop_id=post.bench.shop.id, entry_number=number, urgent=urgent)


def sent_to(post: Post, chat_id: int) -> list[Call]:
    return [call for call in post.telegram.calls_of("sendMessage") if call.parameters["chat_id"] == chat_id]


def refused(post: Post) -> list[Call]:
    return [call for call in post.telegram.calls if call.refused is not None]


async def until_sent(post: Post, chat_id: int, times: int) -> None:
    async with asyncio.timeout(20):
        while len(sent_to(post, chat_id)) < times:  # noqa: ASYNC110 the queue sends in the background
            await asyncio.sleep(0.01)


async def tries(post: Post) -> list[int]:
    """Of every notice in order, how often its sending was begun."""
    async with post.bench.database.read() as connection:
        return list(await connection.scalars(select(outbox.c.attempts).order_by(outbox.c.id)))


async def test_a_burst_over_many_chats_and_answers_among_it_are_never_refused(post: Post) -> None:
    people = [person(post, number) for number in range(50)]
    group = post.telegram.world.add_group("Lin's", post.owner, [])
    await post.put(*(entry(post, group.id) for _ in range(5)))
    await post.put(*(entry(post, people[number % 50].id) for number in range(200)))
    post.start()
    await until_sent(post, people[0].id, 1)
    for number in range(20):
        await post.bot.send_message(people[number].id, "answer")
    assert len(post.telegram.calls) < 150, "answers do not wait behind the queue"
    async with asyncio.timeout(30):
        while not all(await tries(post)):  # noqa: ASYNC110 no news tells of a row
            await asyncio.sleep(0.1)
    await post.settle()
    assert refused(post) == []
    assert len(post.telegram.calls_of("sendMessage")) == 225
    assert set(await tries(post)) == {1}


async def test_a_chat_at_its_limit_holds_up_no_other_and_is_not_claimed(post: Post) -> None:
    other = person(post, 1)
    await post.put(*(entry(post, post.owner.id) for _ in range(100)))
    await post.put(entry(post, other.id))
    post.start()
    await until_sent(post, other.id, 1)
    await until_sent(post, post.owner.id, 5)
    await post.put(entry(post, other.id))
    post.wake.wake()
    await until_sent(post, other.id, 2)
    assert len(sent_to(post, post.owner.id)) == 5
    assert await tries(post) == [1] * 5 + [0] * 95 + [1, 1]
    assert refused(post) == []


async def test_in_its_own_chat_an_alert_goes_before_all_that_wait(sqlite_bench: Bench) -> None:
    limits = Limits(UNLIMITED.overall, (Limit(1, 0.5),), UNLIMITED.group)
    async with post_on(sqlite_bench, limits) as post:
        await post.put(*(entry(post, post.owner.id) for _ in range(100)))
        post.start()
        await until_sent(post, post.owner.id, 1)
        await post.put(entry(post, post.owner.id, 2, urgent=True))
        begun = len(sent_to(post, post.owner.id))
        await until_sent(post, post.owner.id, begun + 2)
        newest = sent_to(post, post.owner.id)[begun : begun + 2]
        assert "Entry 2" in "".join(call.parameters["text"] for call in newest)
        assert (await tries(post))[-1] == 1


async def test_over_all_chats_an_alert_goes_before_all_that_wait(sqlite_bench: Bench) -> None:
    limits = Limits(Limit(1, 0.2), UNLIMITED.private, UNLIMITED.group)
    async with post_on(sqlite_bench, limits) as post:
        people = [person(post, number) for number in range(100)]
        await post.put(*(entry(post, other.id) for other in people))
        post.start()
        await until_sent(post, people[0].id, 1)
        await post.put(entry(post, post.owner.id, urgent=True))
        begun = len(post.telegram.calls)
        post.wake.wake()
        await until_sent(post, post.owner.id, 1)
        assert len(post.telegram.calls) - begun <= 4, "those that were on their way, and it"


async def test_a_flood_of_one_chat_is_waited_out_and_stops_no_other(post: Post) -> None:
    other = person(post, 1)
    post.telegram.faults.add("sendMessage", Harm.FLOOD, seconds=2)
    begun = time.monotonic()
    await post.put(entry(post, post.owner.id))
    await post.settle()
    await post.put(entry(post, other.id))
    await post.settle()
    assert time.monotonic() - begun < 2
    assert len(sent_to(post, other.id)) == 1
    assert sent_to(post, post.owner.id) == []
    await post.turn(2)
    assert len(sent_to(post, post.owner.id)) == 1
    assert time.monotonic() - begun > 2


async def test_a_flood_of_all_chats_stops_all_until_it_is_over(post: Post) -> None:
    people = [person(post, number) for number in range(3)]
    flood = post.telegram.faults.add("sendMessage", Harm.FLOOD, times=2, seconds=3)
    begun = time.monotonic()
    for other in people[:2]:
        await post.put(entry(post, other.id))
        await post.settle()
    assert flood.times == 0
    await post.put(entry(post, people[2].id), entry(post, post.owner.id, urgent=True))
    await post.turn(3)
    assert time.monotonic() - begun > 3
    assert [len(sent_to(post, other.id)) for other in (*people, post.owner)] == [1] * 4
    assert max(await tries(post)) == 2
