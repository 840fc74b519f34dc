"""`python -m bot` before any Telegram: shops, keys, and what is told where something is wrong."""

import base64
import re

import pytest

from bot.lock import AlreadyRunning, only_process
from tests.bot.bench import CommandLine, Here
from tests.pos.scim.server import TOKEN, scim_server


def test_help_lists_the_commands(here: Here) -> None:
    said = here.done("--help")
    for command in ("migrate", "key", "shop", "audit", "authenticator"):
        assert re.search(rf"^\s+{command}\s+\w", said, re.MULTILINE), said


def test_a_key_is_32_bytes_and_needs_no_settings(here: Here) -> None:
    made = here.run("key", SECRET_KEYS="").stdout.strip()
    assert len(base64.urlsafe_b64decode(made)) == 32


def test_a_shop_is_added_listed_and_claimed_anew(line: CommandLine, here: Here) -> None:
    first = line.add_shop()
    here.key = line.key
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", first)
    assert (line.folder / "till.db").exists()
    assert here.done("shop", "list") == "1\tLin's Tea House 林记\tembedded\tAsia/Shanghai\towners: 0\n"
    again = re.findall(r"^/start (\S+)$", here.done("shop", "claim", "1"), re.MULTILINE)
    assert again != [first]
    assert len(again) == 1
    assert "there is no shop 7" in here.refused("shop", "claim", "7")
    assert first.encode() not in line.database.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("x", "--option", "path"), "an option is written key=value, not 'path'"),
        (("x", "--option", "=till.db"), "an option is written key=value"),
        (("x", "--option", "path=t.db", "--option", "colour=red"), "colour"),
        (("x", "--option", "path=t.db", "--option", "timeout=soon"), "timeout"),
        (("x", "--option", "path=/proc/t.db"), "/proc/t.db"),
        (("\u200b ",), "the shop needs a name"),
        (("x", "--zone", "Mars/Base"), "there is no time zone 'Mars/Base'"),
        (("x", "--zone", "../../etc/passwd"), "there is no time zone"),
    ],
)
def test_what_cannot_be_added_is_said_and_nothing_is(here: Here, arguments: tuple[str, ...], said: str) -> None:
    assert said in here.refused("shop", "add", *arguments, "--backend", "embedded")
    assert here.done("shop", "list") == ""


def test_a_secret_option_is_asked_for_and_kept_sealed(line: CommandLine) -> None:
    with scim_server() as address:
        asked = ("shop", "add", "x", "--backend", "scim", "--option", f"url={address}/shop/v2")
        done = line.run(*asked, typed=f"{TOKEN}\n")
        assert done.returncode == 0, done.stderr
        assert TOKEN not in done.stdout + done.stderr
        assert TOKEN.encode() not in line.database.read_bytes()
        told = line.run(*asked, "--option", f"token={TOKEN}", typed=f"{TOKEN}\n")
        assert (told.returncode, told.stdout) == (1, "")
        assert "token is a secret" in told.stderr
        wrong = line.run(*asked, typed="wrong\n")
        assert (wrong.returncode, wrong.stdout) == (1, "")
        assert "account" in wrong.stderr


def test_an_unknown_backend_names_those_there_are(here: Here) -> None:
    done = here.run("shop", "add", "x", "--backend", "abacus")
    assert done.returncode == 2
    assert "embedded" in done.stderr


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SECRET_KEYS": ""}, "SECRET_KEYS is empty"),
        ({"SECRET_KEYS": "do-not-echo-this"}, "SECRET_KEYS: each key is 32 bytes"),
        ({"SECRET_KEYS": "do-not-echo-thís" * 3}, "SECRET_KEYS: each key is 32 bytes"),
        ({"DEFAULT_LOCALE": "klingon"}, "DEFAULT_LOCALE: "),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL: "),
        ({"DATABASE_URL": "nonsense"}, "the database cannot be used"),
        ({"DATABASE_URL": "sqlite+aiosqlite:////proc/none/t.db"}, "the database cannot be used"),
        ({"DATABASE_URL": "postgresql+asyncpg://do-not-echo-this@127.0.0.1:1/t"}, "the database cannot be used"),
    ],
)
def test_a_bad_setting_is_one_line_that_names_it(here: Here, environment: dict[str, str], said: str) -> None:
    refused = here.refused("shop", "list", **environment)
    assert said in refused
    assert "do-not-echo" not in refused


@pytest.mark.parametrize("token", ["", "nonsense", "123:do-not echo"])
def test_without_a_bots_token_it_does_not_run(here: Here, token: str) -> None:
    refused = here.refused(BOT_TOKEN=token)
    assert "BOT_TOKEN is not a bot's token" in refused
    assert "do-not" not in refused


def test_a_database_that_cannot_be_opened_stops_the_process_with_one_line(line: CommandLine) -> None:
    refused = line.refused("shop", "list", DATABASE_URL="sqlite+aiosqlite:////proc/t.db")
    assert refused == "the database cannot be used: (sqlite3.OperationalError) unable to open database file"


def test_one_bot_to_a_file(line: CommandLine) -> None:
    with only_process(line.database):
        with pytest.raises(AlreadyRunning), only_process(line.database):
            pass
        token = "123456789:" + "A" * 35
        refused = line.refused(BOT_TOKEN=token, BOT_API_BASE="http://127.0.0.1:1")
        assert refused == f"another bot already runs on {line.database}"
    with only_process(line.database):
        pass
