"""A server of our own that answers as Odoo 19 does to what the adapter asks, with Odoo's traps. It is not Odoo.

The traps: a write without ids says yes and changes nothing; archived employees are in no search and in no list unless
the context says `active_test: false`; a register whose list with basic rights holds no active employee lets everybody
in; PINs come back in plain text; an unknown field is a 500.
"""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from changes.till import Role

KEY = secrets.token_hex(20)
DATABASE = "shop"

LISTS = {
    Role.CASHIER: "minimal_employee_ids",
    Role.SUPERVISOR: "basic_employee_ids",
    Role.MANAGER: "advanced_employee_ids",
}
_FIELDS = {
    "hr.employee": {"id", "name", "barcode", "pin", "active", "company_id"},
    "pos.config": {"id", "name", "active", "module_pos_hr", "company_id", *LISTS.values()},
}

Record = dict[str, Any]


class No(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, name: str, message: str = "") -> None:
        super().__init__(status)
        self.status, self.name, self.message = status, name, message


class Odoo:
    """Served with `tests.pos.trap.serving`."""

    def __init__(self) -> None:
        self.url = ""
        self.records: dict[str, dict[int, Record]] = {"hr.employee": {}, "pos.config": {}}
        #: Of every call: model, method, and what was sent.
        self.asked: list[tuple[str, str, Mapping[str, Any]]] = []
        self.readonly = False
        self.administrator = False

    # The hand of somebody in Odoo itself -----------------------------------------------------------------------------

    def register(self, name: str, *, with_employees: bool = True) -> int:
        lists: dict[str, list[int]] = {field: [] for field in LISTS.values()}
        values = {"name": name, "active": True, "module_pos_hr": with_employees, "company_id": 1}
        return self._make("pos.config", values | lists)

    def employ(self, number: str | None, name: str, at: Mapping[int, Role] = {}, **more: Any) -> int:
        employee = self._make("hr.employee", {"name": name, "barcode": number or False, "pin": "739104"} | more)
        for register, role in at.items():
            self.records["pos.config"][register][LISTS[role]].append(employee)
        return employee

    def employee(self, employee: int) -> Record:
        return self.records["hr.employee"][employee]

    def dismiss(self, employee: int) -> None:
        del self.records["hr.employee"][employee]
        for register in self.records["pos.config"].values():
            for field in LISTS.values():
                register[field] = [each for each in register[field] if each != employee]

    def may_sign_in(self, register: int) -> set[int]:
        """Who, as the register itself decides."""
        active = {each for each, record in self.records["hr.employee"].items() if record["active"]}
        lists = self.records["pos.config"][register]
        if not active.intersection(lists[LISTS[Role.SUPERVISOR]]):
            return active
        return active.intersection(*[{each for field in LISTS.values() for each in lists[field]}])

    # The server ------------------------------------------------------------------------------------------------------

    async def take(self, request: web.Request) -> web.StreamResponse:
        try:
            return web.json_response(await self._answer(request))
        except No as no:
            body = {"name": no.name, "message": no.message, "arguments": [no.message], "debug": "Traceback"}
            return web.json_response(body, status=no.status)

    async def _answer(self, request: web.Request) -> Any:
        found = re.fullmatch(r"/json/2/([a-z.]+)/(\w+)", request.path)
        if request.method != "POST" or found is None:
            raise No(404, "werkzeug.exceptions.NotFound", "Did you mean POST /json/2/<model>/<method>?")
        if request.headers.get("Authorization") != f"bearer {KEY}":
            raise No(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey")
        if request.headers.get("X-Odoo-Database") != DATABASE:
            raise No(404, "werkzeug.exceptions.NotFound", "No database is selected")
        model, method = found.groups()
        body = await request.json()
        self.asked.append((model, method, body))
        if method.startswith("_"):
            raise No(403, "odoo.exceptions.AccessError", "Private methods cannot be called remotely.")
        handlers: dict[str, Callable[..., Any]] = {
            "search_read": self._search_read,
            "write": self._write,
            "has_access": self._has_access,
        }
        if model == "res.users" and method in ("context_get", "has_group"):
            return {"lang": "en_US", "tz": False, "uid": 7} if method == "context_get" else self._has_group(**body)
        if model not in self.records or method not in handlers:
            raise No(404, "werkzeug.exceptions.NotFound", f"the model {model!r} does not exist")
        return handlers[method](model, **body)

    def _has_access(self, model: str, operation: str) -> bool:
        return not (self.readonly and operation == "write")

    def _has_group(self, ids: list[int], group_ext_id: str) -> bool:
        assert ids == [7]
        return self.administrator and group_ext_id == "base.group_system"

    def _search_read(
        self,
        model: str,
        domain: list[list[Any]],
        fields: list[str],
        order: str = "id",
        limit: int | None = None,
        context: Mapping[str, Any] = {},
    ) -> list[Record]:
        assert order == "id"
        unknown = {*fields, *(condition[0] for condition in domain)} - _FIELDS[model]
        if unknown:
            raise No(500, "builtins.ValueError", f"Invalid field {unknown}")
        archived = context.get("active_test") is False
        asks_active = any(condition[0] == "active" for condition in domain)
        found = [
            record
            for _, record in sorted(self.records[model].items())
            if all(_matches(record, *condition) for condition in domain)
            and (archived or asks_active or record["active"])
        ]
        return [self._told(record, ["id", *fields], archived=archived) for record in found[:limit]]

    def _told(self, record: Record, fields: list[str], *, archived: bool) -> Record:
        told = {field: record[field] for field in fields}
        for field in set(fields) & set(LISTS.values()):
            told[field] = [each for each in record[field] if archived or self.employee(each)["active"]]
        if "company_id" in told:
            told["company_id"] = [told["company_id"], "Tea House"]
        return told

    def _write(self, model: str, vals: Record, ids: Sequence[int] = (), context: object = None) -> bool:
        if self.readonly:
            raise No(403, "odoo.exceptions.AccessError", "You are not allowed to modify")
        if vals.keys() - _FIELDS[model]:
            raise No(500, "builtins.ValueError", "Invalid field")
        if any(each not in self.records[model] for each in ids):
            raise No(404, "odoo.exceptions.MissingError", "Record does not exist or has been deleted.")
        if model == "hr.employee":
            self._check_employee(vals, ids)
        for each in ids:
            for field, value in vals.items():
                if field in LISTS.values():
                    self._command(self.records[model][each][field], value)
                else:
                    self.records[model][each][field] = value
        return True

    def _command(self, held: list[int], commands: list[list[Any]]) -> None:
        for number, employee, *values in commands:
            if number == 0:
                self._check_employee(values[0], [])
                held.append(self._make("hr.employee", values[0]))
            elif number == 3:
                held[:] = [each for each in held if each != employee]
            elif number == 4 and employee not in self.records["hr.employee"]:
                raise No(404, "odoo.exceptions.MissingError")
            elif number == 4 and employee not in held:
                held.append(employee)

    def _check_employee(self, vals: Record, ids: Sequence[int]) -> None:
        if "pin" in vals and vals["pin"] and not str(vals["pin"]).isdigit():
            raise No(422, "odoo.exceptions.ValidationError", f"The PIN {vals['pin']} must be a sequence of digits.")
        if "name" in vals and not vals["name"]:
            raise No(422, "odoo.exceptions.ValidationError", "The name is required.")
        if barcode := vals.get("barcode"):
            if not re.fullmatch(r"[A-Za-z0-9]{1,18}", barcode):
                raise No(422, "odoo.exceptions.ValidationError", "The Badge ID must be alphanumeric")
            if any(record["barcode"] == barcode and each not in ids for each, record in self._employees()):
                raise No(422, "odoo.exceptions.ValidationError", "The Badge ID must be unique")

    def _employees(self) -> list[tuple[int, Record]]:
        return list(self.records["hr.employee"].items())

    def _make(self, model: str, values: Record) -> int:
        made = max(self.records[model], default=0) + 1
        blank = {"barcode": False, "pin": False} if model == "hr.employee" else {}
        self.records[model][made] = {"id": made, "active": True, "company_id": 1} | blank | values
        return made


def _matches(record: Record, field: str, operator: str, value: Any) -> bool:
    held = record[field]
    return bool(held in value if operator == "in" else held == value)
