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
from aiogram.types import Chat, TelegramObject, Update, User
from aiogram_dialog.api.exceptions import OutdatedIntent, UnknownIntent, UnknownState
from aiogram_dialog.utils import REPLY_CALLBACK_SYMBOLS

from bot.faults import for_log
from bot.pacing import Precedence
from bot.strangers import Strangers, is_claim
from bot.turns import PRECEDENCE
from changes.authority import Actor, ChatKind
from changes.errors import ClaimRefused, Refused
from changes.names import plain
from handlers.context import UseCases, Who
from handlers.errors import tell
from locales import Locales, Texts
from storage.engine import may_pass

log = structlog.get_logger()

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

#: Exceptions that `handlers.errors` puts into words, and aiogram's own signals.
_EXPECTED = (Refused, OutdatedIntent, UnknownIntent, UnknownState, CancelHandler, SkipHandler)

#: Seconds that one update may take; a chat's next update waits for it.
_LONGEST = 60.0

#: Seconds before the second and the third try of an update for which the database failed.
_PAUSES = (0.5, 2.0)

#: Seconds for the one answer to a stranger.
_STRANGER_LONGEST = 5.0

#: As many characters of a language's tag are kept; the first few tell the language.
_LANGUAGE_LONGEST = 16


class Failures(BaseMiddleware):
    """An unexpected exception is logged with an id, and the person is shown that id: never a trace, never silence."""

    def __init__(self, locales: Locales) -> None:
        self._locales = locales

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        try:
            async with asyncio.timeout(_LONGEST):
                return await _patiently(handler, event, data)
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
            log.warning("could not tell of a failure", error_id=error_id, error=for_log(away))


async def _patiently(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
    """Again where the database failed in a way that may pass. Handlers bear that, as they bear a repeated update."""
    for pause in _PAUSES:
        try:
            return await handler(event, data)
        except Exception as failure:
            if not may_pass(failure):
                raise
            log.warning("the database failed, trying again", pause=pause, error=type(failure).__name__)
        await asyncio.sleep(pause)
    return await handler(event, data)


class Gate(BaseMiddleware):
    """Finds out who it is, anew for each update, by the numeric id alone.

    A stranger gets one neutral sentence; outside private chats nobody gets an answer.
    """

    def __init__(self, use: UseCases, locales: Locales, strangers: Strangers) -> None:
        self._use, self._locales, self._strangers = use, locales, strangers

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        if not isinstance(event, Update) or user is None or chat is None or user.is_bot:
            return None
        if chat.type != ChatType.PRIVATE or chat.id != user.id:
            return None
        name = plain(user.full_name)
        language = (user.language_code or "")[:_LANGUAGE_LONGEST] or None
        identity = await self._use.identify(user.id, name, language)
        texts = self._locales.choose(identity.person.locale if identity.person else None, language)
        actor = Actor(user.id, name, chat.id, ChatKind.PRIVATE)
        data["who"] = Who(actor, texts, language, identity.shops, identity.enrolled)
        if identity.shops:
            return await handler(_without_reply_buttons(event), data)
        if is_claim(event.message):
            return await self._claim(handler, event, data, user.id)
        self._strangers.met(user.id, claim=False)
        await _tell_stranger(event, texts)
        return None

    async def _claim(self, handler: Handler, event: Update, data: dict[str, Any], person_id: int) -> Any:
        try:
            handled = await handler(_without_reply_buttons(event), data)
        except ClaimRefused:
            self._strangers.met(person_id, claim=True)
            raise
        except Exception:
            # The invitation may have been spent before the failure.
            self._strangers.joined(person_id)
            raise
        self._strangers.joined(person_id)
        return handled


async def _tell_stranger(update: Update, texts: Texts) -> None:
    """Once, after all others, and not for long. It is the last that is done of the update."""
    PRECEDENCE.set(Precedence.STRANGER)
    try:
        async with asyncio.timeout(_STRANGER_LONGEST):
            await tell(update, texts.plain("stranger"))
    except (AiogramError, TimeoutError) as away:
        log.info("a stranger was not answered", error=for_log(away))


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
