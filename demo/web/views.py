"""How chats and messages look to the page."""

from demo.model import Json, Message, Person, StoredFile
from demo.profile import About
from demo.web.html import to_html
from demo.world import World


def person_view(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "username": person.username,
        "language_code": person.language_code,
        "part": person.part.value,
    }


def message_view(world: World, message: Message, viewer: Person) -> Json:
    return {
        "message_id": message.message_id,
        "chat_id": message.chat_id,
        "date": message.date,
        "edit_date": message.edit_date,
        "from": {
            "id": message.sender_id,
            "name": sender_name(world, message.sender_id, viewer),
            "is_bot": message.sender_id == world.profile.id,
        },
        "text": message.text,
        "html": to_html(message.text, message.entities),
        "photo": _photo_view(message.photo) if message.photo else None,
        "document": {"url": f"/files/{message.document.path}", "name": message.document.name}
        if message.document
        else None,
        "keyboard": [[_button_view(button) for button in row] for row in message.keyboard] or None,
        "protected": message.protected,
        "reply_to": message.reply_to,
        "service": _service_view(world, message, viewer),
    }


def chat_view(world: World, chat_id: int, viewer: Person, unread: int) -> Json:
    group = world.groups.get(chat_id)
    messages = world.messages(chat_id)
    return {
        "id": chat_id,
        "type": "supergroup" if group else "private",
        "title": group.title if group else sender_name(world, world.profile.id, viewer),
        "last": message_view(world, messages[-1], viewer) if messages else None,
        "unread": unread,
        "started": True if group else world.people[viewer.id].started,
        "blocked": False if group else world.people[viewer.id].blocked,
    }


def bot_view(world: World, viewer: Person) -> Json:
    profile, language = world.profile, viewer.language_code
    return {
        "id": profile.id,
        "username": profile.username,
        "name": profile.text(About.NAME, language),
        "description": profile.text(About.DESCRIPTION, language),
        "short_description": profile.text(About.SHORT_DESCRIPTION, language),
        "commands": profile.menu(viewer.id, viewer.id, language),
    }


def sender_name(world: World, sender_id: int, viewer: Person) -> str:
    if sender_id == world.profile.id:
        return world.profile.text(About.NAME, viewer.language_code)
    return world.people[sender_id].name


def _photo_view(photo: StoredFile) -> Json:
    return {"url": f"/files/{photo.path}", "width": photo.width, "height": photo.height}


def _button_view(button: Json) -> Json:
    copied = button.get("copy_text", {}).get("text")
    url = button.get("url")
    return {
        "text": button["text"],
        "kind": "copy" if copied else "url" if url else "callback",
        "copy": copied,
        "url": url,
        "style": button.get("style"),
        "disabled": "disabled" in button,
    }


def _service_view(world: World, message: Message, viewer: Person) -> str | None:
    """Who came or went, in signs that need no language."""
    if not message.service:
        return None
    if "left_chat_member" in message.service:
        return f"− {sender_name(world, message.service['left_chat_member'], viewer)}"
    came = [sender_name(world, user_id, viewer) for user_id in message.service["new_chat_members"]]
    return f"+ {', '.join(came)}"
