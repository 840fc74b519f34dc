"""A till's HTTP server that answers as it is told: what servers, proxies and networks do wrong."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

from aiohttp import web

#: What becomes of a request.
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Trap:
    """`answers` are used up in their order; the last one stays."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        #: Of every request: method, path with query, and whether it had the key.
        self.asked: list[tuple[str, str, bool]] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path_qs, "Authorization" in request.headers))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await answer(request)

    @property
    def methods(self) -> list[str]:
        return [method for method, _, _ in self.asked]


class Taking(Protocol):
    """What can be served; its `url` is set once it is."""

    url: str

    async def take(self, request: web.Request) -> web.StreamResponse: ...


T = TypeVar("T", bound=Taking)


@asynccontextmanager
async def serving(trap: T, certificate: ssl.SSLContext | None = None) -> AsyncIterator[T]:
    """On a free port of this machine; with a certificate over TLS."""
    app = web.Application()
    app.add_routes([web.route("*", "/{path:.*}", trap.take)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificate).start()
    scheme = "http" if certificate is None else "https"
    trap.url = f"{scheme}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield trap
    finally:
        await runner.cleanup()


def says(status: int, body: object = None, text: str | None = None, **headers: str) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        if text is not None:
            return web.Response(status=status, text=text, headers=headers)
        return web.json_response(body, status=status, headers=headers)

    return answer


async def closes(request: web.Request) -> web.StreamResponse:
    """The connection, without a word."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()


async def closes_in_the_middle(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"id": ')
    return await closes(request)


async def drips(request: web.Request) -> web.StreamResponse:
    """A space now and then, for ever."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.05)


async def never_ends(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" " * 1_000_000)


async def says_nothing(_request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(60)
    return web.Response()
