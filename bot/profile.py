"""What Telegram itself shows of the bot: commands and descriptions, in every language."""

import asyncio
import secrets

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats

from bot.faults import for_log
from locales import LANGUAGES, Locales, Texts

log = structlog.get_logger()

COMMANDS = ("menu", "change", "waiting", "audit", "till", "backup", "language", "help", "cancel")

_FIRST_PAUSE = 2.0
_LONGEST_PAUSE = 300.0


async def keep_profile(bot: Bot, locales: Locales, default: str) -> None:
    """Bring the profile up to date once; where Telegram is away, try again until it is done."""
    pause = _FIRST_PAUSE
    while True:
        try:
            await _set_profile(bot, locales.of(default), "")
            for locale in LANGUAGES:
                # Telegram's tags have two letters here.
                await _set_profile(bot, locales.of(locale), locale.partition("-")[0])
        except AiogramError as away:
            log.warning("the bot's profile could not be set yet", error=for_log(away))
        except Exception:
            # Of what a proxy answers aiogram stumbles over some.
            log.exception("setting the bot's profile failed", error_id=secrets.token_hex(4))
        else:
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _set_profile(bot: Bot, texts: Texts, language: str) -> None:
    """Only what differs: Telegram allows few of these changes a day."""
    commands = {name: texts.plain(f"command-{name}") for name in COMMANDS}
    scope = BotCommandScopeAllPrivateChats()
    shown = {each.command: each.description for each in await bot.get_my_commands(scope, language)}
    if shown != commands:
        wanted = [BotCommand(command=name, description=text) for name, text in commands.items()]
        await bot.set_my_commands(wanted, scope, language)
    name = texts.plain("bot-name")
    if (await bot.get_my_name(language)).name != name:
        await bot.set_my_name(name, language)
    description = texts.plain("bot-description")
    if (await bot.get_my_description(language)).description != description:
        await bot.set_my_description(description, language)
    short = texts.plain("bot-short-description")
    if (await bot.get_my_short_description(language)).short_description != short:
        await bot.set_my_short_description(short, language)
