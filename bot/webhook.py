"""Taking updates from Telegram as it delivers them, so that none is lost.

Telegram delivers an update again until it is answered with 200, and that it is only once it was handled. Behind a
proxy that ends TLS. Several processes may stand behind one balancer: Telegram sends the messages of a chat one after
the other, and the presses of a person too, the next when the one before was answered. A message and a press of one
person may be handled at the same time by two processes; what counts of them is decided by rows.
"""

import asyncio
import hmac
import json
import secrets
from http import HTTPStatus
from typing import NoReturn
from urllib.parse import urlsplit

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramUnauthorizedError
from aiohttp import web

from bot.faults import for_log
from bot.polling import TokenRefused
from bot.settings import Settings
from bot.updates import ALLOWED_UPDATES, Updates

log = structlog.get_logger()

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 the name of a header

#: Updates that Telegram delivers at once, of different chats.
_CONNECTIONS = 40
#: Bytes; an update holds one message of at most 4096 characters, and the one it replies to.
_LARGEST = 1 << 20
_FINISH_LIMIT = 60.0

#: Seconds between looks at whether Telegram still delivers here.
_BETWEEN_LOOKS = 300.0
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0


class CannotListen(Exception):
    """Nothing can be served at that address, or something else is."""


class Webhook:
    """The server for Telegram's deliveries."""

    def __init__(self, updates: Updates, settings: Settings) -> None:
        self._updates = updates
        self._listen = settings.listen
        self._path = urlsplit(settings.webhook_url).path or "/"
        self._secret = settings.webhook_secret.get_secret_value().encode()

    async def run(self) -> None:
        """Until cancelled; then what is under way ends, and more is refused. Raises `CannotListen`."""
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_post(self._path, self._take)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_FINISH_LIMIT)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, *self._listen).start()
            except OSError as taken:
                raise CannotListen(f"WEBHOOK_LISTEN: {taken.strerror or taken}") from taken
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "").encode(errors="replace")
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=HTTPStatus.FORBIDDEN)
        try:
            update = json.loads(await request.read())
            known = isinstance(update, dict) and isinstance(update["update_id"], int)
        except (ValueError, KeyError, RecursionError):
            known = False
        if not known:
            # What it is, is in no log: it may hold a code.
            log.error("what was delivered is no update")
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        task = self._updates.take(update)
        # It goes on where Telegram hangs up: the same comes again and waits for it.
        await asyncio.wait((task,))
        return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE if task.cancelled() else HTTPStatus.OK)


async def keep_webhook(bot: Bot, settings: Settings) -> NoReturn:
    """Have Telegram deliver to us, and look now and then whether it still does. Raises `TokenRefused`."""
    pause = _FIRST_PAUSE
    known = False
    while True:
        try:
            if not known or (await bot.get_webhook_info()).url != settings.webhook_url:
                if known:
                    log.error("somebody took the webhook away: if it was not you, revoke the token at @BotFather")
                known = await _set(bot, settings)
            wait, pause = _BETWEEN_LOOKS, _FIRST_PAUSE
        except TelegramUnauthorizedError as refused:
            raise TokenRefused from refused
        except AiogramError as away:
            log.warning("the webhook could not be looked after", error=for_log(away))
            wait, pause = pause, min(pause * 2, _LONGEST_PAUSE)
        except Exception:
            # Of what a proxy answers aiogram stumbles over some.
            log.exception("looking after the webhook failed", error_id=secrets.token_hex(4))
            wait, pause = pause, min(pause * 2, _LONGEST_PAUSE)
        await asyncio.sleep(wait)


async def _set(bot: Bot, settings: Settings) -> bool:
    return await bot.set_webhook(
        settings.webhook_url,
        secret_token=settings.webhook_secret.get_secret_value(),
        max_connections=_CONNECTIONS,
        allowed_updates=ALLOWED_UPDATES,
    )
