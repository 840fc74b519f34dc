"""A way to PostgreSQL that is cut: at the n-th packet, every connection ends and for a while none is let in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.crash.clock import SPEED
from tests.databases import POSTGRES

#: For how long, in seconds of the clock.
_AWAY = 15.0


@dataclass(frozen=True)
class Cut:
    """At the packet of this number to the server, counted from 1; 0 never."""

    at: int = 0
    #: Whether the server still gets it; its answer is lost all the same.
    arrives: bool = False


@dataclass
class Proxy:
    cut: Cut
    port: int = 0
    #: That were sent to the server.
    packets: int = 0
    _ways: set[asyncio.StreamWriter] = field(default_factory=set)
    _away: bool = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._away:
            writer.transport.abort()
            return
        back, onward = await asyncio.open_connection(POSTGRES.host, POSTGRES.port or 5432)
        self._ways |= {writer, onward}
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry(reader, onward, counted=True))
                group.create_task(self._carry(back, writer))
        finally:
            for way in (writer, onward):
                self._ways.discard(way)
                way.transport.abort()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool = False
    ) -> None:
        with suppress(ConnectionError):
            while packet := await reader.read(65536):
                self.packets += counted
                cut = counted and self.packets == self.cut.at
                if not cut or self.cut.arrives:
                    writer.write(packet)
                    await writer.drain()
                if cut:
                    self._leave()
        # Either end ends both.
        writer.close()

    def _leave(self) -> None:
        self._away = True
        for way in self._ways:
            # What was written to it is sent before it is closed.
            way.close()
        asyncio.get_running_loop().call_later(_AWAY / SPEED, self._come_back)

    def _come_back(self) -> None:
        self._away = False


@asynccontextmanager
async def proxy(cut: Cut) -> AsyncIterator[Proxy]:
    made = Proxy(cut)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
