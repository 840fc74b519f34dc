"""The page's interface, over HTTP as the page uses it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from demo import cast
from demo.model import Part, Person
from demo.server import Telegram
from demo.shop import NOTE, Invitation
from tests.clock import HandClock

Ask = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
def ask(telegram: Telegram, http: aiohttp.ClientSession) -> Ask:
    """A request of the page: `await ask("POST", "/api/...", {...})` gives the status and the body."""

    async def over_http(method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
        async with http.request(method, telegram.url + path, json=body, **options) as response:
            return response.status, await response.json()

    return over_http


async def test_people_and_their_language(telegram: Telegram, ask: Ask, owner: Person) -> None:
    _, people = await ask("GET", "/api/people")
    assert people == [
        {
            "id": owner.id,
            "name": "Boss Lin",
            "first_name": "Boss",
            "last_name": "Lin",
            "username": "",
            "language_code": "en",
            "part": "owner",
        }
    ]
    assert await ask("POST", f"/api/people/{owner.id}/language", {"language_code": "zh-hans"}) == (200, {})
    assert telegram.world.people[owner.id].language_code == "zh-hans"
    assert (await ask("POST", f"/api/people/{owner.id}/language", {"language_code": "<b>"}))[0] == 400


async def test_what_the_bot_says_of_itself_comes_in_the_viewers_language(
    telegram: Telegram, bot: Bot, ask: Ask, owner: Person
) -> None:
    await bot.set_my_description("帮店主管理收银员", "zh")
    telegram.world.speak(owner, "zh-hans")
    _, shown = await ask("GET", f"/api/bot?as={owner.id}")
    assert (shown["name"], shown["description"], shown["commands"]) == ("Tillkeeper", "帮店主管理收银员", [])


async def test_chats_messages_and_what_is_unread(telegram: Telegram, bot: Bot, ask: Ask, owner: Person) -> None:
    keyboard = [
        [InlineKeyboardButton(text="Go", callback_data="go", style="success")],
        [InlineKeyboardButton(text="Copy", copy_text=CopyTextButton(text="123"))],
    ]
    await bot.send_message(
        owner.id,
        "<b>a &lt; b</b>",
        parse_mode="HTML",
        protect_content=True,
        reply_markup=InlineKeyboardMarkup(inline_keyboard=keyboard),
    )
    _, (chat,) = await ask("GET", f"/api/chats?as={owner.id}")
    assert (chat["id"], chat["type"], chat["unread"], chat["started"]) == (owner.id, "private", 1, True)
    _, (first, second) = await ask("GET", f"/api/chats/{owner.id}/messages?as={owner.id}")
    assert (first["text"], first["from"]["is_bot"], first["keyboard"]) == ("/start", False, None)
    assert (second["html"], second["protected"]) == ("<b>a &lt; b</b>", True)
    plain = {"copy": None, "url": None, "style": None, "disabled": False}
    assert second["keyboard"] == [
        [{**plain, "text": "Go", "kind": "callback", "style": "success"}],
        [{**plain, "text": "Copy", "kind": "copy", "copy": "123"}],
    ]
    _, (chat,) = await ask("GET", f"/api/chats?as={owner.id}")
    assert (chat["unread"], chat["last"]["message_id"]) == (0, second["message_id"])


async def test_writing_editing_and_deleting(telegram: Telegram, bot: Bot, ask: Ask, owner: Person) -> None:
    chat = f"/api/chats/{owner.id}"
    _, said = await ask("POST", f"{chat}/messages", {"as": owner.id, "text": "helo"})
    _, edited = await ask("POST", f"{chat}/edit", {"as": owner.id, "message_id": said["message_id"], "text": "hello"})
    assert (edited["text"], edited["edit_date"] is not None) == ("hello", True)
    _, answer = await ask("POST", f"{chat}/messages", {"as": owner.id, "text": "more", "reply_to": said["message_id"]})
    assert answer["reply_to"] == said["message_id"]
    assert await ask("DELETE", f"{chat}/messages/{said['message_id']}?as={owner.id}") == (200, {})
    assert [message.text for message in telegram.world.messages(owner.id)] == ["/start", "more"]
    kinds = [update.event_type for update in await bot.get_updates()]
    assert kinds == ["message", "message", "edited_message", "message"]
    assert (await ask("POST", f"{chat}/messages", {"as": owner.id, "text": "  "}))[0] == 409


async def test_a_photo_is_sent_and_shown(
    telegram: Telegram, http: aiohttp.ClientSession, owner: Person, picture: bytes
) -> None:
    form = aiohttp.FormData({"as": str(owner.id), "caption": "look"})
    form.add_field("photo", picture, filename="a.png")
    async with http.post(f"{telegram.url}/api/chats/{owner.id}/photos", data=form) as response:
        photo = (await response.json())["photo"]
    assert (photo["width"], photo["height"]) == (200, 100)
    async with http.get(telegram.url + photo["url"]) as response:
        assert (response.content_type, (await response.read())[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    form = aiohttp.FormData({"as": str(owner.id)})
    form.add_field("photo", b"<svg onload=alert(1)>", filename="a.svg")
    async with http.post(f"{telegram.url}/api/chats/{owner.id}/photos", data=form) as response:
        assert response.status == 409


async def test_a_press_waits_for_the_bots_answer(telegram: Telegram, bot: Bot, ask: Ask, owner: Person) -> None:
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]])
    sent = await bot.send_message(owner.id, "press", reply_markup=keyboard)
    body = {"as": owner.id, "message_id": sent.message_id, "row": 0, "col": 0}
    pressing = asyncio.ensure_future(ask("POST", f"/api/chats/{owner.id}/press", body))
    (press,) = await telegram.world.wait_for(lambda: list(telegram.world.callbacks.values()))
    assert press.data == "go"
    await bot.answer_callback_query(press.id, "done", show_alert=True)
    assert await pressing == (200, {"answer": {"text": "done", "show_alert": True}})
    assert await ask("POST", f"/api/chats/{owner.id}/press", {**body, "col": 1}) == (
        409,
        {"error": "the button is gone"},
    )


async def test_blocking(telegram: Telegram, ask: Ask, owner: Person) -> None:
    assert await ask("POST", f"/api/chats/{owner.id}/block", {"as": owner.id, "blocked": True}) == (200, {})
    assert telegram.world.people[owner.id].blocked
    _, (chat,) = await ask("GET", f"/api/chats?as={owner.id}")
    assert chat["blocked"]


async def test_the_invitation_is_the_owners_until_it_is_used(
    telegram: Telegram, ask: Ask, owner: Person, clock: HandClock
) -> None:
    staff = telegram.world.add_person("Mei Lin", Part.STAFF)
    assert await ask("GET", f"/api/invitation?as={owner.id}") == (200, {})
    telegram.world.note(NOTE, Invitation(code="abc", made_at=clock()).model_dump(mode="json"))
    _, shown = await ask("GET", f"/api/invitation?as={owner.id}")
    assert shown == {"code": "abc", "link": "https://t.me/tillkeeper_demo_bot?start=abc"}
    assert await ask("GET", f"/api/invitation?as={staff.id}") == (200, {})
    clock.turn(hours=24)
    assert await ask("GET", f"/api/invitation?as={owner.id}") == (200, {})
    clock.turn(hours=-24)
    await ask("POST", f"/api/chats/{owner.id}/messages", {"as": owner.id, "text": "/start abc"})
    assert await ask("GET", f"/api/invitation?as={owner.id}") == (200, {})


async def test_nobody_sees_a_chat_they_are_not_in(telegram: Telegram, ask: Ask) -> None:
    cast.enter(telegram.world)
    owner, staff, *_ = telegram.world.people.values()
    for method, path, body in (
        ("GET", f"/api/chats/{owner.id}/messages?as={staff.id}", None),
        ("GET", f"/api/chats/{cast.GROUP_ID}/messages?as={staff.id}", None),
        ("POST", f"/api/chats/{cast.GROUP_ID}/messages", {"as": staff.id, "text": "hello"}),
        ("GET", "/api/chats?as=404", None),
        ("GET", "/api/nothing", None),
    ):
        assert (await ask(method, path, body))[0] == 404
    assert (await ask("GET", "/api/chats?as=x"))[0] == 400


@pytest.mark.parametrize("name", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", ""])
async def test_another_name_for_this_machine_is_not_answered(ask: Ask, owner: Person, name: str) -> None:
    assert (await ask("GET", "/api/people", headers={"Host": name}))[0] in {400, 403}


async def test_another_page_may_not_ask(telegram: Telegram, ask: Ask, owner: Person) -> None:
    foreign = {"Origin": "http://evil.example"}
    body = {"as": owner.id, "text": "forged"}
    assert (await ask("POST", f"/api/chats/{owner.id}/messages", body, headers=foreign))[0] == 403
    assert (await ask("GET", "/api/people", headers={"Origin": telegram.url}))[0] == 200


async def test_the_page_and_its_files(telegram: Telegram, http: aiohttp.ClientSession) -> None:
    async with http.get(telegram.url) as response:
        assert (response.status, response.content_type) == (200, "text/html")
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    for path in ("/static/..%2Fserver.py", "/static/nothing.js", "/files/photos/nothing.jpg"):
        async with http.get(telegram.url + path) as response:
            assert response.status == 404


async def test_the_stream_tells_what_concerns_the_viewer(
    telegram: Telegram, bot: Bot, http: aiohttp.ClientSession, owner: Person
) -> None:
    other = telegram.world.add_person("Mei Lin")
    async with http.get(f"{telegram.url}/api/events?as={owner.id}") as stream:
        assert stream.content_type == "text/event-stream"

        async def event() -> dict[str, Any]:
            while not (line := await stream.content.readline()).startswith(b"data: "):
                assert line, "the stream ended"
            found: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
            return found

        assert await event() == {"type": "bot", "online": False}
        telegram.world.send_text(other, "not for the owner")
        await bot.send_chat_action(owner.id, "typing")
        assert await event() == {"type": "typing", "chat_id": owner.id}
        sent = await bot.send_message(owner.id, "one")
        assert (await event())["message"]["text"] == "one"
        await bot.edit_message_text("two", chat_id=owner.id, message_id=sent.message_id)
        edit = await event()
        assert (edit["type"], edit["message"]["text"]) == ("edit", "two")
        await bot.delete_message(owner.id, sent.message_id)
        assert await event() == {"type": "delete", "chat_id": owner.id, "message_ids": [sent.message_id]}
        await bot.get_updates()
        assert await event() == {"type": "bot", "online": True}
        telegram.presence.died()
        assert await event() == {"type": "bot", "online": False}
