"""What a press in the menu does."""

from dataclasses import replace

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from changes.errors import NotAllowed
from handlers.context import Context
from handlers.states import AuditSG, ChangeSG, MenuSG
from handlers.widgets import answer_press, show_menu
from locales import LANGUAGES, Locales


async def choose_shop(_event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str) -> None:
    shops = {str(shop.id): shop for shop in Context(manager).who.shops}
    if chosen not in shops:
        raise NotAllowed
    await manager.start(MenuSG.home, data={"shop_id": shops[chosen].id})


async def start_change(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await manager.start(ChangeSG.terminal, data={"shop_id": Context(manager).shop.id})


async def start_audit(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await manager.start(AuditSG.entries, data={"shop_id": Context(manager).shop.id})


async def choose_language(event: CallbackQuery, _select: Select[str], manager: DialogManager, locale: str) -> None:
    if locale not in LANGUAGES:
        raise NotAllowed
    context = Context(manager)
    await context.use.choose_language(context.who.actor, locale)
    locales: Locales = manager.middleware_data["locales"]
    who = context.who
    texts = locales.of(locale)
    manager.middleware_data["who"] = replace(who, texts=texts)
    await answer_press(event, texts.plain("language-chosen"))
    await show_menu(manager)
