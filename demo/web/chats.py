"""The chats of a person: reading, writing, editing, deleting, pressing, blocking."""

import asyncio
from typing import Any

from aiohttp import web

from demo.hub import News
from demo.keeping import Keeper
from demo.model import Message, Person
from demo.shop import mark_used
from demo.web.guard import Wrong
from demo.web.reading import body_of, chat_of, message_of, number_of, person_of, text_of, viewer_of
from demo.web.views import chat_view, message_view
from demo.world import PATIENCE, World


class ChatsPart:
    def __init__(self, world: World, keeper: Keeper) -> None:
        self._world = world
        self._keeper = keeper

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/chats", self.chats),
            web.get("/api/chats/{chat}/messages", self.messages),
            web.post("/api/chats/{chat}/messages", self.send),
            web.post("/api/chats/{chat}/photos", self.send_photo),
            web.post("/api/chats/{chat}/edit", self.edit),
            web.delete("/api/chats/{chat}/messages/{message}", self.delete),
            web.post("/api/chats/{chat}/press", self.press),
            web.post("/api/chats/{chat}/block", self.block),
            web.get("/files/{path:.+}", self.file),
        ]

    async def chats(self, request: web.Request) -> web.Response:
        viewer = viewer_of(self._world, request)
        groups = [group.id for group in self._world.groups.values() if group.has(viewer.id)]
        views = [
            chat_view(self._world, chat_id, viewer, self._unread(chat_id, viewer)) for chat_id in (viewer.id, *groups)
        ]
        return web.json_response(views)

    async def messages(self, request: web.Request) -> web.Response:
        viewer = viewer_of(self._world, request)
        chat_id = chat_of(self._world, request.match_info["chat"], viewer)
        messages = self._world.messages(chat_id)
        if messages and self._unread(chat_id, viewer):
            self._world.note(f"read:{viewer.id}:{chat_id}", messages[-1].message_id)
            await self._keeper.save()
        return web.json_response([message_view(self._world, message, viewer) for message in messages])

    async def send(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        viewer, chat_id = self._who_where(request, body)
        reply_to = body.get("reply_to")
        answered = message_of(self._world, chat_id, reply_to).message_id if reply_to is not None else None
        text = text_of(body, "text")
        message = self._world.send_text(viewer, text, chat_id, reply_to=answered)
        mark_used(self._world, text)
        return await self._shown(message, viewer)

    async def send_photo(self, request: web.Request) -> web.Response:
        form = await request.post()
        viewer, chat_id = self._who_where(request, form)
        photo = form.get("photo")
        if not isinstance(photo, web.FileField):
            raise Wrong(400, "photo must be a file")
        with photo.file:
            content = photo.file.read()
        message = self._world.send_photo(viewer, content, str(form.get("caption") or ""), chat_id)
        return await self._shown(message, viewer)

    async def edit(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        viewer, chat_id = self._who_where(request, body)
        message = message_of(self._world, chat_id, body.get("message_id"))
        return await self._shown(self._world.edit_text(viewer, message, text_of(body, "text")), viewer)

    async def delete(self, request: web.Request) -> web.Response:
        viewer = viewer_of(self._world, request)
        chat_id = chat_of(self._world, request.match_info["chat"], viewer)
        self._world.delete(viewer, message_of(self._world, chat_id, request.match_info["message"]))
        await self._keeper.save()
        return web.json_response({})

    async def press(self, request: web.Request) -> web.Response:
        """Answers when the bot has answered the press, or after ten seconds."""
        body = await body_of(request)
        viewer, chat_id = self._who_where(request, body)
        message = message_of(self._world, chat_id, body.get("message_id"))
        try:
            row, col = number_of(body.get("row"), "row"), number_of(body.get("col"), "col")
            button = message.keyboard[row][col] if min(row, col) >= 0 else {}
        except IndexError:
            button = {}
        if "callback_data" not in button:
            raise Wrong(409, "the button is gone")
        press = self._world.press_raw(viewer, message.message_id, button["callback_data"], chat_id)
        await self._keeper.save()
        try:
            answer = await press.answered(PATIENCE)
        except TimeoutError:
            return web.json_response({"answer": None})
        return web.json_response({"answer": {"text": answer.text, "show_alert": answer.show_alert}})

    async def block(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        viewer, chat_id = self._who_where(request, body)
        if chat_id != viewer.id or not isinstance(body.get("blocked"), bool):
            raise Wrong(400, "blocked must be true or false, in the private chat")
        self._world.block(viewer, body["blocked"])
        self._world.hub.tell(News("chats", viewer.id))
        await self._keeper.save()
        return web.json_response({})

    async def file(self, request: web.Request) -> web.Response:
        wanted = request.match_info["path"]
        file = next((file for file in self._world.files.values() if file.path == wanted), None)
        if file is None:
            raise Wrong(404, "there is no such file")
        # Only photos, which this server has made itself, are shown; anything else is for saving.
        kind, place = ("image/jpeg", "inline") if file.width else ("application/octet-stream", "attachment")
        headers = {"Content-Disposition": place}
        return web.Response(body=await self._keeper.content(file), content_type=kind, headers=headers)

    def _who_where(self, request: web.Request, body: Any) -> tuple[Person, int]:
        viewer = person_of(self._world, body.get("as"))
        return viewer, chat_of(self._world, request.match_info["chat"], viewer)

    def _unread(self, chat_id: int, viewer: Person) -> int:
        read = self._world.noted(f"read:{viewer.id}:{chat_id}") or 0
        return sum(
            message.message_id > read and message.sender_id != viewer.id for message in self._world.messages(chat_id)
        )

    async def _shown(self, message: Message, viewer: Person) -> web.Response:
        await asyncio.shield(self._keeper.save())
        return web.json_response(message_view(self._world, message, viewer))
