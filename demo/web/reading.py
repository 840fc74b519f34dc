"""What the page's requests say: who looks, at which chat, and the fields of the body."""

import json
from typing import Any

from aiohttp import web

from demo.model import Message, Person
from demo.web.guard import Wrong
from demo.world import World


async def body_of(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read() or b"{}")
    except (ValueError, RecursionError) as error:
        raise Wrong(400, "the body must be JSON") from error
    if not isinstance(body, dict):
        raise Wrong(400, "the body must be a JSON object")
    return body


def number_of(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Wrong(400, f"{name} must be a number")
    try:
        return int(value)
    except ValueError as error:
        raise Wrong(400, f"{name} must be a number") from error


def text_of(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise Wrong(400, f"{name} must be a text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Wrong(400, f"{name} must be Unicode text") from error
    return value


def person_of(world: World, value: object) -> Person:
    person = world.people.get(number_of(value, "as"))
    if person is None:
        raise Wrong(404, "nobody has this id")
    return person


def viewer_of(world: World, request: web.Request) -> Person:
    """Who looks, by the query's `as`."""
    return person_of(world, request.query.get("as"))


def chat_of(world: World, value: object, viewer: Person) -> int:
    """A chat the viewer is in: the private one with the bot, or a group."""
    chat_id = number_of(value, "chat")
    if chat_id == viewer.id or (chat_id in world.groups and world.groups[chat_id].has(viewer.id)):
        return chat_id
    raise Wrong(404, "there is no such chat")


def message_of(world: World, chat_id: int, value: object) -> Message:
    message = world.message(chat_id, number_of(value, "message_id"))
    if message is None:
        raise Wrong(404, "the message is gone")
    return message
