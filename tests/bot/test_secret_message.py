"""The message with a new PIN: shown once, gone after a minute, wherever the process is killed on the way."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from changes.backend import ChangeKind
from changes.request import ChangeRequest
from demo.botapi.faults import Harm
from handlers.notices import SECRET_SHOWN_FOR
from storage.tables import requests
from tests.bot.post import Post, post_on, text_of
from tests.changes.bench import Bench


@pytest.fixture
async def post(sqlite_bench: Bench) -> AsyncIterator[Post]:
    async with post_on(sqlite_bench) as made:
        yield made


@pytest.fixture
async def applied(post: Post) -> ChangeRequest:
    """A PIN made and at the till; its progress is told, the PIN is not shown yet."""
    request = await post.bench.confirmed(ChangeKind.PIN)
    await post.settle()
    await post.kill()
    return await post.bench.work(request)


def pin_of(request: ChangeRequest) -> str:
    assert request.secret is not None
    return request.secret


async def shown_and_gone(post: Post, request: ChangeRequest) -> None:
    """Whatever happened before: the PIN was shown in one message, which goes, and the database forgets it."""
    pin = pin_of(request)
    for _ in range(4):
        await post.turn(5)
    assert len(post.said(pin)) == 1
    assert post.said(pin)[0].protected
    assert (await post.bench.kept(request)).secret is None
    await post.turn(SECRET_SHOWN_FOR)
    assert post.said(pin) == []
    told = {call.parameters.get("message_id") for call in post.telegram.calls if pin in str(call.parameters)}
    assert len(told) == 1
    assert len(post.said(text_of("progress-applied"))) >= 1
    await post.turn(3600)
    assert post.said(pin) == []


async def test_a_pin_is_shown_and_goes_after_a_minute(post: Post, applied: ChangeRequest) -> None:
    await post.settle()
    assert len(post.said(pin_of(applied))) == 1
    await post.turn(SECRET_SHOWN_FOR - 1)
    assert len(post.said(pin_of(applied))) == 1
    await post.turn(1)
    assert post.said(pin_of(applied)) == []
    assert (await post.bench.kept(applied)).secret is None


@pytest.mark.parametrize("harm", [Harm.SERVER_ERROR, Harm.GARBAGE, Harm.CLOSED, Harm.ANSWER_LOST, Harm.FLOOD])
@pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
async def test_when_telegram_fails_on_the_way_it_is_shown_once_and_goes(
    post: Post, applied: ChangeRequest, method: str, harm: Harm
) -> None:
    post.telegram.faults.add(method, harm, seconds=1)
    await shown_and_gone(post, applied)


async def skip_progress(post: Post) -> None:
    """Progress first, so that the next call is about the PIN."""
    async with post.bench.store.write() as tx:
        (first,) = await tx.outbox.due(post.bench.clock.now(), 1)
        while first.notice.kind.value == "progress":
            await tx.outbox.sent(first.id, post.bench.clock.now())
            (first,) = await tx.outbox.due(post.bench.clock.now(), 1)


async def test_killed_before_the_placeholder_is_known_it_is_sent_again_without_a_pin_left(
    post: Post, applied: ChangeRequest
) -> None:
    await skip_progress(post)
    await post.killed_after(1)
    assert len(post.said(text_of("secret-coming"))) == 1
    assert post.said(pin_of(applied)) == []
    await shown_without_progress(post, applied)


async def test_killed_after_the_pin_was_written_into_it_the_message_goes_all_the_same(
    post: Post, applied: ChangeRequest
) -> None:
    await skip_progress(post)
    await post.killed_after(2)
    assert len(post.said(pin_of(applied))) == 1
    await shown_without_progress(post, applied)


async def test_killed_between_placeholder_and_pin_it_is_written_into_the_same_message(
    post: Post, applied: ChangeRequest
) -> None:
    await skip_progress(post)
    post.telegram.faults.add("editMessageText", Harm.CLOSED)
    await post.settle()
    await post.kill()
    coming = post.said()[-1]
    assert pin_of(applied) not in coming.text
    await post.turn(5)
    assert [message.message_id for message in post.said(pin_of(applied))] == [coming.message_id]
    await shown_without_progress(post, applied)


async def shown_without_progress(post: Post, request: ChangeRequest) -> None:
    pin = pin_of(request)
    await post.settle()
    assert len(post.said(pin)) == 1
    await post.turn(SECRET_SHOWN_FOR)
    assert post.said(pin) == []
    assert (await post.bench.kept(request)).secret is None


async def test_a_pin_that_cannot_be_delivered_is_not_kept(post: Post, applied: ChangeRequest) -> None:
    post.telegram.world.block(post.owner)
    await post.settle()
    assert (await post.bench.kept(applied)).secret is None
    post.telegram.world.block(post.owner, blocked=False)
    await post.turn(3600)
    assert post.said(pin_of(applied)) == []


async def test_a_pin_whose_deletion_fails_is_deleted_later(post: Post, applied: ChangeRequest) -> None:
    await post.settle()
    post.telegram.faults.add("deleteMessage", Harm.SERVER_ERROR, times=2)
    await post.turn(SECRET_SHOWN_FOR)
    assert len(post.said(pin_of(applied))) == 1
    await post.turn(300)
    await post.turn(300)
    assert post.said(pin_of(applied)) == []


async def test_who_owns_the_shop_no_more_is_told_no_pin_and_nothing_else(post: Post, applied: ChangeRequest) -> None:
    told = len(post.said())
    await post.bench.leave()
    await post.settle()
    await post.turn(3600)
    assert len(post.said()) == told
    assert (await post.bench.kept(applied)).secret is None


async def test_what_a_pin_was_written_into_goes_where_its_owner_left_before_that_was_known(
    post: Post, applied: ChangeRequest
) -> None:
    await skip_progress(post)
    await post.killed_after(2)
    assert len(post.said(pin_of(applied))) == 1
    await post.bench.leave()
    await post.settle()
    assert post.said(pin_of(applied)) == []
    assert (await post.bench.kept(applied)).secret is None


async def test_a_pin_that_no_key_opens_does_not_keep_what_comes_after_it_waiting_for_long(
    post: Post, applied: ChangeRequest
) -> None:
    async with post.bench.database.write() as connection:
        lost = update(requests).where(requests.c.id == applied.id)
        await connection.execute(lost.values(sealed_secret="sealed with a key that is gone"))
    entry = await post.entry()
    await post.settle()
    assert post.said(entry) == []
    for _ in range(9):
        await post.turn(300)
    assert len(post.said(entry)) == 1
    assert (await post.bench.kept(applied)).secret is None
