"""The side panel: the till's sign-in screen and the authenticator."""

import asyncio

from aiohttp import web

from demo.authenticator import Account, Authenticator, Unusable, read_otpauth
from demo.keeping import Keeper
from demo.till import DemoTill, user_view
from demo.web.guard import Wrong
from demo.web.reading import body_of, chat_of, message_of, number_of, person_of, text_of, viewer_of
from demo.world import World
from pos.embedded.errors import TillError
from pos.embedded.till import Denied, FaultKind


class TillPart:
    def __init__(self, till: DemoTill) -> None:
        self._till = till

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/till", self.view),
            web.post("/api/till/fault", self.set_fault),
            web.post("/api/till/{terminal}/sign-in", self.sign_in),
            web.post("/api/till/{terminal}/sign-out", self.sign_out),
        ]

    async def view(self, request: web.Request) -> web.Response:  # noqa: ARG002 every handler has one
        try:
            return web.json_response(await self._till.view())
        except TillError as error:
            raise _no_till(error) from error

    async def sign_in(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        number, pin = text_of(body, "number"), text_of(body, "pin")
        try:
            user = await self._till.sign_in(request.match_info["terminal"], number, pin)
        except TillError as error:
            raise _no_till(error) from error
        if isinstance(user, Denied):
            return web.json_response({"ok": False, "reason": user.value})
        return web.json_response({"ok": True, "user": user_view(user)})

    async def sign_out(self, request: web.Request) -> web.Response:
        try:
            await self._till.sign_out(request.match_info["terminal"])
        except TillError as error:
            raise _no_till(error) from error
        return web.json_response({})

    async def set_fault(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        try:
            kind = None if body.get("kind") is None else FaultKind(text_of(body, "kind"))
            times = number_of(body.get("times") or 1, "times")
            await self._till.set_fault(kind, times, _seconds(body.get("seconds")))
        except ValueError as error:
            raise Wrong(400, "the till knows no such fault") from error
        except TillError as error:
            raise _no_till(error) from error
        return web.json_response({})


class AuthenticatorPart:
    def __init__(self, world: World, keeper: Keeper) -> None:
        self._world = world
        self._keeper = keeper

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/authenticator", self.view),
            web.post("/api/authenticator/scan", self.scan),
            web.post("/api/authenticator/type", self.type),
            web.delete("/api/authenticator/{account}", self.remove),
        ]

    async def view(self, request: web.Request) -> web.Response:
        authenticator = Authenticator(self._world, viewer_of(self._world, request))
        return web.json_response({"accounts": authenticator.view()})

    async def scan(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        viewer = person_of(self._world, body.get("as"))
        chat_id = chat_of(self._world, body.get("chat_id"), viewer)
        message = message_of(self._world, chat_id, body.get("message_id"))
        if message.photo is None:
            raise Wrong(422, "no-qr")
        picture = await self._keeper.content(message.photo)
        authenticator = Authenticator(self._world, viewer)
        try:
            account = authenticator.add(await asyncio.to_thread(read_otpauth, picture))
        except Unusable as error:
            raise Wrong(422, str(error)) from error
        return await self._kept(authenticator, account)

    async def type(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        authenticator = Authenticator(self._world, person_of(self._world, body.get("as")))
        try:
            account = authenticator.type(text_of(body, "label"), text_of(body, "key"))
        except Unusable as error:
            raise Wrong(422, str(error)) from error
        return await self._kept(authenticator, account)

    async def remove(self, request: web.Request) -> web.Response:
        authenticator = Authenticator(self._world, viewer_of(self._world, request))
        try:
            authenticator.remove(request.match_info["account"])
        except Unusable as error:
            raise Wrong(404, "there is no such account") from error
        await self._keeper.save()
        return web.json_response({})

    async def _kept(self, authenticator: Authenticator, account: Account) -> web.Response:
        await self._keeper.save()
        return web.json_response(authenticator.account_view(account))


def _no_till(error: TillError) -> Wrong:
    return Wrong(409, f"the till says: {error}")


def _seconds(value: object) -> float:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(400, "seconds must be a number")
    return float(value)
