"""Sending: what Telegram refuses is refused, with its code and its words."""

from typing import Any

import aiohttp
import pytest

from demo.model import Person
from demo.server import Telegram
from tests.demo.conftest import Say


def button(**fields: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Go", **fields}]]}


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ({}, "message text is empty"),
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "a", "chat_id": ""}, "chat_id is empty"),
        ({"text": "a", "chat_id": 404}, "chat not found"),
        ({"text": "a", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "a", "parse_mode": "Nonsense"}, "unsupported parse_mode"),
        (
            {"text": "<b>a", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            {"text": "é<x>a</x>", "parse_mode": "HTML"},
            'can\'t parse entities: Unsupported start tag "x" at byte offset 2',
        ),
        ({"text": "a", "reply_markup": button(callback_data="x" * 65)}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": button(callback_data="林" * 22)}, "BUTTON_DATA_INVALID"),
        (
            {"text": "a", "reply_markup": button()},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({"text": "a", "reply_markup": button(copy_text={"text": "x" * 257})}, "BUTTON_COPY_TEXT_INVALID"),
        (
            {"text": "a", "reply_markup": button(callback_data="a", style="loud")},
            "can't parse inline keyboard button: Button style is invalid",
        ),
        (
            {"text": "a", "reply_markup": button(url="http://localhost/x")},
            "inline keyboard button URL 'http://localhost/x' is invalid: Wrong HTTP URL",
        ),
        ({"text": "a", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"text": "a", "reply_markup": [1]}, "object expected as reply keyboard markup"),
        ({"text": "a", "reply_markup": {"inline_keyboard": [1]}}, 'field "inline_keyboard" must be an Array of Arrays'),
        ({"text": "a", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
        ({"text": "a", "message_thread_id": 5}, "message thread not found"),
        ({"text": "a", "protect_content": "perhaps"}, 'parameter "protect_content" must be a Boolean'),
        ({"text": "a", "message_thread_id": "x"}, 'parameter "message_thread_id" must be an Integer'),
        ({"text": "\ud83d"}, "text must be encoded in UTF-8"),
        ({"text": ["a"]}, 'parameter "text" must be a String'),
    ],
)
async def test_send_message_refuses(call: Say, owner: Person, parameters: dict[str, Any], why: str) -> None:
    status, body = await call("sendMessage", **{"chat_id": owner.id, **parameters})
    assert (status, body) == (400, {"ok": False, "error_code": 400, "description": f"Bad Request: {why}"})


async def test_the_longest_text_is_measured_after_its_entities(call: Say, owner: Person) -> None:
    status, body = await call("sendMessage", chat_id=owner.id, text=f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    assert status == 200
    assert len(body["result"]["text"]) == 4096


async def test_an_unknown_method_is_not_found(call: Say) -> None:
    assert await call("sendTelepathy") == (404, {"ok": False, "error_code": 404, "description": "Not Found"})


async def test_a_wrong_token_is_unauthorized(telegram: Telegram, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{telegram.url}/bot1:wrong/getMe") as response:
        assert response.status == 401
        assert (await response.json())["description"] == "Unauthorized"
    async with http.get(f"{telegram.url}/file/bot1:wrong/photos/file_0.jpg") as response:
        assert response.status in {401, 404}


async def test_a_person_who_never_started_the_bot_is_out_of_reach(telegram: Telegram, call: Say) -> None:
    stranger = telegram.world.add_person("Jo Doe")
    status, body = await call("sendMessage", chat_id=stranger.id, text="hello")
    assert (status, body["description"]) == (403, "Forbidden: bot can't initiate conversation with a user")


async def test_who_blocked_the_bot_gets_nothing_until_they_write_again(
    telegram: Telegram, call: Say, owner: Person
) -> None:
    telegram.world.block(owner)
    status, body = await call("sendMessage", chat_id=owner.id, text="hello")
    assert (status, body["description"]) == (403, "Forbidden: bot was blocked by the user")
    telegram.world.send_text(owner, "back")
    assert (await call("sendMessage", chat_id=owner.id, text="hello"))[0] == 200


async def test_a_caption_has_1024_units(call: Say, telegram: Telegram, owner: Person, picture: bytes) -> None:
    photo = telegram.world.send_photo(owner, picture).photo
    assert photo is not None
    status, body = await call("sendPhoto", chat_id=owner.id, photo=photo.id, caption="x" * 1025)
    assert (status, body["description"]) == (400, "Bad Request: message caption is too long")
    assert (await call("sendPhoto", chat_id=owner.id, photo=photo.id, caption="x" * 1024))[0] == 200


@pytest.mark.parametrize(
    ("photo", "why"),
    [(None, "there is no photo in the request"), ("AgAC-unknown", "wrong file identifier/HTTP URL specified")],
)
async def test_a_photo_must_exist(call: Say, owner: Person, photo: str | None, why: str) -> None:
    status, body = await call("sendPhoto", chat_id=owner.id, photo=photo)
    assert (status, body["description"]) == (400, f"Bad Request: {why}")


async def test_bytes_that_are_no_picture_are_refused(
    telegram: Telegram, http: aiohttp.ClientSession, owner: Person
) -> None:
    form = aiohttp.FormData({"chat_id": str(owner.id)})
    form.add_field("photo", b"no picture", filename="a.png")
    async with http.post(f"{telegram.url}/bot{telegram.token}/sendPhoto", data=form) as response:
        assert (await response.json())["description"] == "Bad Request: IMAGE_PROCESS_FAILED"
