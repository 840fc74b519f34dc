"""Redis stops and comes back without what it held: people are told, and begin again at the menu."""

import asyncio
import socket
import subprocess
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest

from handlers.states import ChangeSG
from storage import redis_conversations
from tests.handlers.bench import bench_in
from tests.handlers.ways import someone_in

pytestmark = pytest.mark.redis


class Server:
    """A Redis of one's own, which may be stopped."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port = int(taken.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def _spawn(self) -> subprocess.Popen[bytes]:
        how = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        return subprocess.Popen(["redis-server", *how], stdout=subprocess.DEVNULL)

    async def start(self) -> None:
        self._process = self._spawn()
        async with asyncio.timeout(10):
            while not await self._listens():  # noqa: ASYNC110 no news tells of that
                await asyncio.sleep(0.01)

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    made.stop()


async def test_who_presses_while_redis_is_away_is_told_and_goes_on_after(
    tmp_path: Path, server: Server, logs: list[MutableMapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_conversations, "_TRIES_MORE", 1)
    await server.start()
    async with bench_in(tmp_path, redis_url=server.url) as bench:
        person = await someone_in(bench, ChangeSG.what)
        server.stop()
        person.fresh()
        await person.press("change-kind-freeze")
        await person.send("/menu")
        failed = [line["error_id"] for line in logs if line["log_level"] == "error"]
        assert person.told() == [person.texts.plain("unexpected", id=each) for each in failed]
        assert len(failed) == 2
        await server.start()
        await person.press("change-kind-freeze")
        assert bench.changes() == [], "what was begun is forgotten, and nothing is proposed of it"
        await person.send("/menu")
        assert "MenuSG" in (person.state() or "")
