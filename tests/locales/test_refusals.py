"""Every refusal and every end of a change has its words, with exactly its facts."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from changes import firing, guided, held, step
from changes.adding import checked_number
from changes.audit import EntryKind, Head, Record, link
from changes.authority import Actor, ChatKind
from changes.backend import ChangeKind, NumberRules, Refusal, SecretKind, SecretRules
from changes.codes import MOST_FAILURES
from changes.errors import (
    BackupOfAnother,
    CodeLocked,
    CodeWrong,
    NameRefused,
    NumberRefused,
    PasswordRefused,
    PinRefused,
    Refused,
    TillRefused,
    TooMany,
)
from changes.held import DIFFERS
from changes.life import FINAL, State
from changes.many import MOST_TOGETHER
from changes.names import new_name
from changes.passwords import typed_password
from changes.pins import typed_pin
from changes.recording import intent, moved, outcome, unknown
from changes.request import ChangeRequest, touched, wanted
from changes.till import Role, Status, Terminal, TerminalUser
from demo.botapi.entities import parse_html
from handlers.entries import entry_html
from handlers.notices import progress_html
from handlers.shown import refusal_html, refusal_plain
from locales import LANGUAGES, Texts
from tests.locales.sources import APPLIED, FAILED, REASONS, pattern, refusals, trees
from tests.locales.texts import ALL, variables

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ZONE = "Asia/Shanghai"
TEXTS = {locale: Texts(locale) for locale in LANGUAGES}
every_locale = pytest.mark.parametrize("locale", LANGUAGES)

USER = TerminalUser("u", "t", "01", "Ana <b>", Role.CASHIER, Status.ACTIVE, "1")
VALUES = {
    ChangeKind.RENAME: "Ana & Co",
    ChangeKind.ROLE: "manager",
    ChangeKind.PERMISSIONS: "refund.issue sale.take",
    ChangeKind.ASSIGN: "front",
    ChangeKind.ADD: "07 cashier Bea & Co",
}


def raised() -> Iterator[Refused]:
    """One of every class of refusal, as the rules raise it."""
    yield CodeWrong(4)
    yield CodeLocked(NOW + timedelta(minutes=1))
    yield TooMany(most=MOST_TOGETHER)
    for name in ("", "x" * 41, "a\u202eb"):
        with pytest.raises(NameRefused) as name_refused:
            new_name(name, 40)
        yield name_refused.value
    for pin in ("x", "1", "1111"):
        with pytest.raises(PinRefused) as pin_refused:
            typed_pin(pin, SecretRules(4, 8, 6))
        yield pin_refused.value
    for password in ("x", "\u202e", "anasilva"):
        with pytest.raises(PasswordRefused) as password_refused:
            typed_password(password, SecretRules(8, 64, 12, SecretKind.PASSWORD), "01", "Ana Silva")
        yield password_refused.value
    for number, digits in (("x", True), ("a b", False)):
        with pytest.raises(NumberRefused) as number_refused:
            checked_number(number, NumberRules(digits=digits))
        yield number_refused.value
    yield BackupOfAnother(shop="Noodle <Bar>")
    for reason in Refusal:
        yield TillRefused(reason)


def every_refusal() -> list[Refused]:
    with_facts = list(raised())
    seen = {type(refusal) for refusal in with_facts}
    return with_facts + [kind() for kind in refusals() if kind not in seen]


def test_every_class_is_among_them() -> None:
    assert {type(refusal) for refusal in every_refusal()} == set(refusals())


@every_locale
def test_every_refusal_has_a_text_with_exactly_its_facts(locale: str) -> None:
    for refusal in every_refusal():
        assert variables(ALL[locale][refusal.key]) == set(refusal.facts), refusal.key
        html = parse_html(refusal_html(TEXTS[locale], refusal, "Asia/Shanghai")).text
        assert html == refusal_plain(TEXTS[locale], refusal, "Asia/Shanghai")


@every_locale
def test_a_lock_is_told_in_the_zone_of_the_shop(locale: str) -> None:
    told = refusal_plain(TEXTS[locale], CodeLocked(NOW), "Asia/Shanghai")
    assert "2026-11-22 20:00:00" in told


def results() -> dict[str, set[str]]:
    """Results as the rules end changes with, by the state they end in."""
    found: dict[str, set[str]] = {"APPLIED": set(), "FAILED": set(), "ABANDONED": set()}
    for _, tree in trees("changes"):
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(attr="finish"), args=[ast.Attribute(attr=state), result, *_]):
                    found[state] |= _possible(result)
                case ast.Call(func=ast.Attribute(attr="_applied"), args=[_, result]):
                    found["APPLIED"] |= _possible(result)
                case ast.Call(func=ast.Attribute(attr="_fail"), args=[result]):
                    found["FAILED"] |= _possible(result)
                case ast.Return(value=ast.Tuple(elts=[ast.Attribute(attr=state), result])) if state in found:
                    found[state] |= _possible(result)
    return found


def _possible(result: ast.expr) -> set[str]:
    match result:
        case ast.Constant(value=str(written)):
            return {written}
        case ast.Name(id="result"):
            # Handed on; whoever gives it is looked at.
            return set()
        case ast.Await(value=ast.Call(func=ast.Attribute(value=ast.Name(id="guided")), args=[_, otherwise])):
            return {guided.BY_PERSON, guided.NOTED} | _possible(otherwise)
        case ast.IfExp(body=one, orelse=other):
            return _possible(one) | _possible(other)
        case ast.Name(id=name):
            return {next(vars(module)[name] for module in (held, firing, guided, step) if name in vars(module))}
        case ast.JoinedStr() if pattern(result) == "refused-{no.reason.value}":
            return set(REASONS)
    raise AssertionError(ast.unparse(result))


def test_these_are_all_ends_of_a_change() -> None:
    assert results() == {
        "APPLIED": set(APPLIED),
        "FAILED": {DIFFERS, *FAILED, *REASONS},
        "ABANDONED": {step.GIVEN_UP, *guided.UNKNOWN_ENDS},
    }


def request(kind: ChangeKind, state: State, result: str) -> ChangeRequest:
    value = VALUES.get(kind)
    return ChangeRequest(
        id="r",
        shop_id=1,
        actor_id=7,
        actor_name="Lin </b>",
        chat_id=7,
        terminal=Terminal("t", "Front & back"),
        user=USER,
        kind=kind,
        before=touched(kind, USER),
        after=wanted(kind, value),
        state=state,
        created_at=NOW,
        expires_at=NOW,
        result=result,
        due_at=NOW if state is State.SCHEDULED else None,
    )


WAITING = tuple((State.SCHEDULED, result) for result in ("", firing.MISSED, firing.WAITS_ITS_TURN))
BEFORE_THE_CODE = tuple((state, "") for state in (State.PROPOSED, State.CANCELLED, State.EXPIRED))
UNDER_WAY = (
    (State.CONFIRMED, ""),
    (State.GUIDED, ""),
    (State.APPLYING, ""),
    (State.APPLYING, "not-reached"),
    (State.UNKNOWN, "answer-lost"),
    (State.UNKNOWN, DIFFERS),
)
ENDS = (
    *((State.APPLIED, result) for result in APPLIED),
    *((State.FAILED, result) for result in (DIFFERS, *FAILED, *REASONS)),
    *((State.ABANDONED, result) for result in (step.GIVEN_UP, *guided.UNKNOWN_ENDS)),
)


def test_no_state_is_left_out() -> None:
    assert {state for state, _ in (*BEFORE_THE_CODE, *WAITING, *UNDER_WAY, *ENDS)} == set(State)


@every_locale
@pytest.mark.parametrize("kind", ChangeKind)
def test_every_moment_of_a_change_has_a_message_of_its_own(locale: str, kind: ChangeKind) -> None:
    states = (*WAITING, *UNDER_WAY, *ENDS)
    shown = [progress_html(TEXTS[locale], request(kind, state, result), ZONE) for state, result in states]
    assert len(set(shown)) == len(shown)
    for state, result in BEFORE_THE_CODE:
        shown.append(progress_html(TEXTS[locale], request(kind, state, result), ZONE))
    assert all("Ana <b>" in text and "Front & back" in text for text in (parse_html(html).text for html in shown))


@every_locale
@pytest.mark.parametrize("kind", ChangeKind)
def test_every_record_of_a_change_has_an_entry(locale: str, kind: ChangeKind) -> None:
    for state, result in (*UNDER_WAY, *ENDS):
        change = request(kind, state, result)
        if kind is ChangeKind.FREEZE:
            change = replace(change, force=True, user=replace(USER, signed_in=True))
        records = [intent(change), unknown(change)]
        if state in FINAL:
            records.append(outcome(change))
        for record in records:
            entry = link(Head(), 1, record, NOW)
            text = parse_html(entry_html(TEXTS[locale], entry, "Asia/Shanghai")).text
            assert "2026-11-22 20:00:00" in text
            assert entry.short_hash in text
            assert "Lin </b> · 7" in text
            ended = TEXTS[locale].plain("entry-forced") in text
            assert ended == (change.force and record.facts.get("state") == "applied")


@every_locale
@pytest.mark.parametrize(
    ("minutes", "unit", "count"),
    [(1, None, 0), (2, "minutes", 2), (119, "minutes", 119), (120, "hours", 2), (2879, "hours", 47), (3000, "days", 2)],
)
def test_how_late_it_was_is_said_in_a_unit_that_is_easy_to_read(
    locale: str, minutes: int, unit: str | None, count: int
) -> None:
    due = NOW - timedelta(minutes=minutes)
    change = replace(request(ChangeKind.FREEZE, State.APPLIED, "applied"), due_at=due, finished_at=NOW)
    text = entry_html(TEXTS[locale], link(Head(), 1, outcome(change), NOW), ZONE)
    spans = {each: TEXTS[locale].plain(f"span-{each}", count=count) for each in ("minutes", "hours", "days")}
    assert [each for each, span in spans.items() if span in text] == ([] if unit is None else [unit])


@every_locale
def test_who_moved_it_is_named_where_it_was_another(locale: str) -> None:
    change = replace(request(ChangeKind.FREEZE, State.SCHEDULED, ""), due_at=NOW)
    for person, named in ((change.actor_id, False), (99, True)):
        record = moved(change, Actor(person, "Mei", 1, ChatKind.PRIVATE))
        assert ("Mei · 99" in entry_html(TEXTS[locale], link(Head(), 1, record, NOW), ZONE)) == named


@every_locale
def test_a_lock_for_good_has_no_end(locale: str) -> None:
    facts = {"actor": {"id": "7", "name": "Lin"}, "failures": MOST_FAILURES, "until": "9999-01-01T00:00:00+00:00"}
    entry = link(Head(), 1, Record(EntryKind.CODE_LOCKED, facts), NOW)
    assert "9999" not in entry_html(TEXTS[locale], entry, "Asia/Shanghai")


@every_locale
@pytest.mark.parametrize("state", [State.SCHEDULED, State.UNKNOWN, State.APPLIED, State.FAILED, State.ABANDONED])
def test_only_what_is_or_may_be_said_to_end_by_itself_is(locale: str, state: State) -> None:
    """What was given up is said not to end, and what failed says nothing of an end."""
    texts, until = TEXTS[locale], NOW + timedelta(days=2)
    result = {State.APPLIED: "applied", State.FAILED: "not-held", State.ABANDONED: step.GIVEN_UP}.get(state, "")
    change = replace(request(ChangeKind.FREEZE, state, result), until=until)
    shown = [progress_html(texts, change, ZONE)]
    if state in FINAL:
        shown.append(entry_html(texts, link(Head(), 1, outcome(change), NOW), ZONE))
    for text in shown:
        assert ("2026-11-24" in text) == (state not in (State.FAILED, State.ABANDONED))
        assert (texts.html("progress-no-end") in text) == (state is State.ABANDONED)
