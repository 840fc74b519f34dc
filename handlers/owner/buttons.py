"""Buttons under messages that are no windows. They are asked before every conversation: one is often open below."""

from aiogram import F, Router
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, ShowMode, StartMode

from changes.errors import RequestOver
from handlers.cases import AnswerButton, TickButton
from handlers.context import UseCases, Who
from handlers.drift import DriftButton
from handlers.notices import MENU_BUTTON, NOTED_BUTTON, AmendButton, EntryButton, GiveUpButton
from handlers.owner.change.memory import of_user
from handlers.owner.change.undo import start_undo
from handlers.owner.waiting.opening import open_waiting
from handlers.secret_messages import remove_ids_now
from handlers.states import ChangeSG
from handlers.widgets import answer_press, show_menu


async def menu_button(event: CallbackQuery, dialog_manager: DialogManager) -> None:
    """The button under a finished change: the message stays as it is, the menu comes below."""
    await answer_press(event)
    await show_menu(dialog_manager, ShowMode.SEND)


async def noted_button(event: CallbackQuery, use: UseCases) -> None:
    """The owner has written the PIN down: the message that shows it goes now."""
    if event.message is not None:
        await remove_ids_now(use, event.bot, event.message.chat.id, event.message.message_id)
    await answer_press(event)


async def undo_button(
    event: CallbackQuery, callback_data: EntryButton, who: Who, use: UseCases, dialog_manager: DialogManager
) -> None:
    await start_undo(event, dialog_manager, who, use, callback_data.shop_id, callback_data.number)


async def amend_button(
    event: CallbackQuery, callback_data: AmendButton, who: Who, use: UseCases, dialog_manager: DialogManager
) -> None:
    await open_waiting(event, dialog_manager, who, use, callback_data)


async def give_up_button(event: CallbackQuery, callback_data: GiveUpButton, who: Who, use: UseCases) -> None:
    """Whatever conversation is open below goes on."""
    said = "given-up"
    try:
        await use.give_up(who.actor, callback_data.request_id)
    except RequestOver as over:
        said = over.key
    await answer_press(event, who.texts.plain(said), alert=True)


async def drift_button(
    event: CallbackQuery, callback_data: DriftButton, who: Who, use: UseCases, dialog_manager: DialogManager
) -> None:
    """The card of somebody who was changed at the till: what is done about it is a change like any other."""
    shop_id = callback_data.shop_id
    terminal, user_id = await use.drifted_user(who.actor, shop_id, callback_data.number, callback_data.place)
    await use.see_user(who.actor, shop_id, terminal.id, user_id)
    await answer_press(event)
    await use.discard(who.actor)
    data = {"shop_id": shop_id, "remembered": of_user(terminal, user_id)}
    await dialog_manager.start(ChangeSG.what, data=data, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def tick_button(event: CallbackQuery, callback_data: TickButton, who: Who, use: UseCases) -> None:
    """The card follows by the outgoing queue."""
    await use.tick_step(who.actor, callback_data.request_id, callback_data.step, callback_data.ticked)
    await answer_press(event)


async def answer_button(event: CallbackQuery, callback_data: AnswerButton, who: Who, use: UseCases) -> None:
    await use.answer_case(who.actor, callback_data.request_id, callback_data.answer)
    await answer_press(event)


def make_buttons() -> Router:
    router = Router(name="owner.buttons")
    router.callback_query.register(menu_button, F.data == MENU_BUTTON)
    router.callback_query.register(noted_button, F.data == NOTED_BUTTON)
    router.callback_query.register(undo_button, EntryButton.filter())
    router.callback_query.register(amend_button, AmendButton.filter())
    router.callback_query.register(give_up_button, GiveUpButton.filter())
    router.callback_query.register(drift_button, DriftButton.filter())
    router.callback_query.register(tick_button, TickButton.filter())
    router.callback_query.register(answer_button, AnswerButton.filter())
    return router
