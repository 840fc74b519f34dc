"""News of what happened, for whoever listens: the page's event stream and tests that wait."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened. `chat_id` is set where only the people of a chat may hear of it."""

    type: str
    chat_id: int | None = None
    body: dict[str, Any] = field(default_factory=dict)


class Hub:
    """Hands every piece of news to every listener, in order."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[News]] = set()

    def tell(self, news: News) -> None:
        for listener in self._listeners:
            listener.put_nowait(news)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[News]]:
        """Everything told from now on, until the context is left."""
        queue: asyncio.Queue[News] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    async def wait_for(self, found: Callable[[], T | None], timeout: float) -> T:  # noqa: ASYNC109 the caller's word
        """The first truthy value of `found`, asked now and after each piece of news.

        Raises TimeoutError after `timeout` seconds.
        """
        with self.listen() as news:
            async with asyncio.timeout(timeout):
                while not (value := found()):
                    await news.get()
        return value
