"""The tin box under the conformance cases, and the hand of whoever writes into it meanwhile."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tin import TERMINAL, TinBackend

from changes.backend import Backend
from changes.till import Role
from tests.conformance.subject import Subject


@dataclass
class TinSubject:
    path: Path
    backend: Backend
    terminal_id: str = TERMINAL.id

    async def add(self, number: str, name: str, role: Role) -> str:
        self._write("INSERT INTO users (id, number, name) VALUES (?, ?, ?)", f"u{number}", number, name)
        return f"u{number}"

    async def rename(self, user_id: str, name: str) -> None:
        self._write("UPDATE users SET name = ?, version = version + 1 WHERE id = ?", name, user_id)

    async def remove(self, user_id: str) -> bool:
        self._write("DELETE FROM users WHERE id = ?", user_id)
        return True

    def _write(self, statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.path)) as tin, tin:
            tin.execute(statement, values)


@asynccontextmanager
async def opened(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    path: Path = request.getfixturevalue("tmp_path") / "tin.db"
    subject = TinSubject(path, TinBackend(path))
    subject._write(
        "CREATE TABLE users (id TEXT PRIMARY KEY, number TEXT UNIQUE, name TEXT, "
        "frozen INTEGER DEFAULT 0, version INTEGER DEFAULT 1)"
    )
    yield subject
