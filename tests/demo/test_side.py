"""The till's sign-in screen and the authenticator, over HTTP as the page uses them."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pyotp
import pytest
import segno
from aiogram import Bot
from aiogram.types import BufferedInputFile

from changes.till import Status, UserQuery
from demo.authenticator import parse_otpauth
from demo.model import Person
from demo.server import Telegram, serve
from pos.embedded.till import Edit, FaultMethod, Till
from tests.clock import HandClock

KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
async def telegram(clock: HandClock, tmp_path: Path) -> AsyncIterator[Telegram]:
    async with serve(clock=clock, till=tmp_path / "till.db") as running:
        yield running


async def ask(telegram: Telegram, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as http, http.request(method, telegram.url + path, json=body) as response:
        return response.status, await response.json()


async def test_the_sample_cashier_signs_in_and_out(telegram: Telegram) -> None:
    _, shown = await ask(telegram, "GET", "/api/till")
    terminal = shown["terminals"][0]["id"]
    (sample,) = [some for some in shown["sample"] if some["terminal_id"] == terminal]
    assert len(shown["sample"]) == len(shown["terminals"]) == 3
    door = f"/api/till/{terminal}"
    wrong = {"number": sample["number"], "pin": "0" * 8}
    assert await ask(telegram, "POST", f"{door}/sign-in", wrong) == (200, {"ok": False, "reason": "wrong"})
    right = {"number": sample["number"], "pin": sample["pin"]}
    user = {"number": "01", "name": sample["name"], "role": "cashier"}
    assert await ask(telegram, "POST", f"{door}/sign-in", right) == (200, {"ok": True, "user": user})
    _, shown = await ask(telegram, "GET", "/api/till")
    assert shown["terminals"][0]["signed_in"] == user
    assert await ask(telegram, "POST", f"{door}/sign-out", {}) == (200, {})
    assert (await ask(telegram, "GET", "/api/till"))[1]["terminals"][0]["signed_in"] is None
    assert (await ask(telegram, "POST", "/api/till/nowhere/sign-in", right))[0] == 409


async def test_what_another_process_changes_counts_at_once(telegram: Telegram, tmp_path: Path) -> None:
    _, shown = await ask(telegram, "GET", "/api/till")
    sample = shown["sample"][0]
    async with Till(tmp_path / "till.db") as till:
        page = await till.users(sample["terminal_id"], UserQuery(search="01"))
        user = next(user for user in page.users if user.number == "01")
        frozen = Edit(status=Status.FROZEN)
        await till.change(sample["terminal_id"], user.id, frozen, version=user.version, key="k1")
    entered = {"number": sample["number"], "pin": sample["pin"]}
    answer = await ask(telegram, "POST", f"/api/till/{sample['terminal_id']}/sign-in", entered)
    assert answer == (200, {"ok": False, "reason": "frozen"})


async def test_the_till_is_told_to_fail(telegram: Telegram, tmp_path: Path) -> None:
    assert await ask(telegram, "POST", "/api/till/fault", {"kind": "slow", "times": 2, "seconds": 3}) == (200, {})
    assert (await ask(telegram, "GET", "/api/till"))[1]["fault"] == {"kind": "slow", "times": 2}
    assert await ask(telegram, "POST", "/api/till/fault", {"kind": "down", "times": 1}) == (200, {})
    async with Till(tmp_path / "till.db") as till:
        (fault,) = await till.faults()
    assert fault.method is FaultMethod.ANY
    for wrong in ({"kind": "fire"}, {"kind": "slow", "times": -1}, {"kind": "slow", "seconds": "x"}):
        assert (await ask(telegram, "POST", "/api/till/fault", wrong))[0] == 400
    assert await ask(telegram, "POST", "/api/till/fault", {"kind": None, "times": 0}) == (200, {})
    assert (await ask(telegram, "GET", "/api/till"))[1]["fault"] is None


async def test_a_first_pin_is_shown_after_a_restart_too(tmp_path: Path, clock: HandClock) -> None:
    shown = []
    token = "7000000001:" + "t" * 35
    for _ in range(2):
        async with serve(clock=clock, data=tmp_path / "t.db", token=token, till=tmp_path / "new.db") as telegram:
            shown.append((await ask(telegram, "GET", "/api/till"))[1])
    assert shown[0] == shown[1]
    assert shown[0]["sample"]


async def test_a_qr_code_in_the_chat_becomes_an_account(
    telegram: Telegram, bot: Bot, owner: Person, clock: HandClock
) -> None:
    address = pyotp.TOTP(KEY).provisioning_uri(name="Boss Lin 林老板", issuer_name="Tillkeeper")
    png = io.BytesIO()
    segno.make(address, error="m").save(png, kind="png", scale=6, border=4)
    sent = await bot.send_photo(owner.id, BufferedInputFile(png.getvalue(), "qr.png"))
    scan = {"as": owner.id, "chat_id": owner.id, "message_id": sent.message_id}
    status, account = await ask(telegram, "POST", "/api/authenticator/scan", scan)
    assert (status, account["issuer"], account["label"]) == (200, "Tillkeeper", "Boss Lin 林老板")
    assert account["code"] == pyotp.TOTP(KEY).at(clock())
    assert (account["seconds_left"], account["period"]) == (30, 30)
    assert KEY not in json.dumps(account)
    clock.turn(seconds=31)
    await ask(telegram, "POST", "/api/authenticator/scan", scan)
    _, shown = await ask(telegram, "GET", f"/api/authenticator?as={owner.id}")
    (only,) = shown["accounts"]
    assert (only["code"], only["seconds_left"]) == (pyotp.TOTP(KEY).at(clock()), 29)


async def test_a_photo_without_a_qr_code(telegram: Telegram, owner: Person, picture: bytes) -> None:
    photo = telegram.world.send_photo(owner, picture)
    for message in (photo, telegram.world.messages(owner.id)[0]):
        scan = {"as": owner.id, "chat_id": owner.id, "message_id": message.message_id}
        assert await ask(telegram, "POST", "/api/authenticator/scan", scan) == (422, {"error": "no-qr"})


async def test_a_key_is_typed_and_the_account_removed(telegram: Telegram, owner: Person, clock: HandClock) -> None:
    spaced = " ".join(KEY[at : at + 4].lower() for at in range(0, len(KEY), 4))
    typed = {"as": owner.id, "label": "till", "key": spaced}
    status, account = await ask(telegram, "POST", "/api/authenticator/type", typed)
    assert (status, account["code"]) == (200, pyotp.TOTP(KEY).at(clock()))
    other = telegram.world.add_person("Mei Lin")
    assert (await ask(telegram, "GET", f"/api/authenticator?as={other.id}"))[1] == {"accounts": []}
    place = f"/api/authenticator/{account['id']}"
    assert (await ask(telegram, "DELETE", f"{place}?as={other.id}"))[0] == 404
    assert await ask(telegram, "DELETE", f"{place}?as={owner.id}") == (200, {})
    assert (await ask(telegram, "GET", f"/api/authenticator?as={owner.id}"))[1] == {"accounts": []}


@pytest.mark.parametrize(("label", "key"), [("till", "not base32!"), ("till", "ABCD"), (" ", KEY), ("till", "")])
async def test_what_is_no_key_is_refused(telegram: Telegram, owner: Person, label: str, key: str) -> None:
    typed = {"as": owner.id, "label": label, "key": key}
    assert (await ask(telegram, "POST", "/api/authenticator/type", typed))[0] == 422


@pytest.mark.parametrize(
    "address",
    ["https://example.org", "otpauth://hotp/a?secret=" + KEY, "otpauth://totp/a", "otpauth://totp/a?secret=1", "x"],
)
def test_what_is_no_account_is_none(address: str) -> None:
    assert parse_otpauth(address) is None
