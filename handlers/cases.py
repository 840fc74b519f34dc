"""A guided change as a card in the chat: the steps at the till, what is ticked, and how it went."""

from collections.abc import Iterator

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from changes.backend import ChangeKind
from changes.case import NOTABLE, Answer, Case
from changes.names import plain
from changes.request import ChangeRequest
from handlers.shown import change_line, when_text
from locales import Markup, Texts

#: Buttons of steps in a row.
_WIDTH = 4


class TickButton(CallbackData, prefix="tick"):
    """Tick a step, or take its tick away: what is to be, so that a second press of the same button does nothing."""

    request_id: str
    #: Counts from 0.
    step: int
    ticked: bool


class AnswerButton(CallbackData, prefix="case"):
    """How it went at the till."""

    request_id: str
    answer: Answer


def case_html(texts: Texts, request: ChangeRequest, case: Case, zone: str) -> str:
    """What is to be done and what is ticked. `zone` is the shop's."""
    brand = texts.plain(f"brand-{case.guide.brand}")
    about = f"{plain(request.terminal.name)} · {plain(request.user.name)} ({plain(request.user.number)})"
    what = [
        texts.html("case-brand", brand=brand),
        texts.html("progress-about", about=about),
        change_line(texts, request.kind, request.before, request.after),
    ]
    notes = [texts.html("case-help"), texts.html("case-until", when=when_text(texts, request.expires_at, zone))]
    if not all(step.confirmed for step in case.guide.steps):
        notes.insert(0, texts.html("case-unconfirmed", brand=brand))
    parts = [[texts.html("progress-guided")], what, _steps(texts, request, case), [_check(texts, request, case)], notes]
    return "\n\n".join("\n".join(lines) for lines in parts)


def _steps(texts: Texts, request: ChangeRequest, case: Case) -> Iterator[str]:
    for place, step in enumerate(case.guide.steps):
        yield texts.html(
            "case-step" if step.confirmed else "case-step-unconfirmed",
            mark=_mark(case, place),
            place=str(place + 1),
            step=Markup(texts.html(f"guided-step-{step.text}", **_facts(request, case))),
        )


def _check(texts: Texts, request: ChangeRequest, case: Case) -> str:
    """Asked once everything is ticked."""
    if not case.complete:
        return texts.html("case-check-later")
    check = texts.html(f"guided-check-{case.guide.check}", **_facts(request, case))
    return texts.html("case-check", check=Markup(check))


def _facts(request: ChangeRequest, case: Case) -> dict[str, str]:
    return {
        "name": plain(request.user.name),
        "number": plain(request.user.number),
        "digits": str(case.guide.digits),
    }


def _mark(case: Case, place: int) -> str:
    return "☑" if place in case.ticked else "☐"


def case_keyboard(texts: Texts, kind: ChangeKind, case: Case) -> InlineKeyboardMarkup:
    """A button for each step; that it works can be said only once all are ticked, that it does not at any time.

    That it was so before can be said until the first is ticked.
    """
    ticks = [_tick(case, place) for place in range(len(case.guide.steps))]
    rows = [ticks[begin : begin + _WIDTH] for begin in range(0, len(ticks), _WIDTH)]
    if kind in NOTABLE and not case.ticked:
        rows.append([_answer(texts, case, "case-noted", Answer.NOTED)])
    if case.complete:
        rows.append([_answer(texts, case, "case-worked", Answer.WORKED)])
    rows.append(
        [
            _answer(texts, case, "case-not-done", Answer.NOT_DONE),
            _answer(texts, case, "case-unsure", Answer.UNSURE),
        ]
    )
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _tick(case: Case, place: int) -> InlineKeyboardButton:
    pressed = TickButton(request_id=case.request_id, step=place, ticked=place not in case.ticked)
    return InlineKeyboardButton(text=f"{_mark(case, place)} {place + 1}", callback_data=pressed.pack())


def _answer(texts: Texts, case: Case, key: str, answer: Answer) -> InlineKeyboardButton:
    pressed = AnswerButton(request_id=case.request_id, answer=answer)
    return InlineKeyboardButton(text=texts.plain(key), callback_data=pressed.pack())
