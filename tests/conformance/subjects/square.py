"""The stand-in for Square, with one location."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from changes.backend import Backend
from changes.till import Role
from tests.conformance.subject import Subject, closed_after
from tests.pos.trap import serving

if TYPE_CHECKING:
    from tests.pos.square.standin import Square

NEEDS = ("sdk",)


@dataclass
class SquareSubject:
    square: "Square"
    backend: Backend
    terminal_id: str

    async def add(self, number: str, name: str, role: Role) -> str:
        first, _, last = name.rpartition(" ")
        return self.square.employ(number, first or last, last if first else "-", [self.terminal_id])

    async def rename(self, user_id: str, name: str) -> None:
        first, _, last = name.rpartition(" ")
        self.square.members[user_id] |= {"given_name": first, "family_name": last}

    async def remove(self, user_id: str) -> bool:
        """Nobody is removed from a team; but Square may not know somebody any more."""
        del self.square.members[user_id]
        return True


@asynccontextmanager
async def opened(_request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    from pos.square.backend import SquareBackend
    from tests.pos.square.standin import TOKEN, Square

    async with serving(Square()) as square, closed_after(SquareBackend(square.url, TOKEN)) as backend:
        yield SquareSubject(square, backend, square.location("Front 前台"))
