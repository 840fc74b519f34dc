"""A Telegram for one person, as a process of its own, that does as little as it can.

Under `/bot<token>/<method>` it is the Bot API; under `/person` a benchmark says and presses things and sees the chat.
All times are of the machine's monotonic clock, which processes share.
"""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp import web

from benchmarks.served import serve

TOKEN = "4200000001:" + "benchmark" * 4
PERSON = {"id": 77_001, "is_bot": False, "first_name": "Lin", "language_code": "en"}

_BOT = {"id": 4_200_000_001, "is_bot": True, "first_name": "Tillkeeper", "username": "tillkeeper_bot"}
_CHAT = {"id": PERSON["id"], "type": "private", "first_name": "Lin"}


class Telegram:
    def __init__(self) -> None:
        self._last_id = 0
        #: What stands in the chat, and what the bot has not yet acknowledged, by id.
        self._messages: dict[int, dict[str, Any]] = {}
        self._updates: dict[int, dict[str, Any]] = {}
        #: When each audit entry came.
        self._entries: list[float] = []
        self._polls = 0
        self._changed = asyncio.Condition()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/bot{token}/{method}", self.answer),
            web.post("/person/does", self.do),
            web.get("/person/chat", self.show),
            web.get("/person/entries/{number}", self.tell_entry),
        ]

    # The bot's side -------------------------------------------------------------------------------------------------

    async def answer(self, request: web.Request) -> web.Response:
        at = time.monotonic()
        asked = await request.post()
        match request.match_info["method"]:
            case "getUpdates":
                result: Any = await self._poll(int(str(asked.get("offset", 0))), float(str(asked.get("timeout", 0))))
            case "sendMessage" | "sendPhoto":
                if "entry:" in str(asked.get("reply_markup", "")):
                    self._entries.append(at)
                result = self._keep(asked, self._next_id())
            case "editMessageText":
                result = self._keep(asked, int(str(asked["message_id"])))
            case "deleteMessage":
                result = self._messages.pop(int(str(asked["message_id"])), None) is not None
            case "getMe":
                result = _BOT
            case "getMyCommands":
                result = []
            case "getMyName" | "getMyDescription" | "getMyShortDescription":
                result = {"name": "", "description": "", "short_description": ""}
            case _:
                result = True
        await self._tell()
        return web.json_response({"ok": True, "result": result})

    def _keep(self, asked: Any, message_id: int) -> dict[str, Any]:
        message = {"message_id": message_id, "date": int(time.time()), "chat": _CHAT, "from": _BOT}
        message["text"] = asked.get("text", "")
        if "reply_markup" in asked:
            message["reply_markup"] = json.loads(asked["reply_markup"])
        self._messages[message_id] = message
        return message

    async def _poll(self, offset: int, patience: float) -> list[dict[str, Any]]:
        self._updates = {number: update for number, update in self._updates.items() if number >= offset}
        if not self._updates and patience:
            self._polls += 1
            await self._tell()
            try:
                async with asyncio.timeout(patience):
                    await self._until(lambda: bool(self._updates))
            except TimeoutError:
                return []
            finally:
                self._polls -= 1
        return list(self._updates.values())

    # The person's side ----------------------------------------------------------------------------------------------

    async def do(self, request: web.Request) -> web.Response:
        """Say `text`, or press the button with `data` under message `on`; when that was."""
        what = await request.json()
        await self._until(self._at_rest)
        number = self._next_id()
        if "text" in what:
            update = {"message": self._said(number, what["text"])}
        else:
            message = self._messages[what["on"]]
            press = {"id": str(number), "from": PERSON, "chat_instance": "1", "message": message}
            update = {"callback_query": press | {"data": what["data"]}}
        at = time.monotonic()
        self._updates[number] = {"update_id": number} | update
        await self._tell()
        return web.json_response({"at": at})

    def _said(self, number: int, text: str) -> dict[str, Any]:
        message = {"message_id": number, "date": int(time.time()), "chat": _CHAT, "from": PERSON, "text": text}
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
        self._messages[number] = message
        return message

    async def show(self, _request: web.Request) -> web.Response:
        """What stands in the chat once the bot is done with everything."""
        await self._until(self._at_rest)
        return web.json_response(sorted(self._messages.values(), key=lambda message: message["message_id"]))

    async def tell_entry(self, request: web.Request) -> web.Response:
        """When the entry of this number, counted from 0, came."""
        number = int(request.match_info["number"])
        await self._until(lambda: len(self._entries) > number)
        return web.json_response({"at": self._entries[number]})

    # ----------------------------------------------------------------------------------------------------------------

    def _at_rest(self) -> bool:
        return self._polls == 1 and not self._updates

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _until(self, so: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(so)


def run_telegram(ready: Any) -> None:
    """Until it is ended; its address goes into the connection `ready`."""
    serve(Telegram().routes(), ready)


class Person:
    """The one person, from the benchmark's process."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url

    async def say(self, text: str) -> float:
        """When it was said, in seconds of the monotonic clock."""
        return await self._do(text=text)

    async def press(self, name: str) -> None:
        """The button whose text has `name` in it, in the last window; until the bot is done with it."""
        chat = await self._chat()
        for message in reversed(chat):
            for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
                for button in row:
                    if name in button["text"]:
                        await self._do(on=message["message_id"], data=button["callback_data"])
                        await self._chat()
                        return
        raise LookupError(f"no button {name!r} in {chat[-1]}")

    async def entry_came(self, number: int) -> float:
        """When the entry of this number, counted from 0, came, in seconds of the monotonic clock."""
        return float((await self._get(f"entries/{number}"))["at"])

    async def said_last(self) -> str:
        """The text of the chat's last message, once the bot is done with everything."""
        return str((await self._chat())[-1]["text"])

    async def _chat(self) -> list[dict[str, Any]]:
        chat: list[dict[str, Any]] = await self._get("chat")
        return chat

    async def _do(self, **what: Any) -> float:
        async with self._session.post(f"{self._url}/person/does", json=what) as answer:
            return float((await answer.json())["at"])

    async def _get(self, what: str) -> Any:
        async with self._session.get(f"{self._url}/person/{what}") as answer:
            return await answer.json()
