"""Confirming: a code is spent once, on one request, together with the intent, or nothing happens at all."""

import asyncio
from dataclasses import replace

import pytest

from changes.audit import EntryKind
from changes.codes import FREE_TRIES, MOST_FAILURES
from changes.errors import (
    CodeLocked,
    CodeLockedForGood,
    CodeWrong,
    NotAllowed,
    NotEnrolled,
    Refused,
    RequestOver,
    UserBusy,
)
from changes.life import State
from changes.ports import NoticeKind
from changes.request import LIFETIME, ChangeRequest
from storage.engine import Database, DatabaseError
from storage.store import SqlStore
from storage.vault import Vault
from tests.changes.bench import Bench, in_group
from tests.changes.harm import refuse_audit_inserts


async def untouched(bench: Bench, request: ChangeRequest) -> bool:
    """The request still waits for its code: no intent, no worker, no message but an alert."""
    kept = await bench.kept(request)
    return (
        kept.state is State.PROPOSED
        and await bench.said_of(request) == []
        and await bench.applying().lease() is None
        and all(queued.notice.urgent for queued in await bench.queued())
    )


async def test_the_right_code_confirms_and_records_and_wakes_the_worker(bench: Bench) -> None:
    request = await bench.propose()
    await bench.confirm(request)
    kept = await bench.kept(request)
    assert (kept.state, kept.confirmed_at, kept.next_at) == (State.CONFIRMED, bench.clock.now(), bench.clock.now())
    assert kept.progress_message_id == 7
    assert await bench.said_of(request) == [EntryKind.CHANGE_INTENT]
    assert [queued.notice.kind for queued in await bench.queued()] == [NoticeKind.PROGRESS]
    assert bench.waker.woken == 1
    assert await bench.chain_fault() is None


async def test_a_wrong_code_confirms_nothing_and_says_how_many_are_left(bench: Bench) -> None:
    request = await bench.propose()
    for left in range(FREE_TRIES - 1, 0, -1):
        with pytest.raises(CodeWrong) as wrong:
            await bench.confirm(request, bench.wrong_code())
        assert wrong.value.facts == {"tries": left}
    assert await untouched(bench, request)
    assert bench.waker.woken == 0
    await bench.confirm(request)
    assert (await bench.kept(request)).state is State.CONFIRMED


async def test_a_code_that_was_spent_confirms_nothing_else(bench: Bench) -> None:
    first = await bench.propose()
    await bench.confirm(first)
    code = bench.code()
    await bench.work(first)
    second = await bench.propose(value="Maria")
    with pytest.raises(CodeWrong):
        await bench.confirm(second, code)
    assert (await bench.kept(second)).state is State.PROPOSED


async def test_a_code_shown_before_the_request_was_asked_for_is_none_of_it(bench: Bench) -> None:
    code = bench.code()
    bench.clock.turn(seconds=30)
    request = await bench.propose()
    with pytest.raises(CodeWrong):
        await bench.confirm(request, code)
    assert await untouched(bench, request)


async def test_a_step_before_a_spent_one_is_over(bench: Bench) -> None:
    first = await bench.propose()
    earlier = bench.code()
    await bench.confirm(first)
    second = await bench.proposal(replace(bench.draft(), user_id=bench.at.manager.id))
    with pytest.raises(CodeWrong):
        await bench.confirm(second.request, earlier)


async def test_a_code_does_not_revive_the_request_that_a_new_one_replaced(bench: Bench) -> None:
    older = await bench.propose()
    newer = await bench.propose(value="Maria")
    code = bench.next_code()
    with pytest.raises(RequestOver):
        await bench.confirm(older, code)
    await bench.confirm(newer, code)
    assert await bench.said_of(older) == []


async def test_another_persons_request_does_not_exist_for_anyone_else(bench: Bench) -> None:
    request = await bench.propose()
    _, other = await bench.claim(4_000_000_002, "Other Boss")
    seed = await bench.enrol(other)
    with pytest.raises(RequestOver):
        await bench.confirm(request, bench.code(seed), other)
    with pytest.raises(RequestOver):
        await bench.confirm(replace(request, id="0" * 32))
    assert await untouched(bench, request)


async def test_outside_the_private_chat_or_without_authority_nothing_is_confirmed(bench: Bench) -> None:
    request = await bench.propose()
    with pytest.raises(NotAllowed):
        await bench.confirm(request, actor=in_group(bench.owner))
    await bench.leave()
    with pytest.raises(NotAllowed):
        await bench.confirm(request)
    assert await untouched(bench, request)


async def test_without_a_confirmed_authenticator_nothing_is_confirmed(bench: Bench) -> None:
    request = await bench.propose()
    async with bench.store.write() as tx:
        await tx.factors.remove(bench.owner.person_id)
    with pytest.raises(NotEnrolled):
        await bench.confirm(request)
    assert await untouched(bench, request)


async def test_an_expired_request_and_a_confirmed_one_are_over(bench: Bench) -> None:
    request = await bench.propose()
    await bench.confirm(request)
    with pytest.raises(RequestOver):
        await bench.confirm(request)
    await bench.work(request)
    late = await bench.propose(value="Maria")
    bench.clock.turn(seconds=LIFETIME.total_seconds())
    with pytest.raises(RequestOver):
        await bench.confirm(late)


async def test_a_user_who_became_busy_meanwhile_is_refused_and_no_code_is_spent(bench: Bench) -> None:
    request = await bench.propose()
    async with bench.store.write() as tx:
        other = replace(request, id="f" * 32, actor_id=5, state=State.CONFIRMED, next_at=bench.clock.now())
        await tx.requests.add(other)
    with pytest.raises(UserBusy):
        await bench.confirm(request)
    code = bench.code()
    await bench.work(other)
    await bench.confirm(request, code)
    assert (await bench.kept(request)).state is State.CONFIRMED


async def lock(bench: Bench, request: ChangeRequest) -> CodeLocked:
    for _ in range(FREE_TRIES - 1):
        with pytest.raises(CodeWrong):
            await bench.confirm(request, bench.wrong_code())
    with pytest.raises(CodeLocked) as locked:
        await bench.confirm(request, bench.wrong_code())
    return locked.value


async def test_five_wrong_codes_lock_for_a_while_that_outlives_request_and_process(bench: Bench, vault: Vault) -> None:
    locked = await lock(bench, await bench.propose())
    assert (locked.until - bench.clock.now()).total_seconds() == 60
    assert (await bench.entries())[-1].kind is EntryKind.CODE_LOCKED
    reopened = Database(bench.database.url.render_as_string(hide_password=False))
    bench.store = SqlStore(reopened, vault)
    try:
        request = await bench.propose(value="Maria")
        with pytest.raises(CodeLocked) as still:
            await bench.confirm(request)
        assert still.value.until == locked.until
        bench.clock.turn(seconds=30)
        await bench.confirm(request)
        assert (await bench.kept(request)).state is State.CONFIRMED
    finally:
        await reopened.close()


async def test_each_lock_is_told_to_the_person_before_all_else(bench: Bench) -> None:
    await bench.claim(bench.owner.person_id, "Boss Lin")
    request = await bench.propose()
    woken = bench.waker.woken
    locked = await lock(bench, request)
    assert bench.waker.woken > woken
    bench.turn_to(locked.until)
    with pytest.raises(CodeLocked):
        await bench.confirm(request, bench.wrong_code())
    alerts = [queued.notice for queued in await bench.queued() if queued.notice.urgent]
    assert {(alert.kind, alert.chat_id) for alert in alerts} == {(NoticeKind.ENTRY, bench.owner.chat_id)}
    entries = {entry.number: entry.kind for entry in await bench.entries()}
    assert [entries[alert.entry_number or 0] for alert in alerts] == [EntryKind.CODE_LOCKED] * 2


async def test_while_locked_no_code_is_looked_at_and_none_is_counted(bench: Bench) -> None:
    request = await bench.propose()
    locked = await lock(bench, request)
    ends = set()
    for code in (bench.wrong_code(), bench.code(), "nonsense"):
        with pytest.raises(CodeLocked) as refused:
            await bench.confirm(request, code)
        ends.add(refused.value.until)
    assert ends == {locked.until}
    assert await untouched(bench, request)


async def test_a_lock_grows_until_a_hundred_failures_lock_for_good(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    locks = []
    for _ in range(MOST_FAILURES):
        request = await bench.propose()
        with pytest.raises((CodeWrong, CodeLocked, CodeLockedForGood)) as refused:
            await bench.confirm(request, bench.wrong_code())
        if isinstance(refused.value, CodeLocked):
            locks.append((refused.value.until - bench.clock.now()).total_seconds() / 60)
            bench.turn_to(refused.value.until)
    assert locks[:4] == [1, 2, 4, 8]
    assert locks == sorted(locks)
    assert locks[-1] == 1440
    assert isinstance(refused.value, CodeLockedForGood)
    bench.clock.turn(days=10_000)
    request = await bench.propose()
    with pytest.raises(CodeLockedForGood):
        await bench.confirm(request)


async def test_a_right_code_ends_the_count_of_wrong_ones(bench: Bench) -> None:
    request = await bench.propose()
    for _ in range(FREE_TRIES - 1):
        with pytest.raises(CodeWrong):
            await bench.confirm(request, bench.wrong_code())
    await bench.confirm(request)
    await bench.work(request)
    with pytest.raises(CodeWrong) as wrong:
        await bench.confirm(await bench.propose(value="Maria"), bench.wrong_code())
    assert wrong.value.facts == {"tries": FREE_TRIES - 1}


async def test_of_200_identical_codes_at_once_exactly_one_confirms(bench: Bench) -> None:
    request = await bench.propose()
    code = bench.next_code()
    ends = await asyncio.gather(*(bench.confirm(request, code) for _ in range(200)), return_exceptions=True)
    assert ends.count(None) == 1
    assert {type(end) for end in ends if end is not None} == {RequestOver}
    assert await bench.said_of(request) == [EntryKind.CHANGE_INTENT]
    assert len(await bench.queued(NoticeKind.PROGRESS)) == 1
    assert await bench.chain_fault() is None


async def test_of_200_wrong_codes_at_once_five_are_looked_at(bench: Bench) -> None:
    request, wrong = await bench.propose(), bench.wrong_code()
    ends = await asyncio.gather(*(bench.confirm(request, wrong) for _ in range(200)), return_exceptions=True)
    assert sum(isinstance(end, CodeWrong) for end in ends) == FREE_TRIES - 1
    assert sum(isinstance(end, CodeLocked) for end in ends) == 200 - FREE_TRIES + 1
    assert [entry.kind for entry in await bench.entries()].count(EntryKind.CODE_LOCKED) == 1


async def test_one_code_for_two_requests_at_once_confirms_one(bench: Bench) -> None:
    """Two proposals cannot stand beside each other; even if they did, a code is spent once."""
    first = await bench.propose()
    second = replace(first, id="e" * 32, user=bench.at.manager)
    async with bench.store.write() as tx:
        await tx.requests.add(second)
    code = bench.next_code()
    ends = await asyncio.gather(bench.confirm(first, code), bench.confirm(second, code), return_exceptions=True)
    assert sorted(type(end) is CodeWrong for end in ends) == [False, True]
    assert ends.count(None) == 1


async def test_two_owners_who_confirm_changes_of_one_user_at_once_do_one(bench: Bench) -> None:
    _, other = await bench.claim(4_000_000_002, "Other Boss")
    seed = await bench.enrol(other)
    async with bench.store.write() as tx:
        role = await tx.people.role(bench.owner.person_id, bench.shop.id)
        assert role is not None
        await tx.people.join(other.person_id, bench.shop.id, role)
    mine = await bench.propose()
    theirs = (await bench.proposal(bench.draft(value="Maria"), other)).request
    code = bench.next_code()
    ends = await asyncio.gather(
        bench.confirm(mine, code), bench.confirm(theirs, bench.code(seed), other), return_exceptions=True
    )
    assert ends.count(None) == 1
    assert {type(end) for end in ends} == {type(None), UserBusy}


async def test_where_the_intent_cannot_be_written_nothing_has_happened(bench: Bench) -> None:
    request = await bench.propose()
    code = bench.next_code()
    async with refuse_audit_inserts(bench.database):
        with pytest.raises(DatabaseError):
            await bench.confirm(request, code)
    assert await untouched(bench, request)
    assert bench.waker.woken == 0
    await bench.confirm(request, code)
    assert (await bench.kept(request)).state is State.CONFIRMED


def test_every_refusal_has_a_key_of_its_own() -> None:
    found, new = set[type[Refused]](), {Refused}
    while new:
        new = {sub for each in new for sub in each.__subclasses__()}
        found |= new
    keys = [each.key for each in found if "key" in vars(each)]
    assert len(keys) == len(set(keys))
    assert all(key.startswith("refused-") for key in keys)
