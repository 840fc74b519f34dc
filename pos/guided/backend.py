"""The adapter for terminals that nobody reaches: what a person did there is noted in the shop's register.

`apply` is asked only after a person said that it is done and was checked; it tells the terminal nothing.
"""

from changes.backend import (
    BackendRefused,
    Capabilities,
    ChangeKind,
    Emulation,
    Evidence,
    NumberRules,
    Order,
    Refusal,
    SecretRules,
    Support,
)
from changes.till import Role, Terminal, TerminalUser, UserPage, UserQuery
from pos.guided.brand import GUIDED, Brand, is_number
from pos.guided.register import Listed, Register
from pos.listing import page_of

#: As the embedded till has it.
NAME_LONGEST = 40

#: Joins emoji into one, and is no printable character by itself.
_JOINER = "\u200d"

#: What a terminal of this type does not have.
_NONE = (ChangeKind.ROLE, ChangeKind.PERMISSIONS, ChangeKind.ASSIGN)


def capabilities_of(brand: Brand) -> Capabilities:
    return Capabilities(
        operations={
            ChangeKind.RENAME: Support.EMULATED,
            **dict.fromkeys(GUIDED, Support.GUIDED),
            **dict.fromkeys(_NONE, Support.NONE),
        },
        # Who will use it types it at the terminal.
        secret=SecretRules(shortest=brand.digits, longest=brand.digits, made=0),
        name_longest=NAME_LONGEST,
        roles=(Role.CASHIER,),
        idempotent=True,
        versioned=True,
        confirms_secret=False,
        evidence=Evidence.UNCONFIRMED,
        number=NumberRules(shortest=2, longest=2, digits=True, reserved=brand.reserved),
        emulations={ChangeKind.RENAME: Emulation.NAME_LISTED, ChangeKind.FREEZE: Emulation.REMOVED},
        guides=brand.guides,
        brand=brand.name,
    )


class GuidedBackend:
    def __init__(self, brand: Brand, register: Register) -> None:
        self._brand, self._register = brand, register
        self._capabilities = capabilities_of(brand)

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    async def terminals(self) -> tuple[Terminal, ...]:
        return await self._register.terminals()

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        return page_of(await self._register.users(terminal_id), query)

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        return await self._register.user(terminal_id, user_id)

    async def apply(self, order: Order, key: str) -> None:
        self._check(order)
        place = (order.terminal_id, order.user_id, order.expected_version, key)
        match order.kind:
            case ChangeKind.ADD:
                listed = Listed(order.number or "", order.name or "", order.role or Role.CASHIER)
                await self._register.add(order.terminal_id, listed, key)
            case ChangeKind.REMOVE:
                await self._register.remove(*place)
            case _:
                await self._register.change(*place, name=order.name, status=order.status)

    async def confirm(self, order: Order) -> bool | None:
        """What the register holds; of a password, which it never has, None."""
        if order.kind is ChangeKind.ADD:
            users = await self._register.users(order.terminal_id)
            return any((user.number, user.name) == (order.number, order.name) for user in users)
        if order.kind is ChangeKind.REMOVE:
            users = await self._register.users(order.terminal_id)
            return all(user.id != order.user_id for user in users)
        user = await self._register.user(order.terminal_id, order.user_id)
        if order.kind is ChangeKind.PIN:
            return None
        return order.name in (None, user.name) and order.status in (None, user.status)

    async def close(self) -> None:
        """Nothing stays open."""

    def _check(self, order: Order) -> None:
        """Raises `BackendRefused`."""
        if not self.capabilities.offers(order.kind):
            raise BackendRefused(Refusal.UNSUPPORTED, order.kind.value)
        if order.secret is not None:
            raise BackendRefused(Refusal.OTHER, "no password is told to this backend")
        if order.kind in (ChangeKind.ADD, ChangeKind.RENAME):
            check_name(order.name or "")
        if order.kind is ChangeKind.ADD:
            self.check_number(order.number or "")

    def check_number(self, number: str) -> None:
        """Two digits, none that the terminal keeps for itself. Raises `BackendRefused`."""
        if not is_number(number):
            raise BackendRefused(Refusal.NUMBER_INVALID)
        if number in self._brand.reserved:
            raise BackendRefused(Refusal.PROTECTED)


def check_name(name: str) -> None:
    """Raises `BackendRefused(NAME_INVALID)`."""
    if not name.strip() or len(name) > NAME_LONGEST or not all(char.isprintable() or char == _JOINER for char in name):
        raise BackendRefused(Refusal.NAME_INVALID)
