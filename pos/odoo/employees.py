"""Employees and registers of Odoo as terminal users and terminals. No HTTP here."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from changes.backend import BackendRefused, ChangeKind, Order, Refusal
from changes.till import Role, Status, Terminal, TerminalUser
from pos.odoo.json2 import Record, is_record

#: A register keeps its employees in three lists; each is one of the roles, from least to most.
LISTS = {
    Role.CASHIER: "minimal_employee_ids",
    Role.SUPERVISOR: "basic_employee_ids",
    Role.MANAGER: "advanced_employee_ids",
}

#: Whose list decides: while it is empty, every employee of the company may sign in at the register.
DECIDING = Role.SUPERVISOR

REGISTER_FIELDS = ("id", "name", "company_id", *LISTS.values())

#: Never the PIN, which would come in plain text.
EMPLOYEE_FIELDS = ("id", "name", "barcode", "active")

#: Commands of a list of records (Odoo's ORM): make a record and put it in, take one out, put one in.
_MAKE, _OUT, _IN = 0, 3, 4

#: Odoo's own rule for a badge (`hr.employee`, `_verify_barcode`): ASCII letters and digits, at most so many.
NUMBER_LONGEST = 18


@dataclass(frozen=True, slots=True)
class Register:
    """A point of sale (`pos.config`). Its lists hold archived employees too."""

    id: int
    name: str
    company: int | None
    lists: Mapping[Role, frozenset[int]]

    @property
    def terminal(self) -> Terminal:
        return Terminal(str(self.id), self.name)

    def role_of(self, employee: int) -> Role | None:
        """The highest of the lists that hold the employee; None for who is in none."""
        return max(
            (role for role, ids in self.lists.items() if employee in ids), key=lambda role: role.rank, default=None
        )

    @property
    def employees(self) -> frozenset[int]:
        return frozenset().union(*self.lists.values())


def register_of(record: Record) -> Register:
    lists = {role: _ids(record.get(field)) for role, field in LISTS.items()}
    company = record.get("company_id")
    return Register(
        record["id"], str(record.get("name") or record["id"]), company[0] if isinstance(company, list) else None, lists
    )


def _ids(value: Any) -> frozenset[int]:
    return frozenset(each for each in value if type(each) is int) if isinstance(value, list) else frozenset()


def user_of(
    record: Record, register: Register, registers: Iterable[Register], *, last: int | None = None
) -> TerminalUser | None:
    """The employee at a register; None for who is in none of its lists. `last` is who alone keeps it from opening."""
    if not is_record(record):
        return None
    role = register.role_of(record["id"])
    if role is None:
        return None
    name, number = str(record.get("name") or ""), number_of(record)
    status = Status.FROZEN if record.get("active") is False else Status.ACTIVE
    at = at_registers(record["id"], registers)
    return TerminalUser(
        id=str(record["id"]),
        terminal_id=register.terminal.id,
        number=number,
        name=name or number,
        role=role,
        status=status,
        version=_digest([record["id"], name, number, status, role, sorted(at)]),
        terminals=at,
        protected=record["id"] == last,
    )


def last_of(records: Iterable[Record], register: Register) -> int | None:
    """Who of these, all that decide at the register, is the last active one; None where there are more, or none."""
    deciding = [each["id"] for each in records if each["id"] in register.lists[DECIDING] and each.get("active") is True]
    return deciding[0] if len(deciding) == 1 else None


def number_of(record: Record) -> str:
    """The badge; of who has none the record's id, marked as no badge can be."""
    return str(record.get("barcode") or f"#{record['id']}")


def at_registers(employee: int, registers: Iterable[Register]) -> frozenset[str]:
    return frozenset(register.terminal.id for register in registers if register.role_of(employee))


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def moved(employee: int, register: Register, role: Role) -> Record:
    """The write that has an employee in one list of a register and in no other."""
    left = [field for other, field in LISTS.items() if other is not role and employee in register.lists[other]]
    return {field: [[_OUT, employee]] for field in left} | {LISTS[role]: [[_IN, employee]]}


def put_in(employee: int, role: Role) -> Record:
    return {LISTS[role]: [[_IN, employee]]}


def taken_out(employee: int) -> Record:
    return {field: [[_OUT, employee]] for field in LISTS.values()}


def made(order: Order, register: Register) -> Record:
    """The write to a register that makes an employee and puts them in its list: both or neither."""
    if order.role is None:
        raise BackendRefused(Refusal.OTHER, "malformed order")
    new: dict[str, Any] = {"name": order.name, "barcode": order.number, "pin": order.secret}
    return {LISTS[order.role]: [[_MAKE, 0, new | ({"company_id": register.company} if register.company else {})]]}


def check_number(number: str | None) -> None:
    """Raises `BackendRefused(NUMBER_INVALID)`."""
    if not number or not number.isascii() or not number.isalnum() or len(number) > NUMBER_LONGEST:
        raise BackendRefused(Refusal.NUMBER_INVALID)


def check_pin(pin: str | None, shortest: int, longest: int) -> None:
    """An employee without a PIN signs in with a touch, so an empty one never goes out. Raises `BackendRefused`."""
    if pin is None or len(pin) < shortest:
        raise BackendRefused(Refusal.SECRET_SHORT)
    if len(pin) > longest:
        raise BackendRefused(Refusal.SECRET_LONG)
    if not pin.isascii() or not pin.isdigit():
        raise BackendRefused(Refusal.SECRET_NOT_DIGITS)


def others(ids: Collection[int], employee: int) -> list[int]:
    return sorted(each for each in ids if each != employee)


def holds(user: TerminalUser, order: Order) -> bool:
    """Whether the user is as the order wants. Raises `BackendRefused(OTHER)` for an order without its field."""
    match order:
        case Order(kind=ChangeKind.RENAME, name=str(name)):
            return user.name == name
        case Order(kind=ChangeKind.ROLE, role=Role() as role):
            return user.role is role
        case Order(kind=ChangeKind.FREEZE | ChangeKind.UNFREEZE, status=Status() as status):
            return user.status is status
        case Order(kind=ChangeKind.ASSIGN, terminals=frozenset() as terminals):
            return user.terminals == terminals
        case _:
            raise BackendRefused(Refusal.OTHER, "malformed order")


def is_half(user: TerminalUser, order: Order) -> bool:
    """Whether an earlier call left an assignment half done: in wherever the user is to be, and not out yet."""
    return order.terminals is not None and user.terminals is not None and order.terminals < user.terminals


def employee_of(user_id: str) -> int:
    """Raises `BackendRefused(USER_GONE)` for what is no record's id."""
    if not (user_id.isascii() and user_id.isdigit() and len(user_id) < 10):
        raise BackendRefused(Refusal.USER_GONE)
    return int(user_id)
