"""A running Telegram per test, and two who talk to it: plain HTTP, and aiogram's own Bot."""

import io
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from PIL import Image

from demo.model import Part, Person
from demo.server import Telegram, serve
from tests.clock import HandClock

Say = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def telegram(clock: HandClock) -> AsyncIterator[Telegram]:
    async with serve(clock=clock) as running:
        yield running


@pytest.fixture
def owner(telegram: Telegram) -> Person:
    """A person who has started the bot; the bot has fetched nothing yet."""
    person = telegram.world.add_person("Boss Lin", Part.OWNER)
    telegram.world.send_text(person, "/start")
    return person


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def call(telegram: Telegram, http: aiohttp.ClientSession) -> Say:
    """Call a method over HTTP with JSON: `await call("getMe")` gives the status and the body."""

    async def over_http(method: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
        async with http.post(f"{telegram.url}/bot{telegram.token}/{method}", json=parameters) as response:
            return response.status, await response.json()

    return over_http


@pytest.fixture
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
    async with Bot(telegram.token, session=session) as running:
        yield running


@pytest.fixture
def picture() -> bytes:
    """A PNG of 200 x 100 pixels."""
    out = io.BytesIO()
    Image.new("RGB", (200, 100), "teal").save(out, "PNG")
    return out.getvalue()
