"""One bot to a SQLite file: a second process on the same database refuses to start."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another bot process holds this database."""


@contextmanager
def only_process(database_file: Path) -> Iterator[None]:
    """Hold `<file>.lock` while inside; the system frees it however the process ends. Raises `AlreadyRunning`."""
    lock = database_file.with_name(database_file.name + ".lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise AlreadyRunning(str(database_file)) from taken
        yield
