"""A till tells one freeze of a user from the next, also a file from before it did."""

import sqlite3
from pathlib import Path

from changes.till import Status
from pos.embedded.till import Edit, Till
from tests.pos.bench import QUICK, furnish


async def test_each_freeze_has_a_name_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    async with Till(path, hasher=QUICK) as till:
        shop = await furnish(till, path)
        terminal_id, user_id = shop.terminal.id, shop.cashier.id
        names = []
        edits = [
            Edit(status=Status.FROZEN),
            Edit(name="Ana Silva"),
            Edit(status=Status.FROZEN),
            Edit(status=Status.ACTIVE),
            Edit(status=Status.FROZEN),
        ]
        for number, edit in enumerate(edits):
            user = await till.user(terminal_id, user_id)
            await till.change(terminal_id, user_id, edit, version=user.version, key=str(number))
            names.append((await till.user(terminal_id, user_id)).freeze)
    assert names == ["1", "1", "1", "1", "2"]


async def test_a_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    async with Till(path, hasher=QUICK) as till:
        shop = await furnish(till, path)
    file = sqlite3.connect(path)
    file.execute("ALTER TABLE user DROP COLUMN permissions")
    file.execute("ALTER TABLE user DROP COLUMN freezes")
    file.execute("PRAGMA user_version = 1")
    file.commit()
    file.close()
    async with Till(path, create=False, hasher=QUICK) as till:
        assert (await till.user(shop.terminal.id, shop.cashier.id)).freeze == "0"
