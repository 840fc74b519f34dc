"""A file can be read at every moment from its sending on."""

import asyncio

from demo.model import Part
from demo.server import Telegram


async def test_a_photo_is_there_while_it_is_being_saved(telegram: Telegram, picture: bytes) -> None:
    owner = telegram.world.add_person("Boss Lin", Part.OWNER)
    telegram.world.send_photo(owner, picture)
    (file,) = telegram.world.files.values()
    saving = asyncio.create_task(telegram.keeper.save())
    while telegram.world.unsaved_file(file.id) is not None:  # noqa: ASYNC110 the save brings it about
        await asyncio.sleep(0)
    assert not saving.done()
    assert len(await telegram.keeper.content(file)) == file.size
    await saving
