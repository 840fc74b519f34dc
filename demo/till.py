"""The till's sign-in screen: what stands in the embedded till's file, and what a visitor does at it."""

import asyncio
import secrets
from pathlib import Path

from changes.till import Terminal, TerminalUser, UserQuery
from demo.hub import News
from demo.model import Json
from demo.state import State
from pos.embedded.errors import TillError
from pos.embedded.sample import SAMPLE_NUMBER, seed
from pos.embedded.till import Denied, Fault, FaultKind, FaultMethod, Till

PIN_LENGTH = 6
#: Of the faults a till knows, those a visitor may choose. A till that is down is down for reading, too.
OFFERED = {
    FaultKind.SLOW: FaultMethod.APPLY,
    FaultKind.DOWN: FaultMethod.ANY,
    FaultKind.REFUSED: FaultMethod.APPLY,
    FaultKind.LOST: FaultMethod.APPLY,
}
TIMES_MOST = 1000
#: Seconds between two looks at what others changed in the file.
LOOK_EVERY = 1.0
SECONDS_MOST = 600.0


class DemoTill:
    """Opens the same file as the bot's backend. Every method may raise `pos.embedded.errors.TillError`."""

    def __init__(self, state: State, path: Path) -> None:
        self._state = state
        self._till = Till(path)

    async def open(self) -> None:
        """Open the till; a new one is furnished, with one first PIN that the visitor is told."""
        await self._till.open()
        pin = "".join(str(secrets.randbelow(10)) for _ in range(PIN_LENGTH))
        if await seed(self._till, pin):
            self._state.note("till_pin", pin)
        self._watching = asyncio.create_task(self._watch())

    async def close(self) -> None:
        self._watching.cancel()
        await asyncio.wait([self._watching])
        await self._till.close()

    async def _watch(self) -> None:
        """Tell what others change, too: the bot ends a session when it freezes who is signed in."""
        seen = await self.view()
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                now = await self.view()
            except TillError:
                # Busy or away for now: the next look will tell.
                continue
            if now != seen:
                seen = now
                self._tell()

    async def view(self) -> Json:
        terminals = await self._till.terminals()
        return {
            "terminals": [await self._terminal_view(terminal) for terminal in terminals],
            "sample": [sample for terminal in terminals for sample in await self._samples(terminal)],
            "fault": await self._fault_view(),
        }

    async def sign_in(self, terminal_id: str, number: str, pin: str) -> TerminalUser | Denied:
        signed_in = await self._till.sign_in(terminal_id, number, pin)
        self._tell()
        return signed_in

    async def sign_out(self, terminal_id: str) -> None:
        await self._till.sign_out(terminal_id)
        self._tell()

    async def set_fault(self, kind: FaultKind | None, times: int = 1, seconds: float = 0) -> None:
        """In place of any fault before; None is a till that works. Raises ValueError out of bounds."""
        if kind is not None and (kind not in OFFERED or times > TIMES_MOST or seconds > SECONDS_MOST):
            raise ValueError("no such fault here")
        fault = None if kind is None else Fault(kind, times, seconds, OFFERED[kind])
        await self._till.clear_faults()
        if fault is not None:
            await self._till.set_fault(fault.kind, fault.times, fault.seconds, fault.method)
        self._tell()

    async def _terminal_view(self, terminal: Terminal) -> Json:
        user = await self._till.signed_in(terminal.id)
        return {"id": terminal.id, "name": terminal.name, "signed_in": user_view(user) if user else None}

    async def _samples(self, terminal: Terminal) -> list[Json]:
        """The cashier whose first PIN is known, under the name they have now."""
        pin = self._state.noted("till_pin")
        if pin is None:
            return []
        page = await self._till.users(terminal.id, UserQuery(search=SAMPLE_NUMBER, limit=100))
        return [
            {"terminal_id": terminal.id, "number": user.number, "name": user.name, "pin": pin}
            for user in page.users
            if user.number == SAMPLE_NUMBER
        ]

    async def _fault_view(self) -> Json | None:
        pending = await self._till.faults()
        return {"kind": pending[0].kind.value, "times": pending[0].times} if pending else None

    def _tell(self) -> None:
        self._state.hub.tell(News("till"))


def user_view(user: TerminalUser) -> Json:
    return {"number": user.number, "name": user.name, "role": user.role.value}
