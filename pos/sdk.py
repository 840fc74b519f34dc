"""The way of a maker's own Python library to its server: `httpx`, with the bounds that `pos.http` has.

Only what is imported once the library is there may import this.
"""

import asyncio
import json
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from changes.backend import AnswerLost, BackendRefused, NotReached, Refusal
from pos.http import LARGEST, NoRights, seconds_of

_NOT_NOW = frozenset({429, 503})
_DONE_SEE_ELSEWHERE = 303

#: No system's id of a person has anything else; what has would name something else in an address.
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


class Bounded(httpx.AsyncBaseTransport):
    """One call at a time to one server, within `timeout` seconds for all of it and `LARGEST` bytes of answer.

    What comes through is a JSON object, or a refusal that the adapter has words for. Redirects are not followed,
    certificates are checked, and proxies of the environment are not used.
    """

    def __init__(self, timeout: float) -> None:
        self._inner = httpx.AsyncHTTPTransport(verify=ssl.create_default_context(), trust_env=False)
        self._timeout = timeout

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises `NotReached`, `AnswerLost` (also of a question: see `asking`) or `NoRights`."""
        # Compressed, an answer of any size would fit into the bound.
        request.headers["Accept-Encoding"] = "identity"
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._inner.handle_async_request(request)
                try:
                    return await self._whole(request, response)
                finally:
                    await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout) as away:
            raise NotReached(type(away).__name__) from None
        except (httpx.HTTPError, TimeoutError, OSError) as lost:
            raise AnswerLost(type(lost).__name__) from None

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _whole(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        status = response.status_code
        if status in (401, 403):
            raise NoRights(status)
        if status in _NOT_NOW or (300 <= status < 400 and status != _DONE_SEE_ELSEWHERE):
            raise NotReached(str(status), after=seconds_of(response.headers.get("Retry-After")))
        if status >= 500 or status == _DONE_SEE_ELSEWHERE:
            raise AnswerLost(str(status))
        body = await _read(response)
        if status >= 400:
            # It said no, whatever it says of the reason.
            body = body if _is_object(body) else b"{}"
        elif not _is_object(body) and (body or request.method != "DELETE"):
            raise AnswerLost("not a JSON object")
        return httpx.Response(status, headers={"Content-Type": "application/json"}, content=body, request=request)


async def _read(response: httpx.Response) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise AnswerLost("compressed, though it was asked not to be")
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > LARGEST:
            raise AnswerLost("an answer without an end")
    return bytes(body)


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    # Brackets in brackets without an end are a RecursionError.
    except (ValueError, RecursionError):
        return False


@contextmanager
def asking() -> Iterator[None]:
    """Around a question: it changes nothing, so one whose answer is lost is as good as never asked."""
    try:
        yield
    except AnswerLost as lost:
        raise NotReached(*lost.args) from lost


def checked_id(user_id: str) -> str:
    """An id as one step of a path. Raises `BackendRefused(USER_GONE)`."""
    if not _ID.fullmatch(user_id):
        raise BackendRefused(Refusal.USER_GONE)
    return user_id
