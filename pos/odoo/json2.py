"""Odoo's JSON-2: one POST for each call of a model's method.

Documented at https://www.odoo.com/documentation/19.0/developer/reference/external_api.html.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from changes.backend import BackendRefused, NotReached, Refusal
from pos.http import Answer, Http

#: One record as Odoo tells it: its field names and their values.
Record = Mapping[str, Any]

#: A search condition: field, operator, value. Several are joined with "and".
Condition = tuple[str, str, Any]

#: Records that are asked for at once.
PAGE = 1_000

#: Odoo leaves archived records out of searches and out of the lists of other records, unless told not to.
_WITH_ARCHIVED = {"active_test": False}


class Json2:
    """Calls to one database. Every call ends within `timeout` seconds."""

    def __init__(self, base: str, key: str, database: str, timeout: float) -> None:
        headers = {"Authorization": f"bearer {key}", "Content-Type": "application/json; charset=utf-8"}
        self._http = Http(base, headers | ({"X-Odoo-Database": database} if database else {}), timeout)

    async def read(self, model: str, ids: Sequence[int], fields: Sequence[str]) -> list[Record]:
        """These records, archived ones too, without those that are not there. Raises `BackendError`."""
        records: list[Record] = []
        for first in range(0, len(ids), PAGE):
            records += await self.search(model, [("id", "in", list(ids[first : first + PAGE]))], fields, most=PAGE)
        return records

    async def search(
        self, model: str, conditions: Sequence[Condition], fields: Sequence[str], *, most: int
    ) -> list[Record]:
        """At most `most` records by id, archived ones too. Raises `BackendError`."""
        asked = {"domain": list(conditions), "fields": list(fields), "order": "id", "limit": most}
        answer = await self.ask(model, "search_read", **asked, context=_WITH_ARCHIVED)
        if not isinstance(answer, list) or not all(is_record(each) for each in answer):
            raise NotReached("no Odoo answer")
        return answer

    async def ask(self, model: str, method: str, **body: Any) -> Any:
        """What a method that changes nothing answers. Raises `NotReached`, or `BackendRefused` for a 4xx."""
        answer = await self._http.query(f"/json/2/{model}/{method}", body)
        if answer.status != 200:
            raise NotReached(said(answer))
        return answer.body

    async def write(self, model: str, ids: Sequence[int], values: Record) -> Answer:
        """Raises `ValueError` without ids: Odoo would answer yes and change nothing. Else as `Http.order`."""
        if not ids:
            raise ValueError("a write needs ids")
        return await self._http.order("POST", f"/json/2/{model}/write", {"ids": list(ids), "vals": values})

    async def close(self) -> None:
        await self._http.close()


def is_record(value: Any) -> bool:
    return isinstance(value, dict) and type(value.get("id")) is int


def said(answer: Answer) -> str:
    """Status and kind of an error, without its message or traceback: those may repeat what was sent."""
    name = answer.body.get("name") if isinstance(answer.body, dict) else None
    kind = name.rsplit(".", 1)[-1] if isinstance(name, str) else ""
    return f"{answer.status} {kind[:40]}".strip()


def refused(answer: Answer, otherwise: Refusal) -> BackendRefused:
    """What a refusal means: 404 a record that is not there, 422 that its values are not taken."""
    return BackendRefused({404: Refusal.USER_GONE, 422: otherwise}.get(answer.status, Refusal.OTHER), said(answer))
