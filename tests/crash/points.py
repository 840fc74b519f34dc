"""Every await and every commit of a process; at one of them the process is struck.

Nothing is listed: each task of the loop is stepped through `_Stepped`, which sees where it waits (`suspended`) and
where it goes on (`resumed`); SQLAlchemy tells of each commit before it is sent. A place is named by its line.
"""

import asyncio
import os
import resource
import signal
from collections.abc import Coroutine, Generator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any

import greenlet  # type: ignore[import-untyped]
from sqlalchemy import event
from sqlalchemy.engine import Engine

_ROOT = Path(__file__).parents[2]
_ROOMS = ("bot", "handlers", "changes", "pos", "storage")


class Blow(StrEnum):
    KILL = "kill"
    #: Stopped as by SIGSTOP; whoever runs it lets it go on.
    STOP = "stop"
    #: The disk takes nothing more for `_FULL` seconds.
    FULL = "full"


_FULL = 20.0


@dataclass(frozen=True)
class Strike:
    """The blow, and where it falls: when the process comes to this place for the `time`-th time."""

    place: str
    time: int = 1
    how: Blow = Blow.KILL


@dataclass
class Points:
    """Each point's place is written to `places`; with a strike only the place of that one is."""

    places: Path
    strike: Strike | None = None
    _met: int = 0

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on."""
        self._file = os.open(self.places, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        loop.set_task_factory(self._task)
        event.listen(Engine, "commit", lambda _connection: self.reached("commit", _place_of_commit()))

    def _task(self, loop: asyncio.AbstractEventLoop, work: Any, **more: Any) -> "asyncio.Task[Any]":
        return asyncio.Task(_Stepped(work, self), loop=loop, **more)

    def reached(self, what: str, where: str) -> None:
        place = f"{what} {where}"
        if self.strike is None:
            self._note(place)
        elif self.strike.place == place:
            self._met += 1
            if self._met == self.strike.time:
                self._note(place)
                self._strike(self.strike.how)

    def _note(self, place: str) -> None:
        # Unbuffered: a process that is killed has written it.
        os.write(self._file, f"{place}\n".encode())

    def _strike(self, how: Blow) -> None:
        match how:
            case Blow.KILL:
                os.kill(os.getpid(), signal.SIGKILL)
            case Blow.STOP:
                os.kill(os.getpid(), signal.SIGSTOP)
            case Blow.FULL:
                # The limit is on files of any kind: what is logged goes where there is none.
                nowhere = os.open(os.devnull, os.O_WRONLY)
                for output in (1, 2):
                    os.dup2(nowhere, output)
                _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
                resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))
                free = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))  # noqa: E731
                asyncio.get_running_loop().call_later(_FULL, free)


class _Stepped(Coroutine[Any, Any, Any]):
    """A coroutine whose every step is seen."""

    def __init__(self, inner: Coroutine[Any, Any, Any], points: Points) -> None:
        self._inner, self._points = inner, points

    def send(self, value: Any) -> Any:
        self._points.reached("resumed", _place(self._inner))
        waits_for = self._inner.send(value)
        self._points.reached("suspended", _place(self._inner))
        return waits_for

    def throw(self, error: Any, value: Any = None, traceback: TracebackType | None = None) -> Any:
        self._points.reached("resumed", _place(self._inner))
        waits_for = self._inner.throw(error)
        self._points.reached("suspended", _place(self._inner))
        return waits_for

    def close(self) -> None:
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._inner.__await__()


def _place(coroutine: Any) -> str:
    """The innermost line of ours that the coroutine stands at; a task of a library has its coroutine's name."""
    found = None
    outermost = coroutine
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None)
        if frame is not None and _file(frame.f_code) is not None:
            found = frame
        coroutine = getattr(coroutine, "cr_await", None)
    return str(getattr(outermost, "__qualname__", "")) if found is None else _line(found.f_code, found.f_lineno)


def _place_of_commit() -> str:
    """SQLAlchemy commits in a greenlet; its parent is the coroutine that waits for it."""
    parent = greenlet.getcurrent().parent
    frame: FrameType | None = None if parent is None else parent.gr_frame
    while frame is not None and _file(frame.f_code) is None:
        frame = frame.f_back
    return "" if frame is None else _line(frame.f_code, frame.f_lineno)


@cache
def _line(code: CodeType, line: int) -> str:
    return f"{_file(code)}:{line} {code.co_qualname}"


@cache
def _file(code: CodeType) -> str | None:
    """Relative to the project; None where the code is not the product's."""
    path = Path(code.co_filename)
    if not path.is_relative_to(_ROOT):
        return None
    path = path.relative_to(_ROOT)
    return str(path) if path.parts[0] in _ROOMS else None
