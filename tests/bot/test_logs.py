"""Logs: one JSON line an event, and no secret in any, whichever library wrote it."""

import base64
import json
import logging
from pathlib import Path

import pytest
import structlog

from bot.logs import Scrubber, set_up_logs
from changes.enrolment import ShownKey

TOKEN = "123456789:" + "AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
#: The same in every process, for it stands in the names of tests.
KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
URI = f"otpauth://totp/Tillkeeper:Tea?secret={SEED}&issuer=Tillkeeper"

TEXTS = [
    f"GET https://api.telegram.org/bot{TOKEN}/getMe",
    f"key {KEY} is old",
    f"shown {URI}",
    f"'{URI}'\nnext line",
    f"bot{TOKEN.replace(':', '%3A')}/getMe",
    f"another bot's {TOKEN.replace('123', '987')}",
]


pytestmark = pytest.mark.usefixtures("restored_logs")


def clean(text: str) -> bool:
    secrets = (TOKEN, TOKEN.partition(":")[2], KEY, SEED, "otpauth")
    return not any(secret in text for secret in secrets)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    written = capsys.readouterr().err
    assert clean(written), written
    return [json.loads(line) for line in written.splitlines()]


@pytest.mark.parametrize("text", TEXTS)
def test_a_secret_is_taken_out_and_the_rest_stays(text: str) -> None:
    scrubbed = Scrubber([TOKEN, KEY])(text)
    assert clean(scrubbed)
    assert "***" in scrubbed
    assert Scrubber([TOKEN, KEY])("user 123456:7 changed 陈晓雨") == "user 123456:7 changed 陈晓雨"


@pytest.mark.parametrize("text", TEXTS)
def test_messages_values_and_traces_are_scrubbed_in_every_library(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("DEBUG", [TOKEN, KEY])
    other = logging.getLogger("some.other.library")
    structlog.get_logger("ours").warning(text, value=text, nested={"a": [text]})
    other.warning("asked %s of %r", text, {"url": text})
    try:
        raise RuntimeError(text) from ValueError(text)
    except RuntimeError:
        structlog.get_logger("ours").exception("failed")
        other.exception("failed")
        other.error("failed", exc_info=True, stack_info=True, extra={"more": text})
    written = lines(capsys)
    assert len(written) == 5
    assert all({"event", "level", "timestamp", "logger"} <= line.keys() for line in written)
    assert sum("RuntimeError" in json.dumps(line) for line in written) == 3


def test_warnings_and_debug_lines_of_the_http_client_are_scrubbed(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("DEBUG", [TOKEN, KEY])
    logging.getLogger("aiohttp.client").debug("POST /bot%s/sendMessage", TOKEN)
    assert len(lines(capsys)) == 1


def test_what_holds_a_key_shows_none_when_it_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("DEBUG", [TOKEN, KEY])
    structlog.get_logger().info("shown", key=ShownKey(SEED, URI))
    assert "ShownKey" in json.dumps(lines(capsys))


def test_a_line_that_cannot_be_made_is_told_without_what_it_was_made_of(capsys: pytest.CaptureFixture[str]) -> None:
    """The standard library would write the arguments to standard error as they are."""
    set_up_logs("DEBUG", [TOKEN, KEY])
    logging.getLogger("some.library").warning("%d of %s", TOKEN, URI)
    (written,) = lines(capsys)
    assert written["logger"] == "some.library"
    assert "test_logs.py" in str(written["where"])


def test_a_full_disk_stops_the_log_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full").open("w", buffering=1)  # noqa: SIM115 leaving it would raise too
    monkeypatch.setattr("sys.stderr", full)
    set_up_logs("INFO", [])
    for _ in range(3):
        structlog.get_logger().error("nobody reads this")
    with pytest.raises(OSError, match="No space left"):
        full.close()
