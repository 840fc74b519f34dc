"""A backup with a code, and a restore as changes of one code, on a real till."""

import json
from dataclasses import replace

import pytest

from changes.audit import EntryKind
from changes.authority import Actor
from changes.backend import ChangeKind
from changes.backing_up import Made, MakeBackup, ProposeRestore, Restoration
from changes.errors import (
    BackupLocked,
    BackupOfAnother,
    BackupSame,
    CodeWrong,
    NotAllowed,
    TillUnreachable,
)
from changes.life import State
from changes.many import MOST_TOGETHER
from changes.ports import NoticeKind
from changes.proposals import Caution
from changes.restoring import Why
from changes.sealed_file import open_sealed, seal
from changes.till import Role, Status, UserQuery
from pos.embedded.till import Edit, FaultKind, FaultMethod, NewUser
from tests.changes.bench import Bench, in_group
from tests.changes.crowd import Crowd
from tests.pos.bench import FIRST_PIN

PARTNER = 4_000_000_777


async def made(bench: Bench, code: str | None = None, actor: Actor | None = None) -> Made:
    asked_at = bench.clock.now()
    make = MakeBackup(bench.store, bench.tills, bench.clock, bench.waker)
    return await make(actor or bench.owner, bench.shop.id, code or bench.next_code(), asked_at)


async def restore(bench: Bench, backup: Made, *, file: bytes | None = None, phrase: str = "") -> Restoration:
    propose = ProposeRestore(bench.store, bench.tills, bench.clock)
    return await propose(bench.owner, bench.shop.id, file or backup.file, phrase or backup.passphrase)


async def done(bench: Bench, found: Restoration) -> list[State]:
    await bench.confirm(found.requests[0])
    for request in found.requests:
        await bench.work(request)
    return [(await bench.kept(request)).state for request in found.requests]


async def test_it_takes_a_code_and_every_owner_is_told(bench: Bench) -> None:
    await bench.join(PARTNER)
    await bench.queued()
    with pytest.raises(CodeWrong):
        await made(bench, bench.wrong_code())
    backup = await made(bench)
    entry = (await bench.entries())[-1]
    assert (entry.kind, entry.facts["users"]) == (EntryKind.BACKUP_MADE, 2)
    notices = [queued.notice for queued in await bench.queued(NoticeKind.ENTRY)]
    assert {(notice.chat_id, notice.entry_number) for notice in notices} == {
        (bench.owner.person_id, entry.number),
        (PARTNER, entry.number),
    }
    assert backup.passphrase not in repr(backup) + str(entry)
    assert await bench.chain_fault() is None


async def test_names_are_in_it_and_no_pin(sqlite_bench: Bench) -> None:
    backup = await made(sqlite_bench)
    inside = json.dumps(open_sealed(backup.file, backup.passphrase), ensure_ascii=False)
    assert "陈晓雨" in inside
    assert FIRST_PIN not in inside
    assert await sqlite_bench.pin_opens(FIRST_PIN)
    assert "pin" not in inside.lower()
    assert "secret" not in inside.lower()


async def test_nobody_else_gets_one(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    with pytest.raises(NotAllowed):
        await made(bench, actor=in_group(bench.owner))
    with pytest.raises(NotAllowed):
        await made(bench, actor=replace(bench.owner, person_id=5))
    _, other = await bench.claim(4_000_000_009)
    with pytest.raises(NotAllowed):
        await made(bench, actor=other)


async def test_where_the_till_is_away_no_code_is_spent(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    backup = await made(bench)
    await bench.till.set_fault(FaultKind.DOWN, times=2, method=FaultMethod.READ)
    code = bench.next_code()
    with pytest.raises(TillUnreachable):
        await made(bench, code)
    with pytest.raises(TillUnreachable):
        await restore(bench, backup)
    asked_at = bench.clock.now()
    make = MakeBackup(bench.store, bench.tills, bench.clock, bench.waker)
    assert (await make(bench.owner, bench.shop.id, code, asked_at)).backup.users == 2


async def test_a_till_is_brought_back_by_ordinary_changes_of_one_code(bench: Bench) -> None:
    backup = await made(bench)
    with pytest.raises(BackupSame):
        await restore(bench, backup)
    await bench.by_hand(Edit(name="Eve", role=Role.MANAGER, status=Status.FROZEN))
    manager = bench.at.manager
    await bench.till.add_user(bench.at.terminal.id, NewUser("55", "New", Role.CASHIER, FIRST_PIN))
    found = await restore(bench, backup)
    assert [request.kind for request in found.requests] == [
        ChangeKind.RENAME,
        ChangeKind.ROLE,
        ChangeKind.UNFREEZE,
    ]
    assert (found.unknown, found.more, [each.why for each in found.left]) == (1, 0, [Why.PERMISSIONS])
    assert found.cautions == (Caution.MORE_RIGHTS,)
    before = len(await bench.entries())
    assert await done(bench, found) == [State.APPLIED] * 3
    now = await bench.at.now()
    assert (now.name, now.role, now.status) == (bench.user.name, bench.user.role, bench.user.status)
    users = (await bench.till.users(bench.at.terminal.id, UserQuery(limit=50))).users
    assert {user.number for user in users} == {"01", "55", manager.number}
    kinds = [entry.kind for entry in (await bench.entries())[before:]]
    assert kinds.count(EntryKind.CHANGE_INTENT) == kinds.count(EntryKind.CHANGE_OUTCOME) == 3
    assert (await bench.entries())[-1].facts["action"] == "restore"
    with pytest.raises(BackupSame):
        await restore(bench, backup)


async def test_who_is_missing_is_added_with_a_pin_that_is_shown(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    (ana,) = await Crowd(bench).add("Ana")
    backup = await made(bench)
    async with bench.till._database.transaction() as tx:
        await tx.run("DELETE FROM user WHERE id = :id", id=ana.id)
    found = await restore(bench, backup)
    assert [(each.kind, each.user.number) for each in found.requests] == [(ChangeKind.ADD, "10")]
    await bench.queued()
    assert await done(bench, found) == [State.APPLIED]
    assert len(await bench.queued(NoticeKind.SECRET)) == 1
    users = (await bench.till.users(bench.at.terminal.id, UserQuery(search="Ana"))).users
    assert [(user.number, user.role) for user in users] == [("10", Role.CASHIER)]


async def test_a_wrong_phrase_a_changed_file_and_another_shops_are_refused(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    backup = await made(bench)
    with pytest.raises(BackupLocked):
        await restore(bench, backup, phrase="WRONG")
    with pytest.raises(BackupLocked):
        await restore(bench, backup, file=backup.file[:-1] + bytes([backup.file[-1] ^ 1]))
    inside = open_sealed(backup.file, backup.passphrase)
    for user in inside["terminals"][0]["users"]:
        user["id"] += "x"
    other = seal(inside | {"shop": "Another shop"}, backup.passphrase)
    with pytest.raises(BackupOfAnother):
        await restore(bench, backup, file=other)
    async with bench.store.read() as tx:
        assert not await tx.requests.under_way(bench.owner.person_id)


async def test_more_than_one_can_look_over_is_left_for_a_second_time(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    users = await Crowd(bench).add(*(f"Clerk {number}" for number in range(MOST_TOGETHER + 5)))
    backup = await made(bench)
    async with bench.till._database.transaction() as tx:
        for user in users:
            await tx.run("UPDATE user SET name = :new, folded = :new WHERE id = :id", id=user.id, new=f"x{user.number}")
    found = await restore(bench, backup)
    assert (len(found.requests), found.more) == (MOST_TOGETHER, 5)


async def test_the_last_supervisor_is_warned_of_and_settings_are_said(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    backup = await made(bench)
    inside = open_sealed(backup.file, backup.passphrase)
    inside["late_limit"] = None
    for user in inside["terminals"][0]["users"]:
        user["role"] = "cashier"
    found = await restore(bench, backup, file=seal(inside, backup.passphrase))
    assert found.cautions == (Caution.LAST_SUPERVISOR,)
    assert [each.why for each in found.left] == [Why.LATE_LIMIT]
