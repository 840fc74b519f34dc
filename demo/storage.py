"""Where this Telegram keeps itself: one SQLite file with a table of records and a table of files."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import aiosqlite

SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file (
    id TEXT PRIMARY KEY,
    content BLOB NOT NULL
);
"""

#: Changes to records: (kind, key) to the new body, or to None for a record that is gone.
Changes = dict[tuple[str, str], Any]


class Storage:
    """Records are JSON under (kind, key). A save is one transaction."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, path: Path | None) -> "Storage":
        """Open the file, made if need be; without a path all is kept in memory."""
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = await aiosqlite.connect(path or ":memory:")
        await connection.execute("PRAGMA journal_mode = WAL")
        await connection.executescript(SCHEMA)
        return cls(connection)

    async def load(self) -> dict[str, dict[str, Any]]:
        """All records: kind to key to body."""
        records: dict[str, dict[str, Any]] = defaultdict(dict)
        async with self._connection.execute("SELECT kind, key, body FROM record") as rows:
            async for kind, key, body in rows:
                records[kind][key] = json.loads(body)
        return records

    async def save(self, changes: Changes, files: dict[str, bytes] | None = None) -> None:
        gone = [name for name, body in changes.items() if body is None]
        kept = [
            (kind, key, json.dumps(body, ensure_ascii=False))
            for (kind, key), body in changes.items()
            if body is not None
        ]
        await self._connection.executemany("DELETE FROM record WHERE kind = ? AND key = ?", gone)
        await self._connection.executemany("INSERT OR REPLACE INTO record (kind, key, body) VALUES (?, ?, ?)", kept)
        await self._connection.executemany(
            "INSERT OR REPLACE INTO file (id, content) VALUES (?, ?)", list((files or {}).items())
        )
        await self._connection.commit()

    async def file(self, file_id: str) -> bytes | None:
        async with self._connection.execute("SELECT content FROM file WHERE id = ?", (file_id,)) as rows:
            row = await rows.fetchone()
        return None if row is None else bytes(row[0])

    async def close(self) -> None:
        await self._connection.close()
