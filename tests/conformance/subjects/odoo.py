"""The stand-in for Odoo, with one register."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from changes.backend import Backend
from changes.till import Role
from pos.odoo.backend import OdooBackend
from tests.conformance.subject import Subject, closed_after
from tests.pos.odoo.standin import DATABASE, KEY, Odoo
from tests.pos.trap import serving


@dataclass
class OdooSubject:
    odoo: Odoo
    backend: Backend
    register: int

    @property
    def terminal_id(self) -> str:
        return str(self.register)

    async def add(self, number: str, name: str, role: Role) -> str:
        return str(self.odoo.employ(number, name, {self.register: role}))

    async def rename(self, user_id: str, name: str) -> None:
        self.odoo.employee(int(user_id))["name"] = name

    async def remove(self, user_id: str) -> bool:
        self.odoo.dismiss(int(user_id))
        return True


@asynccontextmanager
async def opened(_request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    async with serving(Odoo()) as odoo, closed_after(OdooBackend(odoo.url, KEY, DATABASE)) as backend:
        yield OdooSubject(odoo, backend, odoo.register("Front 前台"))
