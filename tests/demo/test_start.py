"""`python -m demo` as a person starts it, with the real bot, in a checkout of its own."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from demo.server import Telegram
from tests.ports import free_port

CHECKOUT = Path(__file__).parents[2]
ROOMS = ("bot", "changes", "demo", "handlers", "locales", "pos", "storage")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The same rooms in another place, so that the demo of the person who tests is not touched."""
    for room in ROOMS:
        (tmp_path / room).symlink_to(CHECKOUT / room)
    return tmp_path


@pytest.fixture
def port() -> int:
    return free_port()


async def start(checkout: Path, port: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "demo",
        cwd=checkout,
        env={**os.environ, "PORT": port},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def get(port: int, path: str) -> Any:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}{path}") as response:
        return await response.json()


async def test_a_taken_port_is_one_clear_line(telegram: Telegram, checkout: Path) -> None:
    process = await start(checkout, str(telegram.port))
    out, err = await process.communicate()
    assert (process.returncode, out) == (1, b"")
    assert err.decode() == f"demo: port {telegram.port} is taken; choose another: make demo PORT={telegram.port + 1}\n"


async def test_a_port_that_is_none_is_one_clear_line(checkout: Path) -> None:
    process = await start(checkout, "eighty")
    _, err = await process.communicate()
    assert (process.returncode, err) == (1, b"demo: PORT must be a number from 1 to 65535, not 'eighty'\n")


async def test_it_starts_with_an_invitation_and_keeps_it_over_a_second_start(checkout: Path, port: int) -> None:
    codes = []
    for end in (signal.SIGINT, signal.SIGTERM):
        process = await start(checkout, str(port))
        assert process.stdout is not None
        line = await process.stdout.readline()
        assert line.decode() == f"The demo is ready: http://127.0.0.1:{port} (Ctrl-C ends it)\n"
        owner = (await get(port, "/api/people"))[0]
        codes.append((await get(port, f"/api/invitation?as={owner['id']}"))["code"])
        process.send_signal(end)
        assert await process.communicate() == (b"", b"")
        assert process.returncode == 0
    assert codes[0] == codes[1]
    folder = checkout / "data" / "demo"
    assert (folder / "keys.json").stat().st_mode & 0o777 == 0o600
    assert (folder / "tillkeeper.db").exists()
