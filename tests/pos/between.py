"""A server in front of a till's, that passes on all but what it is told to spoil."""

import functools
import gzip
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from ipaddress import ip_address
from pathlib import Path

import aiohttp
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.pos.trap import Answer, closes

_PIECE = b" " * 1_000_000
_HOP = frozenset({"connection", "content-encoding", "content-length", "host", "keep-alive", "transfer-encoding"})

#: Whether a request asks the till to change something: of its method, its path with query, and its body.
IsOrder = Callable[[str, str, bytes], bool]


class Spoiled(Enum):
    NOTHING = auto()
    QUESTIONS = auto()
    ORDERS = auto()
    ALL = auto()


class Between:
    """Served with `tests.pos.trap.serving`; its `url` stands for the address of the till's server."""

    def __init__(self, upstream: str, is_order: IsOrder) -> None:
        self._upstream, self._is_order = upstream.rstrip("/"), is_order
        self._fault: Answer | None = None
        self._spoiled = Spoiled.NOTHING
        self._pass_on_first = False
        self.url = ""
        self.orders = 0
        self.asked = 0

    def spoil(self, what: Spoiled, fault: Answer | None = None, *, written: bool = False) -> None:
        """`written`: the till gets the request all the same, only its answer is spoiled."""
        self._spoiled, self._fault, self._pass_on_first = what, fault, written
        self.orders = self.asked = 0

    async def take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        is_order = self._is_order(request.method, request.path_qs, body)
        self.asked += 1
        self.orders += is_order
        of_these = Spoiled.ORDERS if is_order else Spoiled.QUESTIONS
        if self._fault is None or self._spoiled not in (of_these, Spoiled.ALL):
            return await self._pass_on(request, body)
        if self._pass_on_first:
            await self._pass_on(request, body)
        return await self._fault(request)

    async def _pass_on(self, request: web.Request, body: bytes) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.request(
                request.method, self._upstream + request.raw_path, data=body, headers=headers, allow_redirects=False
            ) as answer,
        ):
            kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in _HOP]
            made = web.Response(status=answer.status, body=await answer.read())
            made.headers.clear()
            made.headers.extend(kept)
            return made


class Flood:
    """An answer of 50 MB; `taken` is how much of it left here."""

    SIZE = 50_000_000

    def __init__(self) -> None:
        self.taken = 0

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.content_length = self.SIZE
        await response.prepare(request)
        while self.taken < self.SIZE:
            await response.write(_PIECE)
            self.taken += len(_PIECE)
        return response


@functools.cache
def _squeezed() -> bytes:
    return gzip.compress(b" " * Flood.SIZE, 1)


async def squeezed_flood(_request: web.Request) -> web.StreamResponse:
    """50 MB that are a few hundred kB on the way."""
    return web.Response(body=_squeezed(), headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})


async def not_even_text(_request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"\xff\xfe\x00{", headers={"Content-Type": "application/json"})


async def not_squeezed(_request: web.Request) -> web.StreamResponse:
    """It says that it is compressed, and is not."""
    return web.Response(body=b'{"id": 1}', headers={"Content-Encoding": "gzip"})


async def resets(request: web.Request) -> web.StreamResponse:
    """The connection, as by a firewall."""
    if request.transport is not None:
        request.transport.abort()
    return await closes(request)


def own_certificate(folder: Path) -> ssl.SSLContext:
    """Of a server for this machine that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
