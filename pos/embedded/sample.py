"""A shop to try things in: three terminals and the people who work at them.

The cashier with number `SAMPLE_NUMBER` of every terminal is the one whose first PIN the caller may choose. The bar
has a single supervisor and no manager: whoever freezes them leaves the terminal without help.
"""

import secrets
from dataclasses import dataclass, field

from changes.till import Role
from pos.embedded import rules
from pos.embedded.till import NewTerminal, NewUser, Till

SAMPLE_NUMBER = "01"

_PIN_LENGTH = 6

# Cashiers count from 01, supervisors from 51, managers from 91.
_PLAN = {
    "Front 1 前台一": (
        ("01", "陈晓雨", Role.CASHIER),
        ("02", "Alice Wang", Role.CASHIER),
        ("03", "李强", Role.CASHIER),
        ("04", "Tom Baker", Role.CASHIER),
        ("51", "周敏", Role.SUPERVISOR),
        ("91", "Grace Liu", Role.MANAGER),
    ),
    "Front 2 前台二": (
        ("01", "Maria Lopez", Role.CASHIER),
        ("02", "王芳", Role.CASHIER),
        ("03", "Zoë Müller", Role.CASHIER),
        ("51", "Daniel Kim", Role.SUPERVISOR),
        ("91", "赵建国", Role.MANAGER),
    ),
    "Bar 吧台": (
        ("01", "孙悦", Role.CASHIER),
        ("02", "Ben O'Neill", Role.CASHIER),
        ("03", "Nina Rossi", Role.CASHIER),
        ("51", "吴昊", Role.SUPERVISOR),
    ),
}


@dataclass(frozen=True, slots=True)
class SampleUser:
    """A user that was made, with the PIN that is kept nowhere else."""

    terminal_id: str
    number: str
    name: str
    role: Role
    pin: str = field(repr=False)


async def seed(till: Till, pin: str | None = None) -> tuple[SampleUser, ...]:
    """Fills a till that has no terminal; answers whom it made, none where the till has terminals.

    PINs are random, but for `pin`, which is the sample cashiers'. Raises `Refused` where `pin` has a wrong form.
    """
    if pin is not None:
        rules.check_pin(pin)
    plan = [
        NewTerminal(name, tuple(NewUser(number, who, role, _first_pin(number, pin)) for number, who, role in users))
        for name, users in _PLAN.items()
    ]
    terminals = await till.furnish(plan)
    return tuple(
        SampleUser(terminal.id, user.number, user.name, user.role, user.pin)
        for terminal, new in zip(terminals, plan, strict=bool(terminals))
        for user in new.users
    )


def _first_pin(number: str, pin: str | None) -> str:
    if pin is not None and number == SAMPLE_NUMBER:
        return pin
    return "".join(str(secrets.randbelow(10)) for _ in range(_PIN_LENGTH))
