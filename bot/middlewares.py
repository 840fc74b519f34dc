"""What every update passes before a handler sees it: who is it, may they be answered at all, and did it fail."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.dispatcher.event.bases import CancelHandler, SkipHandler
from aiogram.enums import ChatType
from aiogram.exceptions import AiogramError
from aiogram.types import Chat, Message, TelegramObject, Update, User
from aiogram_dialog.api.exceptions import OutdatedIntent, UnknownIntent, UnknownState
from aiogram_dialog.utils import REPLY_CALLBACK_SYMBOLS

from changes.authority import Actor, ChatKind
from changes.errors import Refused
from changes.names import plain
from handlers.context import UseCases, Who
from handlers.errors import tell
from locales import Locales

log = structlog.get_logger()

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

#: Exceptions that `handlers.errors` puts into words, and aiogram's own signals.
_EXPECTED = (Refused, OutdatedIntent, UnknownIntent, UnknownState, CancelHandler, SkipHandler)

#: Seconds that one update may take; a chat's next update waits for it.
_LONGEST = 60.0


class Failures(BaseMiddleware):
    """An unexpected exception is logged with an id, and the person is shown that id: never a trace, never silence."""

    def __init__(self, locales: Locales) -> None:
        self._locales = locales

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        try:
            async with asyncio.timeout(_LONGEST):
                return await handler(event, data)
        except _EXPECTED:
            raise
        except Exception:
            error_id = secrets.token_hex(4)
            if not isinstance(event, Update):
                raise
            log.exception("update failed", error_id=error_id, update_id=event.update_id)
            await self._tell(event, data, error_id)
            return None

    async def _tell(self, update: Update, data: dict[str, Any], error_id: str) -> None:
        who: Who | None = data.get("who")
        user: User | None = data.get("event_from_user")
        texts = who.texts if who else self._locales.choose(None, user.language_code if user else None)
        try:
            await tell(update, texts.plain("unexpected", id=error_id))
        except AiogramError as away:
            log.warning("could not tell of a failure", error_id=error_id, error=str(away))


class Gate(BaseMiddleware):
    """Finds out who it is, anew for each update, by the numeric id alone.

    A stranger gets one neutral sentence; outside private chats nobody gets an answer.
    """

    def __init__(self, use: UseCases, locales: Locales) -> None:
        self._use, self._locales = use, locales

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        if not isinstance(event, Update) or user is None or chat is None or user.is_bot:
            return None
        if chat.type != ChatType.PRIVATE or chat.id != user.id:
            return None
        name = plain(user.full_name)
        identity = await self._use.identify(user.id, name, user.language_code)
        texts = self._locales.choose(identity.person.locale if identity.person else None, user.language_code)
        actor = Actor(user.id, name, chat.id, ChatKind.PRIVATE)
        data["who"] = Who(actor, texts, user.language_code, identity.shops, identity.enrolled)
        if not identity.shops and not _is_claim(event.message):
            await tell(event, texts.plain("stranger"))
            return None
        return await handler(_without_reply_buttons(event), data)


def _is_claim(message: Message | None) -> bool:
    command, *code = (message.text or "").split() if message is not None else ("",)
    return command == "/start" and bool(code)


def _without_reply_buttons(update: Update) -> Update:
    """aiogram-dialog takes invisible characters at the end of a text for a pressed reply button; there are none here.

    Left in, they would carry a code or a PIN past the window that deletes it.
    """
    message = update.message
    if message is None or message.text is None:
        return update
    text = message.text.rstrip(REPLY_CALLBACK_SYMBOLS)
    if text == message.text:
        return update
    return update.model_copy(update={"message": message.model_copy(update={"text": text})})
