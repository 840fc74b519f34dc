"""A Telegram that keeps every message, its edits and every call; it outlives every worker."""

import asyncio
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web

from tests.crash.clock import SPEED


class Harm(StrEnum):
    """What a call meets."""

    FLOOD = "429"
    SERVER_ERROR = "500"
    GARBAGE = "garbage"
    #: No answer, and nothing is done.
    NOTHING = "nothing"
    #: Carried out, and the answer is lost.
    ANSWER_LOST = "answer lost"


@dataclass(frozen=True)
class Harmed:
    """The calls from number `at`, counted from 1, `times` of them."""

    harm: Harm
    at: int
    times: int = 2


@dataclass(frozen=True)
class Shown:
    """A text that a message was sent with or edited to."""

    message_id: int
    text: str
    #: By the machine's monotonic clock.
    at: float


@dataclass
class CrashTelegram:
    #: Set at each call.
    news: asyncio.Event
    harmed: Harmed | None = None
    calls: int = 0
    #: What stands in the chat.
    messages: dict[int, str] = field(default_factory=lambda: {7: "the window that asked for the code"})
    #: In order.
    shown: list[Shown] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"].lower()
        given: dict[str, Any] = dict(await request.post())
        self.calls += 1
        self.news.set()
        harm = self._harm()
        match harm:
            case Harm.FLOOD:
                return _json(429, description="Too Many Requests: retry after 2", parameters={"retry_after": 2})
            case Harm.SERVER_ERROR:
                return _json(500, description="Internal Server Error")
            case Harm.GARBAGE:
                return web.Response(text="<html>502 Bad Gateway</html>", content_type="text/html")
            case Harm.NOTHING:
                await asyncio.sleep(100 / SPEED)
        response = self._carry_out(method, given) if harm is not Harm.NOTHING else web.Response()
        if harm is not None and request.transport is not None:
            request.transport.abort()
        return response

    def _harm(self) -> Harm | None:
        harmed = self.harmed
        hit = harmed is not None and harmed.at <= self.calls < harmed.at + harmed.times
        return harmed.harm if hit and harmed is not None else None

    def _carry_out(self, method: str, given: dict[str, Any]) -> web.Response:
        match method:
            case "sendmessage":
                message_id = max(self.messages, default=7) + 1 + len(self.shown)
                self.sent.append(given["text"])
                return self._put(message_id, given)
            case "editmessagetext":
                message_id = int(given["message_id"])
                if message_id not in self.messages:
                    return _json(400, description="Bad Request: message to edit not found")
                if self.messages[message_id] == given["text"]:
                    return _json(400, description="Bad Request: message is not modified")
                return self._put(message_id, given)
            case "deletemessage":
                if self.messages.pop(int(given["message_id"]), None) is None:
                    return _json(400, description="Bad Request: message to delete not found")
                return _json(200, result=True)
        return _json(404, description="Not Found")

    def _put(self, message_id: int, given: dict[str, Any]) -> web.Response:
        text = given["text"]
        self.messages[message_id] = text
        self.shown.append(Shown(message_id, text, time.monotonic()))
        chat = {"id": int(given["chat_id"]), "type": "private"}
        return _json(200, result={"message_id": message_id, "date": 0, "chat": chat, "text": "shown"})


def _json(code: int, **body: Any) -> web.Response:
    return web.json_response({"ok": code == 200, **({} if code == 200 else {"error_code": code}), **body}, status=code)
