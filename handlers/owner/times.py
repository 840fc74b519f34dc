"""Choosing a time, by a button or typed, on the shop's clock."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from aiogram.types import Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Select
from aiogram_dialog.widgets.kbd.select import OnItemClick
from aiogram_dialog.widgets.text import Format

from changes.errors import WhenPast, WhenRefused, WhenUnreadable
from changes.when import Quick
from handlers.context import Context
from handlers.secret_messages import looks_secret
from handlers.shown import when_text
from handlers.widgets import FACTS, refuse_digits, refuse_in_window

#: Under this name a getter gives the quick choices of its window.
CHOICES = "choices"


def shown(context: Context, choices: Mapping[Quick, datetime]) -> dict[str, Any]:
    """What a window that asks for a time needs: its buttons, and what the shop's clock shows."""
    zone = context.shop.zone
    return {
        FACTS: {"now": when_text(context.texts, context.now, zone)},
        CHOICES: [(quick.value, _label(context, quick, at)) for quick, at in choices.items()],
    }


def quick_choices(widget_id: str, on_click: OnItemClick[Any, str]) -> Select[str]:
    """The buttons of `shown`."""
    return Select(Format("{item[1]}"), id=widget_id, item_id_getter=itemgetter(0), items=CHOICES, on_click=on_click)


def _label(context: Context, quick: Quick, at: datetime) -> str:
    there = at.astimezone(ZoneInfo(context.shop.zone))
    return context.texts.plain(f"quick-{quick.value}", date=f"{there:%Y-%m-%d}", time=f"{there:%H:%M}")


def chosen(choices: Mapping[Quick, datetime], item: str) -> datetime:
    """The moment of a pressed choice. Raises `WhenPast` where it is offered no more."""
    for quick, at in choices.items():
        if quick.value == item:
            return at
    raise WhenPast


async def take_typed(
    manager: DialogManager,
    message: Message,
    read: Callable[[str], datetime],
    choose: Callable[[datetime], Awaitable[None]],
) -> None:
    """`choose` what was typed; where that is refused, the window says why. What looks like a code does not stay."""
    try:
        await choose(read(message.text or ""))
    except WhenRefused as refusal:
        if isinstance(refusal, WhenUnreadable) and looks_secret(message):
            await refuse_digits(manager, message)
        else:
            refuse_in_window(manager, refusal)
