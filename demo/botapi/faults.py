"""Faults that a test orders: the next calls of a method go wrong in the ways a network and a server go wrong."""

import asyncio
from dataclasses import dataclass, field
from enum import Enum, auto

#: Any method but getUpdates, whose calls come when they will; name it to have it fail.
ANY = "*"


class Harm(Enum):
    """What happens to the call. Only ANSWER_LOST, DELAY and HOLD carry it out."""

    #: 500 Internal Server Error.
    SERVER_ERROR = auto()
    #: 200 with a body that is no JSON.
    GARBAGE = auto()
    #: The connection closes before anything is done.
    CLOSED = auto()
    #: The call is carried out, then the connection closes with no answer.
    ANSWER_LOST = auto()
    #: Carried out after `seconds`.
    DELAY = auto()
    #: Carried out once the fault's `release()` is called.
    HOLD = auto()
    #: 429 with `retry_after` of `seconds`.
    FLOOD = auto()


@dataclass(slots=True, eq=False)
class Fault:
    """One harm for the next `times` calls of a method. `met` is set when the first of them arrives."""

    method: str
    harm: Harm
    times: int = 1
    seconds: float = 0
    met: asyncio.Event = field(default_factory=asyncio.Event)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let the calls go on that HOLD keeps."""
        self._released.set()

    async def wait(self) -> None:
        """As long as DELAY or HOLD ask for."""
        if self.harm is Harm.HOLD:
            await self._released.wait()
        elif self.harm is Harm.DELAY:
            await asyncio.sleep(self.seconds)

    def hits(self, method: str) -> bool:
        wanted = self.method.lower()
        return wanted == method or (wanted == ANY and method != "getupdates")


class Faults:
    """The faults still to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, method: str, harm: Harm, times: int = 1, seconds: float = 0) -> Fault:
        fault = Fault(method, harm, times, seconds)
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Forget what is to come, and let go what is held."""
        for fault in self._faults:
            fault.release()
        self._faults.clear()

    def take(self, method: str) -> Fault | None:
        """The fault for this call, spent by it. `method` in lower case."""
        fault = next((fault for fault in self._faults if fault.times > 0 and fault.hits(method)), None)
        if fault is not None:
            fault.times -= 1
            fault.met.set()
        return fault
