"""The table of methods: each entry names the parameters its handler understands."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from demo.botapi.params import Params
from demo.state import State

Handler = Callable[[State, Params], Awaitable[Any]]

#: Parameters of every send that change nothing which could be seen here.
SILENT = frozenset({"disable_notification", "allow_paid_broadcast"})


@dataclass(frozen=True, slots=True)
class Method:
    """A method under its proper name, as it stands in the Bot API's documentation."""

    name: str
    handler: Handler
    parameters: frozenset[str]


class Methods:
    """The methods of one subject; the router merges all tables. Names are found without regard to case."""

    def __init__(self) -> None:
        self.table: dict[str, Method] = {}

    def __call__(self, name: str, *parameters: str) -> Callable[[Handler], Handler]:
        def enter(handler: Handler) -> Handler:
            self.table[name.lower()] = Method(name, handler, frozenset(parameters) | SILENT)
            return handler

        return enter
