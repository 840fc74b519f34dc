"""Guided changes as checklists: what is to be done, what is ticked, what was said."""

from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from changes.backend import Guide, GuideStep
from changes.case import Answer, Case
from storage.tables import cases


class SqlCases:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, case: Case) -> None:
        first = {"request_id": case.request_id, "guide": _as_json(case.guide), "opened_at": case.opened_at}
        await self._connection.execute(insert(cases).values(first | _becomes(case)))

    async def get(self, request_id: str) -> Case | None:
        row = (await self._connection.execute(select(cases).where(cases.c.request_id == request_id))).one_or_none()
        if row is None:
            return None
        return Case(
            request_id=row.request_id,
            guide=_from_json(row.guide),
            opened_at=row.opened_at,
            ticked=frozenset(row.ticked),
            answer=None if row.answer is None else Answer(row.answer),
            answered_at=row.answered_at,
        )

    async def write(self, case: Case) -> None:
        await self._connection.execute(
            update(cases).where(cases.c.request_id == case.request_id).values(_becomes(case))
        )


def _becomes(case: Case) -> dict[str, Any]:
    answer = None if case.answer is None else case.answer.value
    return {"ticked": sorted(case.ticked), "answer": answer, "answered_at": case.answered_at}


def _as_json(guide: Guide) -> dict[str, Any]:
    steps = [{"text": step.text, "confirmed": step.confirmed} for step in guide.steps]
    return {"brand": guide.brand, "steps": steps, "check": guide.check, "digits": guide.digits}


def _from_json(kept: dict[str, Any]) -> Guide:
    steps = tuple(GuideStep(**step) for step in kept["steps"])
    return Guide(kept["brand"], steps, kept["check"], kept["digits"])
