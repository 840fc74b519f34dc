"""The page's stream of events: Server-Sent Events of what concerns one person."""

import asyncio
import json

from aiohttp import web

from demo.hub import News
from demo.model import Json, Person
from demo.presence import Presence
from demo.web.reading import viewer_of
from demo.web.views import message_view
from demo.world import World

#: Seconds of silence after which a comment is sent, so that a dead connection is noticed.
SILENCE = 15.0
#: News that everyone may have as it is.
PUBLIC = frozenset({"commands", "till", "bot"})


class StreamPart:
    def __init__(self, world: World, presence: Presence) -> None:
        self._world = world
        self._presence = presence
        self._open: set[asyncio.Task[object]] = set()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/events", self.events)]

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Begins with whether the bot is there; then everything as it happens, until either side goes."""
        viewer = viewer_of(self._world, request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 a handler runs in a task
        self._open.add(task)
        try:
            with self._world.hub.listen() as news:
                await response.prepare(request)
                await self._send(response, {"type": "bot", "online": self._presence.online})
                await self._pass_on(news, viewer, response)
        except (ConnectionResetError, asyncio.CancelledError):
            return response
        finally:
            self._open.discard(task)
        return response

    async def close(self, app: web.Application) -> None:  # noqa: ARG002 the form of a shutdown handler
        for task in list(self._open):
            task.cancel()

    async def _pass_on(self, news: "asyncio.Queue[News]", viewer: Person, response: web.StreamResponse) -> None:
        while True:
            try:
                async with asyncio.timeout(SILENCE):
                    told = await news.get()
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            event = self._event(told, viewer)
            if event is not None:
                await self._send(response, event)

    async def _send(self, response: web.StreamResponse, event: Json) -> None:
        await response.write(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())

    def _event(self, told: News, viewer: Person) -> Json | None:
        """What the viewer may know of it; None for what is not theirs."""
        if told.type in PUBLIC:
            return {"type": told.type, **told.body}
        if told.type == "authenticator":
            return {"type": told.type} if told.body["person_id"] == viewer.id else None
        if told.chat_id is None or not self._is_theirs(told.chat_id, viewer):
            return None
        if told.type in {"message", "edit"}:
            message = self._world.message(told.chat_id, told.body["message_id"])
            return {"type": told.type, "message": message_view(self._world, message, viewer)} if message else None
        if told.type in {"delete", "typing"}:
            return {"type": told.type, "chat_id": told.chat_id, **told.body}
        return None

    def _is_theirs(self, chat_id: int, viewer: Person) -> bool:
        return chat_id == viewer.id or (chat_id in self._world.groups and self._world.groups[chat_id].has(viewer.id))
