"""What Telegram shows of the bot: commands, name and descriptions in every language, set only where they differ."""

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BotCommandScopeAllPrivateChats

from bot.profile import COMMANDS, keep_profile
from demo.server import serve
from locales import Locales

LANGUAGES = [("", "en"), ("en", "en"), ("zh", "zh-Hans")]


@pytest.mark.parametrize(("language", "locale"), LANGUAGES)
async def test_commands_name_and_descriptions_are_in_the_readers_language(language: str, locale: str) -> None:
    locales = Locales()
    texts = locales.of(locale)
    async with serve() as telegram:
        session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
        async with Bot(telegram.token, session=session).context() as bot:
            await keep_profile(bot, locales, "en")
            shown = await bot.get_my_commands(BotCommandScopeAllPrivateChats(), language)
            assert {each.command: each.description for each in shown} == {
                name: texts.plain(f"command-{name}") for name in COMMANDS
            }
            assert (await bot.get_my_name(language)).name == texts.plain("bot-name")
            assert (await bot.get_my_description(language)).description == texts.plain("bot-description")
            short = await bot.get_my_short_description(language)
            assert short.short_description == texts.plain("bot-short-description")


async def test_a_profile_that_fits_is_left_alone() -> None:
    """Telegram allows few of these changes a day."""
    locales = Locales()
    async with serve() as telegram:
        session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
        async with Bot(telegram.token, session=session).context() as bot:
            await keep_profile(bot, locales, "en")
            before = len(telegram.calls)
            await keep_profile(bot, locales, "en")
            assert not [call.method for call in telegram.calls[before:] if call.method.startswith("set")]
