"""What an update does to the conversations that are kept."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from aiogram.fsm.storage.base import StorageKey
from aiogram_dialog.api.entities import Stack

from bot.conversations import Conversations, OneUpdate, draw_distinct_ids
from handlers.states import MenuSG

STACK, CONTEXT = (StorageKey(bot_id=1, chat_id=2, user_id=2, destiny=destiny) for destiny in ("stack", "context"))

Data = dict[str, Any]


class Keeping:
    """Conversations in memory, and what was asked."""

    def __init__(self, **kept: Data) -> None:
        self.kept = {STACK: kept.get("stack", {}), CONTEXT: kept.get("context", {})}
        self.read: list[StorageKey] = []
        self.written: list[dict[StorageKey, Mapping[str, Any]]] = []

    async def get_data(self, key: StorageKey) -> Data:
        self.read.append(key)
        return copy.deepcopy(self.kept[key])

    async def set_all(self, changed: Mapping[StorageKey, Mapping[str, Any]]) -> None:
        self.written.append(dict(changed))
        self.kept |= {key: dict(data) for key, data in changed.items()}


async def test_it_is_read_once_and_what_changed_is_written_once_at_the_end() -> None:
    keeping = Keeping(stack={"a": 1}, context={"b": 1})
    update = OneUpdate(keeping)
    for number in (2, 3):
        await update.set_data(STACK, {"a": (await update.get_data(STACK))["a"] + number})
        await update.set_data(CONTEXT, await update.get_data(CONTEXT))
    assert keeping.written == []
    await update.end()
    assert keeping.read == [STACK, CONTEXT]
    assert keeping.written == [{STACK: {"a": 6}}]


async def test_what_is_done_to_what_was_read_changes_nothing() -> None:
    keeping = Keeping(stack={"list": [1]})
    update = OneUpdate(keeping)
    (await update.get_data(STACK))["list"].append(2)
    assert await update.get_data(STACK) == {"list": [1]}
    await update.end()
    assert keeping.written == []


async def test_a_conversation_that_was_emptied_is_forgotten() -> None:
    keeping = Keeping(stack={"a": 1})
    update = OneUpdate(keeping)
    await update.set_data(STACK, {})
    assert await update.get_data(STACK) == {}
    await update.end()
    assert keeping.written == [{STACK: {}}]


async def test_only_json_is_taken_at_once() -> None:
    with pytest.raises(TypeError):
        await OneUpdate(Keeping()).set_data(STACK, {"object": object()})


async def test_what_a_handler_wrote_before_it_failed_is_kept_and_what_is_written_of_the_failure_too() -> None:
    keeping = Keeping()
    data: Data = {}

    async def handler(_event: object, given: Data) -> None:
        await given["fsm_storage"].set_data(STACK, {"a": 1})
        raise LookupError

    with pytest.raises(LookupError):
        await Conversations(keeping)(handler, None, data)  # type: ignore[arg-type]
    assert keeping.kept[STACK] == {"a": 1}
    # Failures are told outside the middlewares, where menus are begun anew.
    await data["fsm_storage"].set_data(CONTEXT, {"menu": 1})
    assert keeping.kept[CONTEXT] == {"menu": 1}


def test_conversations_of_one_second_have_ids_of_their_own() -> None:
    draw_distinct_ids()
    ids = {Stack().push(MenuSG.home, None).id for _ in range(5_000)}
    assert len(ids) == 5_000
    assert max(map(len, ids)) <= 6
