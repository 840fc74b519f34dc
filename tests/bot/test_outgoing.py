"""What must arrive arrives: in order, edited and not repeated, or it ends as a recorded failure."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from changes.ports import Notice, NoticeKind
from changes.request import ChangeRequest
from demo.botapi.faults import Harm
from demo.model import Part
from storage.tables import outbox
from tests.bot.post import Post, post_on, text_of
from tests.changes.bench import Bench

DONE = text_of("progress-applied")


@pytest.fixture
async def post(sqlite_bench: Bench) -> AsyncIterator[Post]:
    async with post_on(sqlite_bench) as made:
        yield made


async def ends(post: Post) -> list[tuple[str, bool, str | None]]:
    """Every notice that ended: its kind, whether it was delivered, and the error."""
    query = select(outbox).where(outbox.c.ended_at.is_not(None)).order_by(outbox.c.id)
    async with post.bench.database.read() as connection:
        return [(row.kind, row.delivered, row.error) for row in await connection.execute(query)]


async def begun(post: Post) -> ChangeRequest:
    """A confirmed change whose progress message stands."""
    request = await post.bench.confirmed()
    await post.settle()
    return await post.bench.kept(request)


async def test_one_progress_message_is_edited_and_the_entry_is_another(post: Post) -> None:
    request = await begun(post)
    (progress,) = post.said()
    assert request.progress_message_id == progress.message_id
    await post.bench.work(request)
    await post.settle()
    first, entry = post.said()
    assert first.message_id == progress.message_id
    assert DONE in first.text
    assert await post.entry() in entry.text
    assert all(delivered for _, delivered, _ in await ends(post))


async def test_an_edit_whose_answer_was_lost_is_not_sent_as_another_message(post: Post) -> None:
    request = await begun(post)
    await post.kill()
    await post.bench.work(request)
    post.telegram.faults.add("editMessageText", Harm.ANSWER_LOST)
    await post.settle()
    await post.turn(300)
    progress, entry = post.said()
    assert progress.message_id == request.progress_message_id
    assert await post.entry() in entry.text
    assert len(post.telegram.calls_of("sendMessage")) == 2


async def test_a_progress_message_that_is_gone_is_sent_anew(post: Post) -> None:
    request = await begun(post)
    post.telegram.world.delete(post.owner, post.said()[0])
    await post.bench.work(request)
    await post.settle()
    progress, entry = post.said()
    assert DONE in progress.text
    assert await post.entry() in entry.text
    assert (await post.bench.kept(request)).progress_message_id == progress.message_id


@pytest.mark.parametrize("harm", [Harm.SERVER_ERROR, Harm.GARBAGE, Harm.CLOSED])
async def test_while_telegram_is_away_nothing_is_lost_and_the_order_is_kept(post: Post, harm: Harm) -> None:
    post.telegram.faults.add("*", harm, times=3)
    request = await post.bench.confirmed()
    await post.bench.work(request)
    await post.settle()
    assert post.said() == []
    for _ in range(6):
        await post.turn(300)
    progress, entry = post.said()
    assert DONE in progress.text
    assert await post.entry() in entry.text
    assert all(delivered for _, delivered, _ in await ends(post))


async def test_a_flood_waits_as_long_as_telegram_says_and_keeps_no_other_chat(post: Post) -> None:
    other = post.telegram.world.add_person("Mei", Part.OWNER, person_id=4_000_000_002)
    theirs = post.telegram.world.send_text(other, "/start")
    mine = post.telegram.world.messages(post.owner.id)[0]
    post.telegram.faults.add("deleteMessage", Harm.FLOOD, seconds=37)
    await post.put(Notice(NoticeKind.DELETE, post.owner.id, message_id=mine.message_id))
    await post.settle()
    await post.put(Notice(NoticeKind.DELETE, other.id, message_id=theirs.message_id))
    await post.turn(36)
    assert post.telegram.world.message(other.id, theirs.message_id) is None
    assert post.telegram.world.message(post.owner.id, mine.message_id) is not None
    await post.turn(1)
    assert post.telegram.world.message(post.owner.id, mine.message_id) is None
    assert len(post.telegram.calls_of("deleteMessage")) == 2


async def test_a_bot_that_was_blocked_ends_in_a_recorded_failure(post: Post) -> None:
    request = await begun(post)
    post.telegram.world.block(post.owner)
    await post.bench.work(request)
    await post.settle()
    *_, (kind, delivered, error) = await ends(post)
    assert (kind, delivered) == ("entry", False)
    assert error is not None
    assert "bot was blocked by the user" in error
    async with post.bench.store.read() as tx:
        assert await tx.outbox.next_due() is None


async def test_what_was_deleted_already_is_done(post: Post) -> None:
    message = post.telegram.world.messages(post.owner.id)[0]
    notice = Notice(NoticeKind.DELETE, post.owner.id, message_id=message.message_id)
    await post.put(notice, notice)
    await post.settle()
    assert [end[:2] for end in await ends(post)] == [("delete", True)] * 2


async def test_what_cannot_be_made_keeps_its_chat_waiting_and_no_other(post: Post) -> None:
    message = post.telegram.world.messages(post.owner.id)[0]
    await post.put(Notice(NoticeKind.PROGRESS, 123, request_id="0" * 32))
    await post.put(Notice(NoticeKind.DELETE, post.owner.id, message_id=message.message_id))
    await post.settle()
    assert [end[0] for end in await ends(post)] == ["delete"]
    assert post.telegram.world.message(post.owner.id, message.message_id) is None


async def test_nothing_is_told_to_telegram_that_it_does_not_know(post: Post) -> None:
    await post.bench.work(await begun(post))
    await post.settle()
    assert post.telegram.unknown_parameters == []
