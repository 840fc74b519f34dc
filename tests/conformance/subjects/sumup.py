"""The stand-in for SumUp, whose users have addresses at the shop's domain."""

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
    from tests.pos.sumup.standin import SumUp

NEEDS = ("sdk",)

DOMAIN = "till.example.com"
ROLES = {Role.CASHIER: "role_employee", Role.MANAGER: "role_manager"}


@dataclass
class SumUpSubject:
    sumup: "SumUp"
    backend: Backend
    terminal_id: str = "all"

    async def add(self, number: str, name: str, role: Role) -> str:
        return self.sumup.employ(f"{number}@{DOMAIN}", name, [ROLES[role]])

    async def rename(self, user_id: str, name: str) -> None:
        self.sumup.members[user_id]["user"]["nickname"] = name

    async def remove(self, user_id: str) -> bool:
        del self.sumup.members[user_id]
        return True


@asynccontextmanager
async def opened(_request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    from pos.sumup.backend import SumUpBackend
    from tests.pos.sumup.standin import KEY, MERCHANT, SumUp

    async with serving(SumUp()) as sumup:
        made = SumUpBackend(sumup.url, KEY, MERCHANT, terminal="All devices", domain=DOMAIN)
        async with closed_after(made) as backend:
            yield SumUpSubject(sumup, backend)
