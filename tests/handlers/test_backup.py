"""The conversation of a backup: what stays in the chat and in memory, and which files are refused with which words."""

import json

import pytest
from aiogram.types import Document

from changes.sealed_file import LARGEST, open_sealed
from handlers.states import BackupSG
from locales import LANGUAGES
from tests.handlers.bench import CASHIER, Bench
from tests.handlers.chat import How
from tests.handlers.person import Person
from tests.handlers.ways import go, phrase_of, someone_for, someone_in
from tests.pos.bench import FIRST_PIN

FILE = "tillkeeper.backup"


async def send_file(person: Person, content: bytes, size: int | None = None) -> None:
    person.seen.files[FILE] = content
    await person.send("", document=Document(file_id=FILE, file_unique_id="u", file_size=size or len(content)))


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_the_file_comes_then_what_opens_it_and_that_goes(bench: Bench, locale: str) -> None:
    person = await someone_in(bench, BackupSG.code, locale)
    code = await person.send(person.next_code())
    hows = [said.how for said in person.news()]
    assert hows[:3] == [How.DOCUMENT, How.MESSAGE, How.EDITED]
    phrase = phrase_of(person)
    assert phrase not in "".join(said.text for said in person.news() if said.how is not How.EDITED)
    assert code in bench.chat.deleted
    coming = person.news()[1].message
    assert coming is not None
    deletions = bench.rows("SELECT message_id FROM outbox WHERE kind = 'delete'")
    assert (coming.message_id,) in deletions
    kept = json.dumps(bench.kept(person.chat.id, "aiogd:stack:")) + str(bench.rows("SELECT data FROM conversations"))
    assert phrase not in kept
    (file,) = bench.chat.files.values()
    inside = json.dumps(open_sealed(file, phrase), ensure_ascii=False)
    assert CASHIER.name in inside
    assert FIRST_PIN not in inside
    assert phrase not in str(bench.rows("SELECT * FROM audit"))


async def test_a_wrong_code_brings_no_file(bench: Bench) -> None:
    person = await someone_in(bench, BackupSG.code)
    await person.send("000000")
    assert bench.chat.files == {}
    assert person.state() == BackupSG.code.state


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_what_is_no_backup_is_refused_with_a_next_step(bench: Bench, locale: str) -> None:
    person = await someone_in(bench, BackupSG.file, locale)
    for content, size, key in (
        (b"%PDF-1.7", None, "unreadable"),
        (b"x", 50_000_000, "too-large"),
        # Telegram may have said another size.
        (bytes(LARGEST + 1), 10, "too-large"),
        (b"TILLKEEPER-BACKUP 2\n" + bytes(100), None, "newer"),
    ):
        await send_file(person, content, size)
        assert person.texts.plain(f"refused-backup-{key}") in person.window().text
        assert person.state() == BackupSG.file.state
    await person.send("here it is")
    assert person.texts.plain("restore-file-expected") in person.window().text


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_a_wrong_passphrase_goes_and_may_be_typed_again(bench: Bench, locale: str) -> None:
    person = await someone_in(bench, BackupSG.phrase, locale)
    typed = await person.send("WRONG-WRONG")
    assert typed in bench.chat.deleted
    assert person.texts.plain("refused-backup-locked") in person.window().text
    await person.send(phrase_of(person).lower())
    assert person.state() == BackupSG.difference.state
    assert "Once Ana" in person.window().text


async def test_another_shops_file_is_refused(bench: Bench) -> None:
    person = await someone_for(bench, BackupSG.file)
    await go(person, BackupSG.code)
    await person.send(person.next_code())
    phrase = phrase_of(person)
    ((name, file),) = bench.chat.files.items()
    await person.send("/menu")
    await person.press_matching(".*Noodle Bar")
    await person.press("menu-backup")
    await person.press("sealed-restore")
    await person.send("", document=Document(file_id=name, file_unique_id="u", file_size=len(file)))
    person.fresh()
    await person.send(phrase)
    assert person.told() == [person.texts.plain("refused-backup-of-another", shop="Tea House")]


async def test_a_till_as_in_the_file_and_one_that_is_away(bench: Bench) -> None:
    person = await someone_for(bench, BackupSG.file)
    await go(person, BackupSG.code)
    await person.send(person.next_code())
    phrase = phrase_of(person)
    ((name, file),) = bench.chat.files.items()
    for key in ("refused-backup-same", "refused-till-unreachable"):
        await go(person, BackupSG.file)
        await person.send("", document=Document(file_id=name, file_unique_id="u", file_size=len(file)))
        person.fresh()
        await person.send(phrase)
        assert person.told() == [person.texts.plain(key)]
        await bench.parts.tills.close()
        bench.till_file("Tea House").unlink(missing_ok=True)


async def test_the_code_confirms_it_and_the_till_is_brought_back(bench: Bench) -> None:
    person = await someone_in(bench, BackupSG.confirm)
    await person.send(person.next_code())
    await bench.work()
    assert ("Once Ana",) in bench.till_rows("SELECT name FROM user")
