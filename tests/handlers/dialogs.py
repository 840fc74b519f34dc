"""The dialogs and their widgets, as they are put together."""

from collections.abc import Iterable, Iterator

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import Dialog
from aiogram_dialog.widgets.kbd import Group
from aiogram_dialog.widgets.kbd.base import Keyboard

from handlers import states as groups


def dialogs(routers: Iterable[Router]) -> list[Dialog]:
    return [router for router in routers if isinstance(router, Dialog)]


def states() -> set[State]:
    """Every state that `handlers.states` declares."""
    found = [group for group in StatesGroup.__subclasses__() if group.__module__ == groups.__name__]
    return {state for group in found for state in group.__all_states__}


def widget_ids(dialog: Dialog) -> list[str]:
    return [
        keyboard.widget_id
        for window in dialog.windows.values()
        for keyboard in _walk(window.keyboard)  # type: ignore[attr-defined]
        if keyboard.widget_id
    ]


def _walk(keyboard: Keyboard) -> Iterator[Keyboard]:
    yield keyboard
    if isinstance(keyboard, Group):
        for inner in keyboard.buttons:
            yield from _walk(inner)
