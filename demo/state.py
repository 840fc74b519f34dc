"""What there is at this moment, and the one way to change it: every change is kept for the storage and told."""

import secrets
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import PurePath
from typing import Any

from demo.hub import Hub, News
from demo.model import Callback, Group, Json, Message, Person, StoredFile
from demo.profile import Profile
from demo.storage import Changes
from demo.updates import UpdateQueue

Clock = Callable[[], datetime]


class State:
    """People, groups, messages, files and presses. Knows no rules of Telegram but how messages are numbered."""

    def __init__(self, clock: Clock, bot_id: int, bot_username: str, bot_name: str) -> None:
        self.clock = clock
        self.hub = Hub()
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self._messages: dict[int, dict[int, Message]] = defaultdict(dict)
        self.callbacks: dict[str, Callback] = {}
        self.files: dict[str, StoredFile] = {}
        self.profile = Profile(bot_id, bot_username, bot_name, self._keep_profile)
        self.updates = UpdateQueue(self.now, self._keep_update)
        self._last_ids: dict[int, int] = {}
        self._notes: dict[str, Any] = {}
        self._unsaved: Changes = {}
        self._unsaved_files: dict[str, bytes] = {}

    def now(self) -> float:
        """Unix time, seconds."""
        return self.clock().timestamp()

    # Records -----------------------------------------------------------------------------------------------------

    def restore(self, records: dict[str, dict[str, Any]]) -> None:
        """Take up what an earlier run left in the storage."""
        for body in records["person"].values():
            person = Person.model_validate(body)
            self.people[person.id] = person
        for body in records["group"].values():
            group = Group.model_validate(body)
            self.groups[group.id] = group
        for body in records["file"].values():
            file = StoredFile.model_validate(body)
            self.files[file.id] = file
        for body in records["callback"].values():
            callback = Callback.model_validate(body)
            self.callbacks[callback.id] = callback
        for message in sorted(map(Message.model_validate, records["message"].values()), key=lambda m: m.message_id):
            self._messages[message.chat_id][message.message_id] = message
        single = records["single"]
        self._last_ids = {int(key): value for key, value in single.get("last_ids", {}).items()}
        if "profile" in single:
            self.profile.restore(single["profile"])
        self._notes = dict(records["note"])
        waiting = {int(key): body for key, body in records["update"].items()}
        self.updates.restore(waiting, single.get("allowed_updates"), single.get("next_update_id"))

    def take_unsaved(self) -> tuple[Changes, dict[str, bytes]]:
        """Everything that changed since the last time, for `Storage.save`."""
        taken = (self._unsaved, self._unsaved_files)
        self._unsaved, self._unsaved_files = {}, {}
        return taken

    def unsaved_file(self, file_id: str) -> bytes | None:
        return self._unsaved_files.get(file_id)

    def note(self, key: str, value: Any) -> None:
        """Keep a piece of JSON for another part of the demo."""
        self._notes[key] = value
        self._unsaved[("note", key)] = value

    def noted(self, key: str) -> Any:
        """What was noted under `key`; None where nothing was."""
        return self._notes.get(key)

    def allow_updates(self, kinds: list[str]) -> None:
        """Remember which updates the bot wants; an empty list is Telegram's default."""
        self.updates.allowed = kinds
        self._unsaved[("single", "allowed_updates")] = kinds

    def keep_person(self, person: Person) -> None:
        self.people[person.id] = person
        self._unsaved[("person", str(person.id))] = person.model_dump(mode="json")

    def keep_group(self, group: Group) -> None:
        self.groups[group.id] = group
        self._unsaved[("group", str(group.id))] = group.model_dump(mode="json")

    def keep_callback(self, callback: Callback) -> None:
        self.callbacks[callback.id] = callback
        self._unsaved[("callback", callback.id)] = callback.model_dump(mode="json")
        self.hub.tell(News("callback"))

    def keep_file(self, content: bytes, name: str, mime_type: str, size: tuple[int, int] = (0, 0)) -> StoredFile:
        """Store a file; `size` in pixels makes it a photo."""
        folder = "photos" if size[0] else "documents"
        number = len(self.files)
        file = StoredFile(
            id="AgAC" + secrets.token_urlsafe(40),
            unique_id="AQAD" + secrets.token_urlsafe(8),
            path=f"{folder}/file_{number}{PurePath(name).suffix}",
            name=name,
            mime_type=mime_type,
            size=len(content),
            width=size[0],
            height=size[1],
        )
        self.files[file.id] = file
        self._unsaved[("file", file.id)] = file.model_dump(mode="json")
        self._unsaved_files[file.id] = content
        return file

    # Messages ----------------------------------------------------------------------------------------------------

    def message(self, chat_id: int, message_id: int) -> Message | None:
        return self._messages[chat_id].get(message_id) if chat_id in self._messages else None

    def messages(self, chat_id: int) -> list[Message]:
        """What can be seen in a chat now, oldest first."""
        return list(self._messages[chat_id].values()) if chat_id in self._messages else []

    def post(self, chat_id: int, sender_id: int, **content: Any) -> Message:
        """Put a new message into a chat."""
        message = Message(
            chat_id=chat_id,
            message_id=self._next_message_id(chat_id),
            date=int(self.now()),
            sender_id=sender_id,
            **content,
        )
        self._keep_message(message)
        self.hub.tell(News("message", chat_id, {"message_id": message.message_id}))
        return message

    def change(self, message: Message, **content: Any) -> Message:
        """Put the message's new content in its place, marked as edited unless only its keyboard changes."""
        if set(content) - {"markup"}:
            content["edit_date"] = int(self.now())
        changed = message.model_copy(update=content)
        self._keep_message(changed)
        self.hub.tell(News("edit", changed.chat_id, {"message_id": changed.message_id}))
        return changed

    def remove(self, chat_id: int, message_ids: list[int]) -> None:
        for message_id in message_ids:
            self._messages[chat_id].pop(message_id)
            self._unsaved[("message", f"{chat_id}:{message_id}")] = None
        self.hub.tell(News("delete", chat_id, {"message_ids": message_ids}))

    def put_update(self, kind: str, payload: Json) -> Json | None:
        update = self.updates.put(kind, payload)
        self.hub.tell(News("update"))
        return update

    def _next_message_id(self, chat_id: int) -> int:
        """A supergroup counts for itself; all private chats of a bot share one count."""
        counter = min(chat_id, 0)
        self._last_ids[counter] = self._last_ids.get(counter, 0) + 1
        self._unsaved[("single", "last_ids")] = {str(key): value for key, value in self._last_ids.items()}
        return self._last_ids[counter]

    def _keep_message(self, message: Message) -> None:
        self._messages[message.chat_id][message.message_id] = message
        key = ("message", f"{message.chat_id}:{message.message_id}")
        self._unsaved[key] = message.model_dump(mode="json", exclude_defaults=True)

    def _keep_profile(self, key: str, record: Json) -> None:
        self._unsaved[("single", key)] = record
        self.hub.tell(News("commands"))

    def _keep_update(self, update_id: int, record: Json | None) -> None:
        self._unsaved[("update", str(update_id))] = record
        self._unsaved[("single", "next_update_id")] = self.updates.next_id
