"""`audit verify`, `audit export` and `authenticator reset` on a database that the bot wrote."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.engine import Database
from storage.store import SqlStore
from storage.vault import Vault
from tests.bot.bench import CommandLine, Here
from tests.changes.bench import Bench, bench_on
from tests.clock import HandClock
from tests.databases import Databases


@pytest.fixture
async def written(tmp_path: Path, databases: Databases) -> AsyncIterator[Bench]:
    """What the command line finds: a shop with an enrolled owner, and a change of a user to a formula."""
    given = CommandLine(tmp_path)
    databases.sqlite_copy().rename(given.database)
    (tmp_path / "key").write_text(given.key)
    database = Database(given.url)
    async with bench_on(database, SqlStore(database, Vault([given.key])), HandClock(), tmp_path) as bench:
        await bench.work(await bench.confirmed(value="=1+1 陈"))
        await database.close()
        yield bench
    await database.close()


@pytest.fixture
def at(written: Bench, here: Here) -> Here:
    here.key = (here.folder / "key").read_text()
    return here


@contextmanager
def tampering(line: CommandLine) -> Iterator[sqlite3.Connection]:
    """As one with access to the file would: the triggers are no hindrance."""
    connection = sqlite3.connect(line.database)
    connection.executescript("DROP TRIGGER IF EXISTS audit_no_update; DROP TRIGGER IF EXISTS audit_no_delete")
    with connection:
        yield connection
    connection.close()


def test_an_untouched_audit_fits_and_shows_its_head(at: Here) -> None:
    said = at.done("audit", "verify")
    assert re.fullmatch(r"Shop 1: 5 entries fit; head 5:[0-9a-f]{64}\n", said)
    assert at.done("audit", "verify", "--shop", "1") == said


@pytest.mark.parametrize(
    "edit",
    [
        "facts = '{}'",
        "facts = replace(facts, 'Boss', 'Miss')",
        "kind = 'claim.made'",
        "kind = 'nonsense'",
        "at = '2020-01-01 00:00:00.000000'",
        "at = 'nonsense'",
        "facts = 'nonsense'",
        "hash = 'é'",
        "previous = 'é'",
        "facts = '{\"n\": 99999999999999999999}'",
    ],
)
def test_an_edited_row_is_found_and_named(at: Here, edit: str) -> None:
    with tampering(at) as file:
        file.execute(f"UPDATE audit SET {edit} WHERE number = 2")  # noqa: S608 the test's own words
    done = at.run("audit", "verify")
    assert (done.returncode, done.stderr) == (1, "")
    assert "Shop 1: entry 2 does not fit: " in done.stdout


@pytest.mark.parametrize(("harm", "entry"), [("number = 5", 5), ("number > 3", 4), ("number = 2", 2), ("1", 1)])
def test_deleted_rows_are_found_and_the_first_is_named(at: Here, harm: str, entry: int) -> None:
    with tampering(at) as file:
        file.execute(f"DELETE FROM audit WHERE {harm}")  # noqa: S608
    done = at.run("audit", "verify")
    assert (done.returncode, done.stderr) == (1, "")
    assert f"Shop 1: entry {entry} does not fit: it is missing" in done.stdout


def test_a_witness_finds_a_tail_that_was_cut_with_its_head(at: Here) -> None:
    number, digest = re.findall(r"head (\d+):(\w+)", at.done("audit", "verify"))[0]
    witness = f"{number}:#{digest[:12].upper()}"
    at.done("audit", "verify", "--shop", "1", "--witness", witness)
    with tampering(at) as file:
        file.execute("DELETE FROM audit WHERE number = 5")
        file.execute(
            "UPDATE shops SET head_number = 4, head_hash = (SELECT hash FROM audit WHERE number = 4) WHERE id = 1"
        )
    at.done("audit", "verify")
    done = at.run("audit", "verify", "--shop", "1", "--witness", witness)
    assert done.returncode == 1
    assert "entry 5 does not fit: it is not the entry that the witness saw" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--witness", "5:abc"), "name it with --shop"),
        (("--shop", "1", "--witness", "5"), "NUMBER:HASH"),
        (("--shop", "1", "--witness", "x:abc"), "NUMBER:HASH"),
        (("--shop", "1", "--witness", "²:abc"), "NUMBER:HASH"),
        (("--shop", "9"), "there is no shop 9"),
    ],
)
def test_a_witness_that_cannot_be_used_is_said(at: Here, arguments: tuple[str, ...], said: str) -> None:
    assert said in at.refused("audit", "verify", *arguments)


def test_every_entry_is_exported_as_json_lines(at: Here) -> None:
    rows = [json.loads(line) for line in at.done("audit", "export").splitlines()]
    assert [row["number"] for row in rows] == [1, 2, 3, 4, 5]
    assert [row["previous"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]
    assert rows[4]["facts"]["after"] == {"name": "=1+1 陈"}
    assert at.done("audit", "export", "--shop", "1", "--format", "jsonl").count("\n") == 5


def test_in_csv_no_cell_is_a_formula(at: Here) -> None:
    with tampering(at) as file:
        file.execute("UPDATE audit SET hash = '=HYPERLINK(1)', previous = '@x' WHERE number = 3")
    rows = list(csv.reader(io.StringIO(at.done("audit", "export", "--format", "csv"))))
    assert rows[0] == ["shop", "number", "at", "kind", "facts", "previous", "hash"]
    assert [row[1] for row in rows[1:]] == ["1", "2", "3", "4", "5"]
    assert rows[3][5:] == ["'@x", "'=HYPERLINK(1)"]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert json.loads(rows[5][4])["after"] == {"name": "=1+1 陈"}


def test_an_authenticator_is_taken_away_once_and_recorded(at: Here) -> None:
    assert "person 4000000001 enrols a new one" in at.done("authenticator", "reset", "4000000001")
    assert "has no authenticator" in at.refused("authenticator", "reset", "4000000001")
    last = json.loads(at.done("audit", "export").splitlines()[-1])
    assert (last["kind"], last["facts"]) == ("factor.reset", {"person": "4000000001"})
    at.done("audit", "verify")


def test_the_process_says_that_an_edited_audit_does_not_fit(written: Bench, line: CommandLine) -> None:
    line.key = (line.folder / "key").read_text()
    with tampering(line) as file:
        file.execute("UPDATE audit SET facts = '{}' WHERE number = 4")
    done = line.run("audit", "verify")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == "Shop 1: entry 4 does not fit: what it says was changed\n"


def test_a_database_that_cannot_be_written_is_one_line(at: Here) -> None:
    at.database.with_name("other.db").write_text("this is no database, " * 200)
    refused = at.refused("shop", "list", DATABASE_URL=f"sqlite+aiosqlite:///{at.folder / 'other.db'}")
    assert refused == "the database cannot be used: (sqlite3.DatabaseError) file is not a database"
