"""The Bot API over HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from demo.botapi import chats, editing, polling, sending, telling
from demo.botapi.errors import NOT_FOUND, UNAUTHORIZED, Refused, bad_request, too_many_requests
from demo.botapi.faults import Fault, Faults, Harm
from demo.botapi.flood import FloodGate
from demo.botapi.methods import Method
from demo.botapi.params import Params, Upload
from demo.hub import News
from demo.keeping import Keeper
from demo.model import Json

METHODS: dict[str, Method] = {
    name: method
    for methods in (chats.methods, editing.methods, polling.methods, sending.methods, telling.methods)
    for name, method in methods.table.items()
}


@dataclass(slots=True, eq=False)
class Call:
    """A call of the bot's, for the log: what it asked and what it was told."""

    method: str
    parameters: Json = field(repr=False)
    result: Any = None
    refused: Refused | None = None


class BotApi:
    """Answers the bot. `calls` holds every call but getUpdates; `unknown_parameters` what no handler understands."""

    def __init__(self, keeper: Keeper, token: str) -> None:
        self.state = keeper.state
        self.calls: list[Call] = []
        self.unknown_parameters: list[str] = []
        self.faults = Faults()
        self.flood = FloodGate(self.state.now)
        #: Off: calls are answered and not written down.
        self.logs = True
        self._keeper = keeper
        self._token = token

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/bot{token}/{method}", self.answer),
            web.get("/file/bot{token}/{path:.+}", self.give_file),
        ]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One call, with the fault a test may have ordered for it."""
        fault = self.faults.take(request.match_info["method"].lower())
        if fault is None:
            return await self._respond(request)
        return await self._harmed(fault, request)

    async def give_file(self, request: web.Request) -> web.Response:
        wanted = request.match_info["path"]
        file = next((file for file in self.state.files.values() if file.path == wanted), None)
        if file is None or not self._is_token(request):
            return refusal(NOT_FOUND if file is None else UNAUTHORIZED)
        return web.Response(body=await self._keeper.content(file), content_type="application/octet-stream")

    async def _harmed(self, fault: Fault, request: web.Request) -> web.StreamResponse:
        if fault.harm is Harm.SERVER_ERROR:
            return refusal(Refused(500, "Internal Server Error"))
        if fault.harm is Harm.GARBAGE:
            return web.Response(text="<html>502 Bad Gateway</html>", content_type="text/html")
        if fault.harm is Harm.FLOOD:
            return refusal(too_many_requests(int(fault.seconds)))
        if fault.harm is not Harm.CLOSED:
            await fault.wait()
            response = await self._respond(request)
        if fault.harm in {Harm.CLOSED, Harm.ANSWER_LOST}:
            return _hang_up(request)
        return response

    async def _respond(self, request: web.Request) -> web.Response:
        name = request.match_info["method"].lower()
        try:
            if not self._is_token(request):
                raise UNAUTHORIZED
            if name not in METHODS:
                raise NOT_FOUND
            result = await self._carry_out(METHODS[name], await _params(request))
        except Refused as refused:
            return refusal(refused)
        finally:
            await self._keeper.save()
        return web.json_response({"ok": True, "result": result})

    async def _carry_out(self, method: Method, params: Params) -> Any:
        call = Call(method.name, params.as_sent())
        if self.logs and method.name != "getUpdates":
            self.calls.append(call)
        self.unknown_parameters += [f"{method.name}.{name}" for name in sorted(params.names - method.parameters)]
        try:
            self.flood.check(method.name.lower(), params.text("chat_id"))
            call.result = await method.handler(self.state, params)
        except Refused as refused:
            call.refused = refused
            raise
        finally:
            self.state.hub.tell(News("call"))
        return call.result

    def _is_token(self, request: web.Request) -> bool:
        return secrets.compare_digest(request.match_info["token"].encode(), self._token.encode())


async def _params(request: web.Request) -> Params:
    values: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        values |= await _json_body(request)
    else:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                with value.file:
                    values[name] = Upload(value.filename, value.content_type, value.file.read())
            else:
                values[name] = value
    return Params(values)


async def _json_body(request: web.Request) -> Json:
    try:
        body = json.loads(await request.read() or b"{}")
    except (ValueError, RecursionError) as error:
        raise bad_request("can't parse JSON in the request body") from error
    if not isinstance(body, dict):
        raise bad_request("the request body must be a JSON object")
    return body


def refusal(refused: Refused) -> web.Response:
    body: Json = {"ok": False, "error_code": refused.code, "description": refused.description}
    if refused.retry_after is not None:
        body["parameters"] = {"retry_after": refused.retry_after}
    return web.json_response(body, status=refused.code)


def _hang_up(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
