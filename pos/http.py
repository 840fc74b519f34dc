"""JSON over HTTP to a point-of-sale system: one kept-alive session, bounded in time and size, and failing in the words
of the protocol.

A question changes nothing, so whatever goes wrong with it is `NotReached`. An order whose answer does not come whole
may have been applied: `AnswerLost`, unless the connection was never made.
"""

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

import aiohttp

from changes.backend import AnswerLost, BackendError, BackendRefused, NotReached, Refusal
from pos.options import BadOption

#: Bytes of the longest answer that is read: a page of a thousand users is about one.
LARGEST = 10_000_000

_PIECE = 65_536

#: Before anything was applied, the server says: not now.
_NOT_NOW = frozenset({429, 503})
_DONE_SEE_ELSEWHERE = 303
_NO_RIGHTS = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is None where the server sent none."""

    status: int
    headers: Mapping[str, str]
    body: Any


def base_of(url: str, *, plain: bool = False) -> str:
    """The address without a slash at its end. Raises `BadOption` for one that is not of a server.

    Without TLS only this machine is asked: who listens in between would have the till's key. `plain` lifts that.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise BadOption(f"the address must be like https://till.example.com/scim/v2, not {url!r}")
    if parts.username or parts.password:
        raise BadOption("the address must hold no password: it is asked for")
    if parts.scheme == "http" and not plain and not _is_here(parts):
        raise BadOption("the address must begin with https:// (with plain=yes anyone on the way can read the key)")
    return url.strip().rstrip("/")


def _is_here(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class NoRights(BackendRefused):
    """The server does not take the account (401), or not for this (403)."""

    def __init__(self, status: int) -> None:
        super().__init__(Refusal.ACCOUNT, str(status))
        self.status = status


class Http:
    """Of one till. The session is opened by the first call and closed with `close`."""

    def __init__(self, base: str, headers: Mapping[str, str], timeout: float) -> None:
        """`timeout` is for a whole call, in seconds, however slowly the answer drips in."""
        self._base, self._headers = base, dict(headers)
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """A GET. Raises `NotReached`, or `NoRights`."""
        return await self._call("GET", path, late=NotReached, params=params)

    async def query(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
        """A POST that changes nothing, as remote procedures are asked. Raises as `ask`."""
        return await self._call("POST", path, late=NotReached, data=_json(body), headers=headers)

    async def order(
        self, method: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """A call that changes something. Raises `NotReached`, `AnswerLost` or `NoRights`."""
        return await self._call(method, path, late=AnswerLost, data=_json(body), headers=headers)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(self, method: str, path: str, *, late: type[BackendError], **what: Any) -> Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(headers=self._headers, timeout=self._timeout)
        try:
            # Another server than the one that the key is for must not get it.
            async with self._session.request(method, self._base + path, allow_redirects=False, **what) as response:
                return await _read(response, late)
        except aiohttp.ClientConnectorError as away:
            raise NotReached(type(away).__name__) from away
        except (aiohttp.ClientError, TimeoutError, OSError) as lost:
            raise late(type(lost).__name__) from lost


def seconds_of(retry_after: str | None) -> float:
    """RFC 9110, 10.2.3. A date is as good as nothing said: nobody knows what the server's clock shows."""
    written = (retry_after or "").strip()
    return float(written[:9]) if written.isascii() and written.isdigit() else 0.0


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


async def _read(response: aiohttp.ClientResponse, late: type[BackendError]) -> Answer:
    status = response.status
    if status in _NO_RIGHTS:
        raise NoRights(status)
    if status in _NOT_NOW:
        raise NotReached(str(status), after=seconds_of(response.headers.get("Retry-After")))
    if 300 <= status < 400 and status != _DONE_SEE_ELSEWHERE:
        raise NotReached(f"{status}: sent elsewhere")
    if status >= 500 or status == _DONE_SEE_ELSEWHERE:
        raise late(str(status))
    text = bytearray()
    async for piece in response.content.iter_chunked(_PIECE):
        text += piece
        if len(text) > LARGEST:
            raise late("an answer without an end")
    if not text:
        return Answer(status, response.headers, None)
    try:
        return Answer(status, response.headers, json.loads(text))
    # Brackets in brackets without an end are a RecursionError.
    except (ValueError, RecursionError) as odd:
        if status >= 400:
            # It said no; only the reason cannot be read.
            return Answer(status, response.headers, None)
        raise late("not JSON") from odd
