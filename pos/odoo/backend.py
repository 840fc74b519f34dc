"""The adapter between Odoo and the protocol that every point-of-sale system answers.

The registers whose employees sign in are the terminals. Odoo knows no version of a record, so each order looks before
it writes; orders of this process go one after another, others may come between the look and the write.
"""

import asyncio
import hmac

from changes.backend import (
    AnswerLost,
    BackendRefused,
    Capabilities,
    ChangeKind,
    Evidence,
    NotReached,
    NumberRules,
    Order,
    Refusal,
    Scope,
    SecretRules,
    Support,
)
from changes.till import Role, Status, Terminal, TerminalUser, UserPage, UserQuery
from pos.listing import page_of
from pos.odoo.employees import (
    DECIDING,
    EMPLOYEE_FIELDS,
    NUMBER_LONGEST,
    REGISTER_FIELDS,
    Register,
    at_registers,
    check_number,
    check_pin,
    employee_of,
    holds,
    is_half,
    last_of,
    made,
    moved,
    others,
    put_in,
    register_of,
    taken_out,
    user_of,
)
from pos.odoo.json2 import Condition, Json2, Record, refused

_NATIVE = (
    ChangeKind.RENAME,
    ChangeKind.PIN,
    ChangeKind.ROLE,
    ChangeKind.FREEZE,
    ChangeKind.UNFREEZE,
    ChangeKind.ASSIGN,
    ChangeKind.ADD,
)

CAPABILITIES = Capabilities(
    operations=dict.fromkeys(_NATIVE, Support.NATIVE),
    secret=SecretRules(shortest=4, longest=12, made=6),
    name_longest=64,
    roles=tuple(Role),
    # A repeat finds the employee as it wants them and asks for nothing; a number is taken once in all of Odoo.
    idempotent=True,
    versioned=False,
    confirms_secret=True,
    evidence=Evidence.SPECIFICATION,
    scope=Scope.SHOP,
    number=NumberRules(longest=NUMBER_LONGEST),
)

EMPLOYEES, REGISTERS = "hr.employee", "pos.config"

#: More registers than that are no shop's.
_MOST_REGISTERS = 1_000


class OdooBackend:
    """Every call to Odoo ends within about `timeout` seconds; an order is a handful of calls."""

    def __init__(self, base: str, key: str, database: str, *, timeout: float = 10) -> None:
        self._odoo = Json2(base, key, database, timeout)
        self._one_at_a_time = asyncio.Lock()

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def terminals(self) -> tuple[Terminal, ...]:
        return tuple(register.terminal for register in await self._registers())

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        register, registers = await self._register(terminal_id)
        records = await self._odoo.read(EMPLOYEES, sorted(register.employees), EMPLOYEE_FIELDS)
        last = last_of(records, register)
        users = (user_of(record, register, registers, last=last) for record in records)
        return page_of((user for user in users if user is not None), query)

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        return (await self._found(terminal_id, user_id))[0]

    async def apply(self, order: Order, key: str) -> None:  # noqa: ARG002 of the protocol
        """`key` goes nowhere: Odoo has none, and what is asked for is a state that can be asked for twice."""
        if not CAPABILITIES.offers(order.kind):
            raise BackendRefused(Refusal.UNSUPPORTED, order.kind.value)
        async with self._one_at_a_time:
            await (self._add(order) if order.kind is ChangeKind.ADD else self._change(order))

    async def confirm(self, order: Order) -> bool:
        if not CAPABILITIES.offers(order.kind):
            raise BackendRefused(Refusal.UNSUPPORTED, order.kind.value)
        if order.kind is ChangeKind.ADD:
            register, registers = await self._register(order.terminal_id)
            return await self._is_added(order, register, registers)
        if order.kind is ChangeKind.ASSIGN:
            employee = employee_of(order.user_id)
            await self._record(employee)
            return at_registers(employee, await self._registers()) == order.terminals
        user, _, _ = await self._found(order.terminal_id, order.user_id)
        if order.kind is ChangeKind.PIN:
            return await self._has_pin(int(user.id), order.secret)
        return holds(user, order)

    async def close(self) -> None:
        await self._odoo.close()

    async def administers(self) -> bool:
        """Whether the account could give itself any right in Odoo. Raises `BackendError`."""
        context = await self._odoo.ask("res.users", "context_get")
        uid = context.get("uid") if isinstance(context, dict) else None
        if type(uid) is not int:
            raise NotReached("no Odoo answer")
        return await self._odoo.ask("res.users", "has_group", ids=[uid], group_ext_id="base.group_system") is True

    async def missing(self) -> list[str]:
        """What keeps the bot from working there, a sentence each; asked when a shop is added. Raises `BackendError`."""
        registers = await self._registers()
        lacks = [
            f"every employee may sign in at {register.name!r}: put one in its list with basic rights"
            for register in registers
            if await self._is_open(register)
        ]
        if not registers:
            lacks.append("no point of sale of this account has 'Log in with Employees'")
        await self._odoo.search(EMPLOYEES, [], EMPLOYEE_FIELDS, most=1)
        lacks += [
            f"the account may not write {what}"
            for model, what in ((EMPLOYEES, "employees"), (REGISTERS, "points of sale"))
            if await self._odoo.ask(model, "has_access", operation="write") is False
        ]
        return lacks

    # Looking ---------------------------------------------------------------------------------------------------------

    async def _registers(self) -> list[Register]:
        conditions: list[Condition] = [("module_pos_hr", "=", True), ("active", "=", True)]
        records = await self._odoo.search(REGISTERS, conditions, REGISTER_FIELDS, most=_MOST_REGISTERS)
        return [register_of(record) for record in records]

    async def _register(self, terminal_id: str) -> tuple[Register, list[Register]]:
        """The register, and all of them. Raises `BackendRefused(TERMINAL_GONE)`."""
        registers = await self._registers()
        for register in registers:
            if register.terminal.id == terminal_id:
                return register, registers
        raise BackendRefused(Refusal.TERMINAL_GONE)

    async def _found(self, terminal_id: str, user_id: str) -> tuple[TerminalUser, Register, list[Register]]:
        register, registers = await self._register(terminal_id)
        employee = employee_of(user_id)
        record = await self._record(employee)
        last = None
        if employee in register.lists[DECIDING]:
            last = last_of(
                await self._odoo.read(EMPLOYEES, sorted(register.lists[DECIDING]), ("id", "active")), register
            )
        user = user_of(record, register, registers, last=last)
        if user is None:
            raise BackendRefused(Refusal.USER_GONE, "not at this register")
        return user, register, registers

    async def _record(self, employee: int, fields: tuple[str, ...] = EMPLOYEE_FIELDS) -> Record:
        records = await self._odoo.read(EMPLOYEES, [employee], fields)
        if not records or records[0]["id"] != employee:
            raise BackendRefused(Refusal.USER_GONE)
        return records[0]

    async def _has_pin(self, employee: int, pin: str | None) -> bool:
        """Whether the PIN is this one: the only place where Odoo is asked for one, and it goes no further."""
        held = (await self._record(employee, ("id", "pin"))).get("pin")
        return hmac.compare_digest(str(held or "").encode(), (pin or "").encode()) and bool(held)

    async def _is_open(self, register: Register, *, without: int = 0) -> bool:
        """Whether every employee may sign in at a register, were this one not in the list that decides."""
        left = others(register.lists[DECIDING], without)
        if not left:
            return True
        return not await self._odoo.search(EMPLOYEES, [("id", "in", left), ("active", "=", True)], ("id",), most=1)

    # Changing --------------------------------------------------------------------------------------------------------

    async def _change(self, order: Order) -> None:
        if order.kind is ChangeKind.ASSIGN and await self.confirm(order):
            return
        user, register, registers = await self._found(order.terminal_id, order.user_id)
        if order.kind is not ChangeKind.PIN and holds(user, order):
            return
        if user.version != order.expected_version and not is_half(user, order):
            raise BackendRefused(Refusal.STALE_VERSION)
        match order:
            case Order(kind=ChangeKind.RENAME, name=str(name)):
                await self._write(EMPLOYEES, [int(user.id)], {"name": name}, Refusal.NAME_INVALID)
            case Order(kind=ChangeKind.PIN):
                check_pin(order.secret, CAPABILITIES.secret.shortest, CAPABILITIES.secret.longest)
                await self._write(EMPLOYEES, [int(user.id)], {"pin": order.secret}, Refusal.SECRET_WEAK)
            case Order(kind=ChangeKind.FREEZE):
                await self._keep_closed(user, [each for each in registers if int(user.id) in each.lists[DECIDING]])
                await self._write(EMPLOYEES, [int(user.id)], {"active": False}, Refusal.OTHER)
            case Order(kind=ChangeKind.UNFREEZE):
                await self._write(EMPLOYEES, [int(user.id)], {"active": True}, Refusal.OTHER)
            case Order(kind=ChangeKind.ROLE, role=Role() as role):
                await self._keep_closed(user, [register])
                await self._write(REGISTERS, [register.id], moved(int(user.id), register, role), Refusal.OTHER)
            case Order(kind=ChangeKind.ASSIGN, terminals=frozenset() as terminals):
                await self._assign(user, registers, terminals)
            case _:
                raise BackendRefused(Refusal.OTHER, "malformed order")

    async def _assign(self, user: TerminalUser, registers: list[Register], terminals: frozenset[str]) -> None:
        """First in everywhere, then out everywhere: what ends between the two ends with more, not with nobody."""
        if not terminals:
            raise BackendRefused(Refusal.UNSUPPORTED, "at no register")
        if not terminals <= {register.terminal.id for register in registers}:
            raise BackendRefused(Refusal.TERMINAL_GONE)
        held = user.terminals or frozenset()
        new = [register for register in registers if register.terminal.id in terminals - held]
        old = [register for register in registers if register.terminal.id in held - terminals]
        await self._keep_closed(user, [*new, *old])
        if new:
            await self._write(REGISTERS, [each.id for each in new], put_in(int(user.id), user.role), Refusal.OTHER)
        if old:
            await self._write(REGISTERS, [each.id for each in old], taken_out(int(user.id)), Refusal.OTHER)

    async def _add(self, order: Order) -> None:
        register, registers = await self._register(order.terminal_id)
        check_number(order.number)
        check_pin(order.secret, CAPABILITIES.secret.shortest, CAPABILITIES.secret.longest)
        if await self._with_number(order.number):
            if await self._is_added(order, register, registers):
                return
            raise BackendRefused(Refusal.DUPLICATE_NUMBER)
        if not order.name:
            raise BackendRefused(Refusal.NAME_INVALID)
        if await self._is_open(register):
            raise BackendRefused(Refusal.PROTECTED, "every employee may sign in at this register")
        try:
            await self._write(REGISTERS, [register.id], made(order, register), Refusal.OTHER)
        except BackendRefused:
            if await self._with_number(order.number):
                raise BackendRefused(Refusal.DUPLICATE_NUMBER) from None
            raise

    async def _is_added(self, order: Order, register: Register, registers: list[Register]) -> bool:
        records = await self._with_number(order.number)
        user = user_of(records[0], register, registers) if records else None
        if user is None:
            return False
        as_asked = (user.name, user.role, user.status) == (order.name, order.role, Status.ACTIVE)
        return as_asked and await self._has_pin(int(user.id), order.secret)

    async def _with_number(self, number: str | None) -> list[Record]:
        return await self._odoo.search(EMPLOYEES, [("barcode", "=", number)], EMPLOYEE_FIELDS, most=1)

    async def _keep_closed(self, user: TerminalUser, registers: list[Register]) -> None:
        """A register whose deciding list gets empty opens to every employee; and one that is open would close to all
        others with the first one in. Neither is what was asked for. Raises `BackendRefused(PROTECTED)`.
        """
        for register in registers:
            if await self._is_open(register, without=int(user.id)):
                raise BackendRefused(Refusal.PROTECTED, "this decides who else may sign in")

    async def _write(self, model: str, ids: list[int], values: Record, otherwise: Refusal) -> None:
        answer = await self._odoo.write(model, ids, values)
        if answer.status != 200:
            raise refused(answer, otherwise)
        if answer.body is not True:
            raise AnswerLost("no Odoo answer")
