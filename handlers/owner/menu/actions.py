"""What a press in the menu does."""

from dataclasses import replace

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Select

from changes.errors import NotAllowed, NotOffered
from changes.settings import LATE_LIMITS
from handlers.context import Context
from handlers.owner.menu.getters import limit_id
from handlers.shown import late_limit_text
from handlers.states import AuditSG, BackupSG, ChangeSG, MenuSG, WaitingSG
from handlers.widgets import answer_press, show_menu
from locales import LANGUAGES, Locales


async def choose_shop(_event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str) -> None:
    shops = {str(shop.id): shop for shop in Context(manager).who.shops}
    if chosen not in shops:
        raise NotAllowed
    await manager.start(MenuSG.home, data={"shop_id": shops[chosen].id})


async def start_change(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await manager.start(ChangeSG.terminal, data={"shop_id": Context(manager).shop.id})


async def start_waiting(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await manager.start(WaitingSG.list, data={"shop_id": Context(manager).shop.id})


async def start_audit(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await manager.start(AuditSG.entries, data={"shop_id": Context(manager).shop.id})


async def start_backup(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await manager.start(BackupSG.what, data={"shop_id": Context(manager).shop.id})


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


async def choose_late_limit(event: CallbackQuery, _select: Select[str], manager: DialogManager, chosen: str) -> None:
    limits = {limit_id(minutes): minutes for minutes in LATE_LIMITS}
    if chosen not in limits:
        raise NotOffered
    context = Context(manager)
    who, shop, minutes = context.who, context.shop, limits[chosen]
    if minutes != shop.late_limit:
        await context.use.choose_late_limit(who.actor, shop.id, minutes)
    shops = tuple(replace(each, late_limit=minutes) if each.id == shop.id else each for each in who.shops)
    manager.middleware_data["who"] = replace(who, shops=shops)
    await answer_press(event, context.texts.plain("late-chosen", limit=late_limit_text(context.texts, minutes)))
