"""Killed, cancelled or out of disk in the middle of a change: key and change are there together, or neither is."""

import asyncio
import signal
import sqlite3
from itertools import count
from pathlib import Path

import pytest

from changes.backend import AnswerLost, NotReached
from pos.embedded.till import Edit, Till
from tests.pos.bench import FIRST_PIN, QUICK, Shop, child, furnish, on_statement, reached, run_child

KILLS = 6


def state(path: Path) -> tuple[int, str, list[str]]:
    """The cashier's version and name, and the keys, as a fresh look at the file finds them."""
    connection = sqlite3.connect(path)
    try:
        version, name = connection.execute("SELECT version, name FROM user WHERE number = '01'").fetchone()
        keys = [key for (key,) in connection.execute("SELECT key FROM applied ORDER BY rowid")]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return version, name, keys
    finally:
        connection.close()


async def test_killed_before_each_statement_of_a_change(tmp_path: Path) -> None:
    killed_at = []
    for statement in count(1):
        path = tmp_path / f"till-{statement}.db"
        async with Till(path, hasher=QUICK) as till:
            shop = await furnish(till, path)
        process = await child("die", path, str(statement))
        out, _ = await process.communicate()
        if process.returncode == 0:
            assert state(path) == (2, "Ana Silva", ["key"])
            break
        assert process.returncode == -signal.SIGKILL
        killed_at.append(out.decode().split()[0])
        assert state(path) == (1, shop.cashier.name, [])
        async with reached(path) as backend:
            await backend.apply(shop.rename(), "key")
        assert state(path) == (2, "Ana Silva", ["key"])
    assert [verb for verb in killed_at if verb != "SELECT"] == ["BEGIN", "UPDATE", "INSERT", "COMMIT"]


async def test_killed_at_any_moment_of_many_changes(shop: Shop) -> None:
    told = 0
    for kill in range(KILLS):
        process = await child("storm", shop.path)
        assert process.stdout is not None
        for _ in range(5 + 7 * kill):
            told = int(await process.stdout.readline())
        process.kill()
        rest = await process.stdout.read()
        await process.wait()
        told = int(rest.split()[-1]) if rest.endswith(b"\n") else told
        version, name, keys = state(shop.path)
        assert keys == [f"storm-{number}" for number in range(1, version)]
        assert name == f"name {version - 1}"
        # What was answered is there; at most the change whose answer was under way is there beside it.
        assert version - 1 in (told, told + 1)
        await forget(shop)
    assert told > 5 * KILLS


async def forget(shop: Shop) -> None:
    """The till as it was before the storm."""
    connection = sqlite3.connect(shop.path)
    connection.execute("UPDATE user SET version = 1")
    connection.execute("DELETE FROM applied")
    connection.commit()
    connection.close()


async def test_cancelled_before_each_statement_of_a_change(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    task: asyncio.Task[None] | None = None
    left = 0

    def act(sql: str) -> None:
        nonlocal left
        left -= 1
        if left == 0 and task is not None:
            loop.call_soon_threadsafe(task.cancel)

    on_statement(monkeypatch, act)
    cancelled = 0
    async with Till(shop.path, hasher=QUICK) as till:
        for statement in count(1):
            before = await shop.now()
            left = statement
            edit = Edit(name=f"name {statement}")
            change = till.change(shop.terminal.id, before.id, edit, version=before.version, key=f"key-{statement}")
            task = asyncio.create_task(change)
            (answer,) = await asyncio.gather(task, return_exceptions=True)
            ended, left = left, 0
            version, name, keys = state(shop.path)
            applied = f"key-{statement}" in keys
            assert name == (f"name {statement}" if applied else before.name)
            assert version == int(before.version) + applied
            if ended > 0:
                assert answer is None
                assert applied
                break
            cancelled += isinstance(answer, asyncio.CancelledError)
    assert cancelled >= 4


async def test_a_disk_that_is_full_at_the_commit_leaves_nothing(shop: Shop) -> None:
    assert await run_child("full", shop.path) == f"{AnswerLost.__name__}\n"
    assert state(shop.path) == (1, shop.cashier.name, [])
    await shop.till.sign_in(shop.terminal.id, "01", FIRST_PIN)
    assert (await shop.now()).signed_in


async def test_a_file_locked_by_another_is_given_up_in_time(shop: Shop) -> None:
    async with reached(shop.path, patience=0.4) as backend:
        other = sqlite3.connect(shop.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotReached):
            await backend.apply(shop.rename(), "key")
        assert await backend.user(shop.terminal.id, shop.cashier.id) == shop.cashier
        other.execute("ROLLBACK")
        other.close()
        await backend.apply(shop.rename(), "key")
    assert state(shop.path) == (2, "Ana Silva", ["key"])


async def test_changes_queued_behind_a_lock_are_never_applied_after_they_were_given_up(shop: Shop) -> None:
    async with reached(shop.path, patience=0.4) as backend:
        await backend.terminals()
        other = sqlite3.connect(shop.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        asked = [backend.apply(shop.rename(f"name {number}"), f"key-{number}") for number in range(5)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert {type(answer) for answer in answers} <= {NotReached, AnswerLost}
        other.execute("ROLLBACK")
        other.close()
    assert state(shop.path) == (1, shop.cashier.name, [])
