"""Parts that windows are made of: texts from `locales/`, and the buttons every window ends with."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from aiogram import F
from aiogram.exceptions import TelegramBadRequest
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode
from aiogram_dialog.widgets.common import ManagedScroll, WhenCondition
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Keyboard, NextPage, PrevPage, Row, SwitchTo
from aiogram_dialog.widgets.kbd.pager import CurrentPage
from aiogram_dialog.widgets.text import Format, Text

from changes.errors import Refused
from handlers.context import Context
from handlers.secret_messages import looks_secret, remove_now
from handlers.shown import refusal_html
from handlers.states import MenuSG

#: Under this name a getter gives the variables of its window's texts.
FACTS = "facts"
#: Under this name a conversation remembers what its window has to say once.
_REFUSAL = "refusal"

#: More pages than any list has.
_MOST_PAGES = 1_000_000


class Html(Text):
    """A text of a window, as HTML."""

    def __init__(self, key: str, when: WhenCondition = None) -> None:
        super().__init__(when=when)
        self.key = key

    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        return Context(manager).texts.html(self.key, **data.get(FACTS, {}))


class Label(Text):
    """A text of a button. Inside a list the facts are the item's."""

    def __init__(self, key: str, when: WhenCondition = None) -> None:
        super().__init__(when=when)
        self.key = key

    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        return Context(manager).texts.plain(self.key, **data.get(FACTS, {}))


class RefusalText(Text):
    """Why the last message was refused, or what came of it; shown once."""

    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:  # noqa: ARG002
        refusal = manager.dialog_data.pop(_REFUSAL, None)
        return f"\n{refusal}" if isinstance(refusal, str) else ""


def refuse_in_window(manager: DialogManager, refusal: Refused) -> None:
    """Let the window that is shown next say why a message was refused."""
    context = Context(manager)
    context.data[_REFUSAL] = refusal_html(context.texts, refusal, context.zone)


def say_in_window(manager: DialogManager, key: str) -> None:
    """Let the window that is shown next say this, once."""
    context = Context(manager)
    context.data[_REFUSAL] = context.texts.html(key)


async def answer_press(event: CallbackQuery, text: str | None = None, *, alert: bool = False) -> bool:
    """Answer a press; False where it is too old to be answered: what it does is done all the same."""
    try:
        await event.answer(text, show_alert=alert)
    except TelegramBadRequest:
        return False
    return True


async def go_home(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_menu(manager)


async def show_menu(manager: DialogManager, show_mode: ShowMode | None = None) -> None:
    """The menu in place of whatever conversation there was; its proposals end."""
    context = Context(manager)
    await context.use.discard(context.who.actor)
    shops = context.who.shops
    start = MenuSG.shops if len(shops) > 1 else MenuSG.home
    data = {"shop_id": shops[0].id} if len(shops) == 1 else None
    await manager.start(start, data=data, mode=StartMode.RESET_STACK, show_mode=show_mode)


async def cancel(event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Give up what the conversation was about, and say so."""
    await answer_press(event, Context(manager).texts.plain("cancelled"))
    await show_menu(manager)


def home_button(widget_id: str) -> Button:
    """Widget ids are unique in a dialog, or a late tap on an old window presses the new one."""
    return Button(Label("home"), id=widget_id, on_click=go_home)


def foot(window: str, back: State | None = None, *, cancels: bool = True) -> Row:
    """The last row of a step: back, cancel, menu. `window` makes the widget ids unique."""
    buttons: list[Keyboard] = [home_button(f"{window}_home")]
    if cancels:
        buttons.insert(0, Button(Label("cancel"), id=f"{window}_cancel", on_click=cancel))
    if back is not None:
        buttons.insert(0, SwitchTo(Label("back"), id=f"{window}_back", state=back))
    return Row(*buttons)


def pager(scroll: str) -> Row:
    return Row(
        PrevPage(scroll=scroll, id=f"{scroll}_prev", text=Format("‹")),
        CurrentPage(scroll=scroll, id=f"{scroll}_at", text=Format("{current_page1} / {pages}")),
        NextPage(scroll=scroll, id=f"{scroll}_next", text=Format("›")),
        when=F["pages"] > 1,
    )


class Counted(Protocol):
    """A page that knows how many items there are on all pages."""

    @property
    def total(self) -> int: ...


P = TypeVar("P", bound=Counted)


async def ask_page(manager: DialogManager, scroll_id: str, size: int, ask: Callable[[int], Awaitable[P]]) -> P:
    """What `ask` answers for the offset of the scroll's page; a scroll before the first or past the last is set there.

    Items may have gone since the scroll was set, and a forged press may set it anywhere.
    """
    scroll: ManagedScroll | None = manager.find(scroll_id)
    if scroll is None:
        raise LookupError(scroll_id)
    wanted = await scroll.get_page()
    number = min(max(0, wanted), _MOST_PAGES)
    page = await ask(number * size)
    number = min(number, max(0, -(-page.total // size) - 1))
    if number == wanted:
        return page
    await scroll.set_page(number)
    return await ask(number * size)


async def _not_text(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    context = Context(manager)
    if looks_secret(message):
        await remove_now(context.use, message)
    context.data[_REFUSAL] = context.texts.html("text-expected")


def text_only(widget_id: str) -> MessageInput:
    """For windows that wait for text: whatever else comes is refused. Put it after the input that takes text."""
    return MessageInput(_not_text, id=widget_id)


async def refuse_digits(manager: DialogManager, message: Message) -> None:
    """A code or a PIN that nobody asked for: it goes, and the window says so."""
    context = Context(manager)
    await remove_now(context.use, message)
    context.data[_REFUSAL] = context.texts.html("digits-removed")


async def _press_instead(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    context = Context(manager)
    if looks_secret(message):
        await refuse_digits(manager, message)
    else:
        context.data[_REFUSAL] = context.texts.html("press-instead")


def press_only(widget_id: str) -> MessageInput:
    """For windows that wait for a press."""
    return MessageInput(_press_instead, id=widget_id)
