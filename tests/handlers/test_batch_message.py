"""The one message that shows how many changes go: within Telegram's limit, what needs the owner first."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from changes.backend import ChangeKind, Refusal
from changes.firing import MISSED, WAITS_ITS_TURN
from changes.held import DIFFERS, NOT_REACHED
from changes.life import State
from changes.many import MOST_TOGETHER
from changes.request import ChangeRequest
from changes.till import Role, Status, Terminal, TerminalUser
from demo.botapi.entities import parse_html, utf16_length
from handlers.notices import batch_html
from locales import LANGUAGES, Texts
from tests.handlers.chat import TEXT_LONGEST

TEXTS = {locale: Texts(locale) for locale in LANGUAGES}
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ZONE = "Asia/Shanghai"

#: As far as a change of many can be, with its result.
STATES = (
    (State.CONFIRMED, ""),
    (State.APPLYING, ""),
    (State.APPLYING, NOT_REACHED),
    (State.SCHEDULED, ""),
    (State.SCHEDULED, WAITS_ITS_TURN),
    (State.UNKNOWN, "answer-lost"),
    (State.UNKNOWN, DIFFERS),
    (State.APPLIED, "applied"),
    (State.APPLIED, "applied-unread"),
    (State.ABANDONED, "given-up"),
    (State.CANCELLED, "dropped"),
    (State.FAILED, DIFFERS),
    (State.FAILED, "not-reached"),
    *((State.FAILED, f"refused-{reason.value}") for reason in Refusal),
)

every_locale = pytest.mark.parametrize("locale", LANGUAGES)


def made(number: int, state: State, result: str, name: str = "Ana") -> ChangeRequest:
    user = TerminalUser(str(number), "t", f"{number:02}", name, Role.CASHIER, Status.ACTIVE)
    return ChangeRequest(
        id=f"{number:032x}",
        shop_id=1,
        actor_id=7,
        actor_name="Lin",
        chat_id=7,
        terminal=Terminal("t", "Front & back"),
        user=user,
        kind=ChangeKind.FREEZE,
        before={"status": "active"},
        after={"status": "frozen"},
        state=state,
        created_at=NOW,
        expires_at=NOW,
        result=result,
        confirmed_at=NOW,
        batch="f" * 32,
    )


def text_of(locale: str, together: Sequence[ChangeRequest]) -> str:
    return parse_html(batch_html(TEXTS[locale], together, ZONE)).text


@every_locale
@pytest.mark.parametrize("name", ["Ana", "<&>" * 21, "𠮷" * 64, "👩🏽‍🍳" * 16], ids=["short", "html", "rare", "emoji"])
@pytest.mark.parametrize(("state", "result"), STATES)
def test_it_fits_however_many_there_are_and_however_long_their_names(
    locale: str, name: str, state: State, result: str
) -> None:
    together = [made(number, state, result, name) for number in range(MOST_TOGETHER)]
    text = text_of(locale, [replace(each, terminal=Terminal("t", name)) for each in together])
    assert utf16_length(text) <= TEXT_LONGEST
    named = len(re.findall(r"\(\d\d\)", text))
    assert named >= 15
    left = MOST_TOGETHER - named
    assert (TEXTS[locale].plain("progress-batch-more", count=left) in text) == (left > 0)


@every_locale
def test_each_moment_has_a_line_of_its_own(locale: str) -> None:
    lines = [text_of(locale, [made(1, state, result)]).splitlines()[-1] for state, result in STATES]
    assert len(set(lines)) == len(STATES) - 3, "asked next and being asked, both doubts, both turns"
    later = replace(made(1, State.SCHEDULED, MISSED), due_at=NOW)
    assert "20:00" in text_of(locale, [later])


@every_locale
def test_what_failed_comes_first_and_what_is_done_last(locale: str) -> None:
    done = [made(number, State.APPLIED, "applied") for number in range(40)]
    under_way = [made(40, State.APPLYING, "")]
    doubt = [made(41, State.UNKNOWN, "answer-lost")]
    failed = [made(42, State.FAILED, "refused-signed-in"), made(43, State.ABANDONED, "given-up")]
    text = text_of(locale, [*done, *under_way, *doubt, *failed])
    numbers = re.findall(r"\((\d\d)\)", text)
    assert numbers[:5] == ["42", "43", "41", "40", "00"]
    assert TEXTS[locale].plain("batch-counts", applied=40, failed=1, unknown=2, open=1) in text
    assert TEXTS[locale].plain("till-refused-signed-in") in text
