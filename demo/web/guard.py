"""Keeps strangers out of the page's interface, and turns what went wrong into its answers."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from demo.botapi.errors import Refused
from demo.botapi.server import refusal
from demo.pictures import NoPicture
from demo.world import CannotDo

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

#: A name that a foreign page has pointed at this machine (DNS rebinding) is none of these.
OWN_NAMES = frozenset({"localhost", "127.0.0.1"})
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Wrong(Exception):
    """An answer of the page's interface that says no."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """For every path but the bot's, which its token guards."""
    if request.path.startswith(("/bot", "/file/bot")):
        return await _as_telegram(request, handler)
    try:
        _check_origin(request)
        response = await handler(request)
    except Wrong as wrong:
        response = web.json_response({"error": wrong.error}, status=wrong.status)
    except (CannotDo, NoPicture, Refused) as error:
        response = web.json_response({"error": str(error)}, status=409)
    except web.HTTPClientError as error:
        response = web.json_response({"error": error.reason.lower()}, status=error.status)
    if not response.prepared:
        response.headers.update(HEADERS)
    return response


async def _as_telegram(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A path with no method, or a body over the limit, is refused in the Bot API's form, too."""
    try:
        return await handler(request)
    except web.HTTPClientError as error:
        return refusal(Refused(error.status, error.reason))


def _check_origin(request: web.Request) -> None:
    """The Host must be this machine's own name; a request from a page must come from a page of this server."""
    host = urlsplit(f"//{request.host}")
    if host.hostname not in OWN_NAMES:
        raise Wrong(403, "this page is served to this machine only")
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Wrong(403, "requests from other pages are not answered")
