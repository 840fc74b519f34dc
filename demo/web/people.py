"""Who there is, what the bot says of itself, and the owner's invitation."""

import re

from aiohttp import web

from demo.shop import invitation_for
from demo.web.guard import Wrong
from demo.web.reading import body_of, person_of, text_of, viewer_of
from demo.web.views import bot_view, person_view
from demo.world import World

LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,8})?")


class PeoplePart:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/people", self.people),
            web.post("/api/people/{person}/language", self.set_language),
            web.get("/api/bot", self.bot),
            web.get("/api/invitation", self.invitation),
        ]

    async def people(self, request: web.Request) -> web.Response:  # noqa: ARG002 every handler has one
        return web.json_response([person_view(person) for person in self._world.people.values()])

    async def set_language(self, request: web.Request) -> web.Response:
        person = person_of(self._world, request.match_info["person"])
        code = text_of(await body_of(request), "language_code")
        if not LANGUAGE.fullmatch(code):
            raise Wrong(400, "language_code must be like en or zh-hans")
        self._world.speak(person, code)
        return web.json_response({})

    async def bot(self, request: web.Request) -> web.Response:
        return web.json_response(bot_view(self._world, viewer_of(self._world, request)))

    async def invitation(self, request: web.Request) -> web.Response:
        return web.json_response(invitation_for(self._world, viewer_of(self._world, request)))
