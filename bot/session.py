"""The way to Telegram: aiogram's, but the models that answers are read with are built once."""

from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType


class KeepingSession(AiohttpSession):
    """aiogram reads each answer with `Response[what the method returns]`.

    pydantic builds such a model in some milliseconds and remembers it only as long as somebody holds it.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._held: dict[type[TelegramMethod[Any]], type[Response[Any]]] = {}

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        kind = type(method)
        if kind not in self._held:
            self._held[kind] = Response[kind.__returning__]  # type: ignore[name-defined]  # a value, as in aiogram
        return super().check_response(bot, method, status_code, content)
