"""`shop test`, `shop edit`, `shop remove`, and what `shop list` shows of owners."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.commands.trying import print_findings
from changes.authority import Actor, ChatKind, MemberRole
from changes.claiming import Claim
from changes.ports import NoticeKind
from pos.embedded.till import Till
from pos.kind import Fault, Finding
from storage.engine import Database
from storage.store import SqlStore
from storage.vault import Vault
from tests.bot.bench import Here
from tests.clock import HandClock
from tests.pos.bench import QUICK, furnish
from tests.pos.packages import install
from tests.pos.scim.server import TOKEN, Directory, scim_server

OWNER = 4_000_000_001


@pytest.fixture(scope="module")
def scim() -> Iterator[str]:
    with scim_server() as address:
        yield address


@pytest.fixture
def shop(here: Here) -> Here:
    """One of name "Tea", on a till of two users."""

    async def furnished(path: Path) -> None:
        async with Till(path, hasher=QUICK) as till:
            await furnish(till, path)

    asyncio.run(furnished(here.folder / "till.db"))
    add(here, "Tea")
    return here


def add(here: Here, name: str) -> str:
    """The shop's claim."""
    path = here.folder / "till.db"
    said = here.done("shop", "add", name, "--backend", "embedded", "--option", f"path={path}")
    (start,) = [line for line in said.splitlines() if line.startswith("/start ")]
    return start.removeprefix("/start ")


def on_store(here: Here, work: Any) -> Any:
    """What `work(store)` gives."""

    async def done() -> Any:
        database = Database(here.url)
        try:
            return await work(SqlStore(database, Vault([here.key])))
        finally:
            await database.close()

    return asyncio.run(done())


def options(here: Here, shop_id: int = 1) -> dict[str, str]:
    async def read(store: SqlStore) -> dict[str, str]:
        async with store.read() as tx:
            return await tx.shops.options(shop_id)

    kept: dict[str, str] = on_store(here, read)
    return kept


def test_a_shop_whose_till_answers_is_told_of(shop: Here) -> None:
    said = shop.done("shop", "test", "Tea").splitlines()
    assert said[:2] == ["Shop 1: Tea (backend embedded, time zone Asia/Shanghai)", "Terminal Front 前台: 2 users"]
    assert said[2].startswith("Can be changed: rename, pin, role, freeze, unfreeze")
    assert len(said) == 3
    assert shop.done("shop", "test", "1").splitlines() == said


def test_a_till_that_is_away_is_found_missing(shop: Here) -> None:
    (shop.folder / "till.db").unlink()
    done = shop.run("shop", "test", "Tea")
    assert (done.returncode, done.stderr) == (1, "")
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("missing: ")]
    assert "the till was not reached" in line


def test_a_shop_that_is_not_there_or_not_the_only_one_of_its_name(shop: Here) -> None:
    for command in ("test", "edit", "remove", "claim"):
        assert shop.refused("shop", command, "Coffee") == "there is no shop Coffee; `shop list` shows them"
    add(shop, "Tea")
    assert "several shops have the name Tea: name one by its id (1, 2)" in shop.refused("shop", "test", "Tea")


def test_a_refused_account_and_what_the_server_lacks_are_findings(here: Here, scim: str) -> None:
    directory = Directory(scim)
    add_scim = ("shop", "add", "Tea", "--backend", "scim", "--option", f"url={directory.url}")
    assert "Shop 1 added" in here.done(*add_scim, typed=f"{TOKEN}\n")
    assert here.done("shop", "test", "Tea").splitlines()[1] == "Terminal All terminals: 0 users"
    with_other_key(here, directory.url)
    done = here.run("shop", "test", "Tea")
    assert (done.returncode, done.stderr) == (1, "")
    assert "missing: the till does not take the account, or the account may not do this" in done.stdout
    assert done.stdout.count("missing: ") == 1


def with_other_key(here: Here, url: str) -> None:
    """As after the key was withdrawn at the server."""

    async def write(store: SqlStore) -> None:
        async with store.write() as tx:
            (shop,) = await tx.shops.all()
            await tx.shops.edit(shop, {"url": url, "token": "withdrawn"})

    on_store(here, write)


def test_an_edit_is_tried_before_it_is_kept(here: Here, scim: str) -> None:
    directory, wrong = Directory(scim), "http://127.0.0.1:1"
    add_scim = ("shop", "add", "Tea", "--backend", "scim", "--option", f"url={directory.url}")
    here.done(*add_scim, typed=f"{TOKEN}\n")
    kept = options(here)
    edit = ("shop", "edit", "Tea")
    assert "; nothing was changed" in here.refused(*edit, "--option", f"url={wrong}")
    assert "; nothing was changed" in here.refused(*edit, "--secrets", typed="wrong\n")
    assert "scim has no option 'colour'" in here.refused(*edit, "--option", "colour=red")
    assert "token is a secret" in here.refused(*edit, "--option", f"token={TOKEN}")
    assert "an option is written key=value" in here.refused(*edit, "--option", "url")
    assert "there is no time zone 'Mars'" in here.refused(*edit, "--zone", "Mars")
    assert "the shop needs a name" in here.refused(*edit, "--name", "\u200b")
    assert "nothing would be changed" in here.refused(*edit)
    assert "nothing would be changed" in here.refused(*edit, "--name", "Tea", "--option", f"url={directory.url}")
    assert options(here) == kept
    said = here.done(*edit, "--name", "茶", "--option", "terminal=Tills", "--secrets", typed=f"{TOKEN}\n")
    assert said == "Shop 1 is kept: 茶 (backend scim, time zone Asia/Shanghai)\n"
    assert options(here) == {**kept, "terminal": "Tills"}
    here.done("shop", "edit", "茶", "--option", "terminal=", "--zone", "UTC")
    assert options(here) == kept
    assert TOKEN not in here.done("audit", "export")
    assert here.done("shop", "list") == "1\t茶\tscim\tUTC\towners: 0\n"


def test_a_shop_is_removed_after_its_name_was_typed_and_its_audit_stays(shop: Here) -> None:
    claim = add(shop, "Coffee")

    async def own(store: SqlStore) -> None:
        await Claim(store, HandClock())(Actor(OWNER, "Boss Lin", OWNER, ChatKind.PRIVATE), claim, "en")

    on_store(shop, own)
    assert shop.done("shop", "list").splitlines()[1].endswith("\towners: 1")
    for typed in ("", "\n", "coffee\n", "Tea\n"):
        assert "nothing was removed" in shop.refused("shop", "remove", "Coffee", typed=typed)
    said = shop.done("shop", "remove", "2", typed="Coffee\n")
    assert said == "Shop 2 is removed: Coffee. Its audit stays. Owners who will be told: 1.\n"
    assert [line.split("\t")[1] for line in shop.done("shop", "list").splitlines()] == ["Tea"]
    assert shop.done("audit", "verify", "--shop", "2").startswith("Shop 2: 3 entries fit")
    assert '"kind": "shop.removed"' in shop.done("audit", "export", "--shop", "2")
    for command in ("test", "edit", "remove", "claim"):
        assert "there is no shop Coffee" in shop.refused("shop", command, "Coffee")

    async def left(store: SqlStore) -> tuple[Any, ...]:
        async with store.read() as tx:
            due = await tx.outbox.due(HandClock().now().replace(year=2100), 9)
            return await tx.people.of_role(2, MemberRole.OWNER), [queued.notice.kind for queued in due]

    assert on_store(shop, left) == ((), [NoticeKind.ENTRY])


_ABACUS = """
from pos.embedded.kind import EMBEDDED
from pos.kind import Fault, Finding, Kind

async def prepare(options):
    pass

async def check(options):
    return [Finding(Fault.TOO_MUCH, "this account could make itself administrator")]

KIND = Kind(EMBEDDED.open, prepare, check=check)
"""


def test_a_backend_of_another_package_is_added_and_what_its_account_has_too_much_is_said(
    shop: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = {"abacus": "abacus_till:KIND", "broken": "abacus_till:ABSENT"}
    install(shop.folder, monkeypatch, "abacus_till", _ABACUS, points)
    path = ("--option", f"path={shop.folder / 'till.db'}")
    said = shop.done("shop", "add", "Coffee", "--backend", "abacus", *path)
    assert "too much: this account could make itself administrator" in said
    assert "too much: this account could make itself administrator" in shop.done("shop", "test", "Coffee")
    refused = shop.refused("shop", "add", "Coffee", "--backend", "broken", *path)
    assert refused.startswith("the backend 'broken' of abacus_till 1.2 cannot be used: AttributeError: ")


def test_what_is_missing_is_said_first_and_once(capsys: pytest.CaptureFixture[str]) -> None:
    missing = Finding(Fault.MISSING, "the account may not write users")
    print_findings([Finding(Fault.TOO_MUCH, "this account could make itself administrator"), missing, missing])
    assert capsys.readouterr().out.splitlines() == [
        "missing: the account may not write users",
        "too much: this account could make itself administrator",
    ]
