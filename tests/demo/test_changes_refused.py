"""Edits, deletions, answers and the rest: what Telegram refuses is refused, with its code and its words."""

from typing import Any

import pytest

from demo.model import Person, Standing
from demo.server import Telegram
from tests.clock import HandClock
from tests.demo.conftest import Say

KEYBOARD = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


async def test_an_edit_must_change_something(call: Say, owner: Person) -> None:
    _, sent = await call("sendMessage", chat_id=owner.id, text="<b>a</b>", parse_mode="HTML", reply_markup=KEYBOARD)
    place = {"chat_id": owner.id, "message_id": sent["result"]["message_id"]}
    again = await call("editMessageText", **place, text="<b>a</b>", parse_mode="HTML", reply_markup=KEYBOARD)
    assert (again[0], again[1]["description"]) == (400, f"Bad Request: {NOT_MODIFIED}")
    assert (await call("editMessageText", **place, text="a", reply_markup=KEYBOARD))[0] == 200
    _, without = await call("editMessageText", **place, text="a")
    assert "reply_markup" not in without["result"], "an edit without a keyboard takes it away"
    assert (await call("editMessageReplyMarkup", **place))[1]["description"] == f"Bad Request: {NOT_MODIFIED}"


@pytest.mark.parametrize("method", ["editMessageText", "editMessageCaption", "editMessageReplyMarkup"])
async def test_only_the_bots_own_message_can_be_edited(
    call: Say, telegram: Telegram, owner: Person, method: str
) -> None:
    theirs = telegram.world.messages(owner.id)[0]
    place = {"chat_id": owner.id, "text": "x", "caption": "x"}
    for message_id, why in ((theirs.message_id, "message can't be edited"), (999, "message to edit not found")):
        status, body = await call(method, message_id=message_id, **place)
        assert (status, body["description"]) == (400, f"Bad Request: {why}")


async def test_what_is_edited_must_be_there(call: Say, telegram: Telegram, owner: Person, picture: bytes) -> None:
    photo = telegram.world.send_photo(owner, picture).photo
    assert photo is not None
    _, with_photo = await call("sendPhoto", chat_id=owner.id, photo=photo.id)
    _, with_text = await call("sendMessage", chat_id=owner.id, text="a")
    wrong = await call("editMessageText", chat_id=owner.id, message_id=with_photo["result"]["message_id"], text="a")
    assert wrong[1]["description"] == "Bad Request: there is no text in the message to edit"
    wrong = await call(
        "editMessageCaption", chat_id=owner.id, message_id=with_text["result"]["message_id"], caption="a"
    )
    assert wrong[1]["description"] == "Bad Request: there is no caption in the message to edit"


async def test_a_private_message_can_be_deleted_for_48_hours(
    call: Say, telegram: Telegram, owner: Person, clock: HandClock
) -> None:
    theirs = telegram.world.messages(owner.id)[0]
    _, sent = await call("sendMessage", chat_id=owner.id, text="a")
    clock.turn(hours=48)
    assert (await call("deleteMessage", chat_id=owner.id, message_id=theirs.message_id))[1]["result"] is True
    clock.turn(seconds=1)
    status, body = await call("deleteMessage", chat_id=owner.id, message_id=sent["result"]["message_id"])
    assert (status, body["description"]) == (400, "Bad Request: message can't be deleted for everyone")
    status, body = await call("deleteMessage", chat_id=owner.id, message_id=theirs.message_id)
    assert (status, body["description"]) == (400, "Bad Request: message to delete not found")


async def test_many_messages_are_deleted_at_once(call: Say, telegram: Telegram, owner: Person) -> None:
    ids = [(await call("sendMessage", chat_id=owner.id, text=str(n)))[1]["result"]["message_id"] for n in range(3)]
    assert (await call("deleteMessages", chat_id=owner.id, message_ids=[*ids, 999]))[1]["result"] is True
    assert [message.text for message in telegram.world.messages(owner.id)] == ["/start"]
    for given, why in (
        ([], "message identifiers are not specified"),
        (list(range(1, 102)), "too many message identifiers specified"),
        ([0], "invalid message identifier specified"),
        (["x"], "message identifier must be an Integer"),
    ):
        status, body = await call("deleteMessages", chat_id=owner.id, message_ids=given)
        assert (status, body["description"]) == (400, f"Bad Request: {why}")


async def test_in_a_group_only_an_administrator_deletes_others_messages(
    call: Say, telegram: Telegram, owner: Person
) -> None:
    group = telegram.world.add_group("Support", owner, [], Standing.MEMBER)
    said = telegram.world.send_text(owner, "123456", group.id)
    status, body = await call("deleteMessage", chat_id=group.id, message_id=said.message_id)
    assert (status, body["description"]) == (400, "Bad Request: message can't be deleted")
    telegram.world.set_bot_standing(group, owner, Standing.ADMINISTRATOR)
    assert (await call("deleteMessage", chat_id=group.id, message_id=said.message_id))[0] == 200


@pytest.mark.parametrize(
    ("standing", "why"),
    [
        (Standing.KICKED, "bot was kicked from the supergroup chat"),
        (Standing.LEFT, "bot is not a member of the supergroup chat"),
    ],
)
async def test_out_of_a_group_the_bot_can_say_nothing(
    call: Say, telegram: Telegram, owner: Person, standing: Standing, why: str
) -> None:
    group = telegram.world.add_group("Support", owner, [])
    telegram.world.set_bot_standing(group, owner, standing)
    status, body = await call("sendMessage", chat_id=group.id, text="a")
    assert (status, body["description"]) == (403, f"Forbidden: {why}")


async def test_a_press_is_answered_once_and_in_time(
    call: Say, telegram: Telegram, owner: Person, clock: HandClock
) -> None:
    await call("sendMessage", chat_id=owner.id, text="a", reply_markup=KEYBOARD)
    shown = telegram.world.messages(owner.id)[-1]
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert (await call("answerCallbackQuery", callback_query_id="1"))[1]["description"] == too_old
    press = telegram.world.press(owner, shown, "Go")
    assert (await call("answerCallbackQuery", callback_query_id=press.id, text="ok"))[1]["result"] is True
    assert (await press.answered()).text == "ok"
    assert (await call("answerCallbackQuery", callback_query_id=press.id))[1]["description"] == too_old
    late = telegram.world.press(owner, shown, "go")
    clock.turn(minutes=16)
    assert (await call("answerCallbackQuery", callback_query_id=late.id))[1]["description"] == too_old
    press = telegram.world.press(owner, shown, "Go")
    status, body = await call("answerCallbackQuery", callback_query_id=press.id, text="x" * 201)
    assert (status, body["description"]) == (400, "Bad Request: MESSAGE_TOO_LONG")


@pytest.mark.parametrize(
    ("method", "parameters", "why"),
    [
        ("setMyCommands", {"commands": [{"command": "Bad!", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        (
            "setMyCommands",
            {"commands": [{"command": "a", "description": " "}]},
            "command description must be non-empty",
        ),
        ("setMyCommands", {"commands": [], "language_code": "zh-hans"}, "invalid language code specified"),
        ("setMyCommands", {"commands": [], "scope": {"type": "chat", "chat_id": 404}}, "chat not found"),
        ("setMyCommands", {"commands": {}}, "expected an Array of BotCommand"),
        ("setMyName", {"name": "x" * 65}, "BOT_TITLE_TOO_LONG"),
        ("setMyDescription", {"description": "x" * 513}, "BOT_DESCRIPTION_TOO_LONG"),
        ("setMyShortDescription", {"short_description": "x" * 121}, "BOT_SHORT_DESCRIPTION_TOO_LONG"),
        ("getFile", {"file_id": "x"}, "invalid file_id"),
        ("sendChatAction", {"action": "dance"}, "wrong parameter action in request"),
        ("getUpdates", {"offset": "soon"}, 'parameter "offset" must be an Integer'),
        ("getUpdates", {"allowed_updates": [1]}, "allowed_updates must be an Array of String"),
    ],
)
async def test_other_methods_refuse(call: Say, method: str, parameters: dict[str, Any], why: str) -> None:
    assert await call(method, **parameters) == (
        400,
        {"ok": False, "error_code": 400, "description": f"Bad Request: {why}"},
    )


async def test_a_private_chat_has_no_administrators(call: Say, owner: Person) -> None:
    status, body = await call("getChatAdministrators", chat_id=owner.id)
    assert (status, body["description"]) == (400, "Bad Request: there are no administrators in the private chat")


async def test_a_parameter_nobody_knows_is_noted(call: Say, telegram: Telegram, owner: Person) -> None:
    await call("sendMessage", chat_id=owner.id, text="a", disable_notification=True)
    assert telegram.unknown_parameters == []
    await call("sendMessage", chat_id=owner.id, text="a", colour="red")
    assert telegram.unknown_parameters == ["sendMessage.colour"]
