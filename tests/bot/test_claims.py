"""Notices are claimed before they are sent: a database that cannot be written and a second process repeat nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from bot.outgoing import CLAIM
from changes.backend import ChangeKind
from changes.ports import Notice, NoticeKind
from changes.request import ChangeRequest
from demo.botapi.faults import Fault, Harm
from demo.server import Telegram
from handlers.notices import SECRET_SHOWN_FOR
from storage.tables import outbox
from tests.bot.post import Post, post_on, text_of
from tests.changes.bench import Bench

SENDING = {"sendMessage", "editMessageText", "deleteMessage"}


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    """Unrendered: to draw an exception takes seconds."""
    with capture_logs():
        yield


@pytest.fixture
async def post(sqlite_bench: Bench) -> AsyncIterator[Post]:
    async with post_on(sqlite_bench) as made:
        yield made


def sendings(telegram: Telegram) -> list[str]:
    return [call.method for call in telegram.calls if call.method in SENDING]


async def execute(bench: Bench, statement: str) -> None:
    async with bench.database.write() as connection:
        await connection.execute(text(statement))


async def fails(bench: Bench, which: str) -> None:
    """From now on these rows of the queue cannot be written, as on a full disk."""
    raised = "SELECT RAISE(ABORT, 'database or disk is full')"
    await execute(bench, f"CREATE TRIGGER failing BEFORE UPDATE ON outbox WHEN {which} BEGIN {raised}; END")


async def works_again(bench: Bench) -> None:
    await execute(bench, "DROP TRIGGER failing")


async def applied(post: Post, kind: ChangeKind = ChangeKind.PIN) -> ChangeRequest:
    """A change at the till; its progress message stands, the rest is not told yet."""
    request = await post.bench.confirmed(kind)
    await post.settle()
    await post.kill()
    return await post.bench.work(request)


async def placeholder_held(post: Post) -> Fault:
    """The PIN's own message stands, and Telegram is being asked to write the PIN into it."""
    sending = post.telegram.faults.add("sendMessage", Harm.HOLD)
    post.wake.wake()
    await asyncio.wait_for(sending.met.wait(), 10)
    editing = post.telegram.faults.add("editMessageText", Harm.HOLD)
    sending.release()
    await asyncio.wait_for(editing.met.wait(), 10)
    return editing


async def rows(bench: Bench) -> list[tuple[str, int, bool]]:
    async with bench.database.read() as connection:
        found = await connection.execute(select(outbox).order_by(outbox.c.id))
        return [(row.kind, row.attempts, row.delivered) for row in found]


async def test_while_nothing_can_be_written_nothing_is_sent(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    for pause in ("_FIRST_PAUSE", "_LONGEST_PAUSE"):
        monkeypatch.setattr(f"bot.outgoing.{pause}", 0.01)
    await post.bench.work(await post.bench.confirmed())
    await fails(post.bench, "TRUE")
    post.start()
    for _ in range(50):
        post.wake.wake()
        await asyncio.sleep(0.01)
    assert sendings(post.telegram) == []
    await works_again(post.bench)
    await post.settle()
    assert len(post.said(await post.entry())) == 1
    assert all(delivered for _, _, delivered in await rows(post.bench))


async def test_what_was_sent_and_could_not_be_recorded_is_recorded_later_and_not_sent_again(post: Post) -> None:
    await post.bench.work(await post.bench.confirmed())
    await fails(post.bench, "NEW.ended_at IS NOT NULL")
    hold = post.telegram.faults.add("sendMessage", Harm.HOLD)
    post.start()
    await asyncio.wait_for(hold.met.wait(), 10)
    hold.release()
    for _ in range(3):
        post.bench.clock.turn(seconds=CLAIM.total_seconds())
        post.wake.wake()
        await asyncio.sleep(0.1)
    assert sendings(post.telegram) == ["editMessageText", "sendMessage"], "one progress message, sent anew"
    await works_again(post.bench)
    await post.turn(CLAIM.total_seconds())
    assert len(post.said(text_of("progress-applied"))) == 1
    assert len(post.said(await post.entry())) == 1


async def test_two_processes_send_everything_once(bench: Bench) -> None:
    async with post_on(bench) as one:
        request = await applied(one)
        pin = request.secret
        assert pin is not None
        other = Post(bench, one.telegram, one.bot, one.owner, one.pacing)
        other.start()
        await one.settle()
        await other.kill()
        assert len(one.said(pin)) == 1
        assert len(one.said(await one.entry())) == 1
        assert sendings(one.telegram).count("sendMessage") == 3, "progress, placeholder, entry"
        assert {attempts for kind, attempts, _ in await rows(bench) if kind != "delete"} == {1}


async def test_after_a_kill_it_comes_again_when_the_claim_ends(post: Post) -> None:
    await post.bench.confirmed()
    hold = post.telegram.faults.add("*", Harm.HOLD)
    post.start()
    await asyncio.wait_for(hold.met.wait(), 10)
    await post.kill()
    hold.release()
    async with post.bench.store.read() as tx:
        assert await tx.outbox.due(post.bench.clock.now(), 5) == ()
        assert await tx.outbox.next_due() == post.bench.clock.now() + CLAIM
        assert len(await tx.outbox.due(post.bench.clock.now() + CLAIM, 5)) == 1


async def test_a_process_that_is_alone_takes_up_at_its_start_what_another_left(post: Post) -> None:
    await post.bench.confirmed()
    now = post.bench.clock.now()
    await post.put(Notice(NoticeKind.DELETE, 123, message_id=1, due_at=now + timedelta(seconds=30)))
    async with post.bench.store.write() as tx:
        await tx.outbox.claim(now, now + CLAIM, 5)
        await tx.outbox.release_all(now)
        assert [queued.notice.kind for queued in await tx.outbox.due(now, 5)] == [NoticeKind.PROGRESS]


async def test_a_deletion_neither_waits_for_what_cannot_be_sent_nor_holds_it_up(post: Post) -> None:
    request = await applied(post)
    assert request.secret is not None
    post.start()
    hold = await placeholder_held(post)
    post.telegram.faults.add("sendMessage", Harm.SERVER_ERROR, times=1000)
    hold.release()
    await post.settle()
    assert len(post.said(request.secret)) == 1
    await post.turn(SECRET_SHOWN_FOR)
    assert post.said(request.secret) == []
    assert post.said(await post.entry()) == []
    post.telegram.faults.clear()
    post.telegram.faults.add("deleteMessage", Harm.SERVER_ERROR, times=1000)
    await post.put(Notice(NoticeKind.DELETE, post.owner.id, message_id=1))
    await post.turn(300)
    assert len(post.said(await post.entry())) == 1


async def test_a_pin_whose_message_vanishes_again_and_again_is_not_forgotten(post: Post) -> None:
    request = await applied(post)
    assert request.secret is not None
    post.start()
    for _ in range(2):
        post.bench.clock.turn(seconds=2)
        hold = await placeholder_held(post)
        (coming,) = post.said(text_of("secret-coming"))
        post.telegram.world.delete(post.owner, coming)
        hold.release()
        await post.settle()
        assert (await post.bench.kept(request)).secret == request.secret
        assert post.said(request.secret) == []
    await post.turn(10)
    assert len(post.said(request.secret)) == 1
    assert (await post.bench.kept(request)).secret is None


async def test_a_chat_that_waits_does_not_keep_the_queue_awake(post: Post) -> None:
    now = post.bench.clock.now()
    await post.put(*(Notice(NoticeKind.ENTRY, post.owner.id, shop_id=1, entry_number=n) for n in (1, 2)))
    async with post.bench.store.write() as tx:
        (first,) = await tx.outbox.claim(now, now + CLAIM, 5)
        await tx.outbox.postpone(first.id, now + timedelta(seconds=200), "TelegramServerError")
        assert await tx.outbox.next_due() == now + timedelta(seconds=200)
