"""A PIN on its way: sealed, wiped as soon as it is not needed, shown once; and nothing else of value in the clear."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from changes.backend import ChangeKind
from changes.life import State
from changes.ports import NoticeKind
from changes.request import ChangeRequest
from pos.embedded.till import FaultKind
from storage.tables import requests
from tests.changes.bench import Bench
from tests.pos.bench import FIRST_PIN

TYPED = "8305746"


async def sealed(bench: Bench, request: ChangeRequest) -> str | None:
    query = select(requests.c.sealed_secret).where(requests.c.id == request.id)
    async with bench.database.read() as connection:
        found: str | None = await connection.scalar(query)
    return found


async def test_a_made_pin_is_sealed_until_it_was_shown_and_then_gone(bench: Bench) -> None:
    request = await bench.confirmed(ChangeKind.PIN)
    pin = str(request.secret)
    kept = await sealed(bench, request)
    assert kept is not None
    assert pin not in kept
    await bench.work(request)
    assert (await bench.kept(request)).secret == pin
    assert await bench.pin_opens(pin)
    assert not await bench.pin_opens(FIRST_PIN)
    assert [queued.notice.request_id for queued in await bench.queued(NoticeKind.SECRET)] == [request.id]
    async with bench.store.write() as tx:
        await tx.requests.forget_secret(request.id)
    assert await sealed(bench, request) is None


async def test_a_typed_pin_is_gone_as_soon_as_the_till_has_it_and_is_shown_to_nobody(bench: Bench) -> None:
    request = await bench.confirmed(ChangeKind.PIN, TYPED)
    await bench.work(request)
    assert await bench.pin_opens(TYPED)
    assert await sealed(bench, request) is None
    assert await bench.queued(NoticeKind.SECRET) == []


@pytest.mark.parametrize("value", [None, TYPED])
async def test_the_pin_of_a_failed_change_is_gone_and_the_old_one_opens(bench: Bench, value: str | None) -> None:
    await bench.till.set_fault(FaultKind.REFUSED)
    request = await bench.confirmed(ChangeKind.PIN, value)
    await bench.work(request)
    assert (await bench.kept(request)).state is State.FAILED
    assert await sealed(bench, request) is None
    assert await bench.queued(NoticeKind.SECRET) == []
    assert await bench.pin_opens(FIRST_PIN)


async def test_a_pin_whose_answer_was_lost_is_kept_until_it_is_known(bench: Bench) -> None:
    await bench.till.set_fault(FaultKind.LOST_BEFORE, times=2)
    request = await bench.confirmed(ChangeKind.PIN)
    await bench.work(request)
    assert (await bench.kept(request)).state is State.APPLIED
    assert await bench.pin_opens(str(request.secret))


async def test_no_secret_is_in_the_database_in_the_clear(sqlite_bench: Bench) -> None:
    """Every byte of the file and of its log, after changes that ended in each way, and while one is under way."""
    bench, codes, pins = sqlite_bench, [], [FIRST_PIN, TYPED]
    for fault, value in ((None, None), (None, TYPED), (FaultKind.REFUSED, TYPED), (FaultKind.LOST, None)):
        if fault is not None:
            await bench.till.set_fault(fault)
        request = await bench.propose(ChangeKind.PIN, value)
        codes.append(bench.next_code())
        await bench.confirm(request, codes[-1])
        pins.append(str((await bench.kept(request)).secret))
        await bench.work(request)
    waiting = await bench.confirmed(ChangeKind.PIN)
    pins.append(str(waiting.secret))
    held = file_bytes(bench)
    assert bench.shop.name.encode() in held
    assert not [secret for secret in (bench.seed, *pins, *codes) if _is_in(secret, held)]


def file_bytes(bench: Bench) -> bytes:
    path = Path(str(bench.database.url.database))
    files = [path, path.with_name(path.name + "-wal")]
    assert files[1].stat().st_size > 0
    return b"".join(file.read_bytes() for file in files)


def _is_in(secret: str, held: bytes) -> bool:
    """As a text of its own: digits within a longer number or a hash are not it."""
    return re.search(rb"(?<![0-9A-Za-z.:_-])" + secret.encode() + rb"(?![0-9A-Za-z.:_-])", held) is not None
