"""How things are shown: users, moments, refusals, changes. Outside names are cleaned here."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from changes.backend import Capabilities, ChangeKind
from changes.errors import Refused, TillRefused
from changes.names import plain
from changes.till import Role, Status, Terminal, TerminalUser
from locales import Markup, Texts


def moment(at: datetime, zone: str) -> str:
    """Date and time to the second in the shop's zone."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def when_text(texts: Texts, at: datetime, zone: str) -> str:
    """A planned moment: weekday, date and time to the minute in the shop's zone."""
    there = at.astimezone(ZoneInfo(zone))
    return texts.plain("when", weekday=there.isoweekday(), date=f"{there:%Y-%m-%d}", time=f"{there:%H:%M}")


def clock_time(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def role_name(texts: Texts, role: Role | str) -> str:
    return texts.plain(f"role-{role}")


def status_name(texts: Texts, user: TerminalUser) -> str:
    status = texts.plain(f"status-{user.status.value}")
    return f"{status} · {texts.plain('signed-in')}" if user.signed_in else status


def permission_names(texts: Texts, permissions: Iterable[str]) -> str:
    names = [texts.plain(f"permission-{permission.replace('.', '-')}") for permission in permissions]
    return ", ".join(names) or texts.plain("nothing")


def user_facts(texts: Texts, terminal: Terminal, user: TerminalUser) -> dict[str, str]:
    return {
        "terminal": plain(terminal.name),
        "name": plain(user.name),
        "number": plain(user.number),
        "role": role_name(texts, user.role),
        "status": status_name(texts, user),
    }


def user_button(texts: Texts, user: TerminalUser) -> str:
    """One line of a list of users; a frozen user is marked."""
    mark = "❄️ " if user.status is Status.FROZEN else ""
    return f"{mark}{plain(user.number, 12)} · {plain(user.name, 28)} · {role_name(texts, user.role)}"


def change_line(
    texts: Texts, kind: ChangeKind | str, before: Mapping[str, str], after: Mapping[str, str], *, made: bool = False
) -> Markup:
    """What changes, as one line of HTML: before → after; of a PIN or password only that it changes."""
    if kind == ChangeKind.PIN:
        way = after.get("secret", "pin")
        return Markup(texts.html(f"change-line-{way}-made" if made else f"change-line-{way}"))
    if kind == ChangeKind.ADD and "instead" in after:
        instead = plain(after["instead"].replace(" ", " · ", 1))
        return Markup(texts.html("change-line-add-instead", after=_value(texts, after), instead=instead))
    if kind == ChangeKind.ASSIGN and {"were", "are"} <= after.keys():
        before, after = {"name": after["were"]}, {"name": after["are"]}
    return Markup(
        texts.html(f"change-line-{kind}", before=_value(texts, before), after=_value(texts, after)),
    )


def _value(texts: Texts, values: Mapping[str, str]) -> str:
    match dict(values):
        case {"number": number, "name": name, "role": role}:
            return f"{plain(number)} · {plain(name)} · {role_name(texts, role)}"
        case {"role": role}:
            return role_name(texts, role)
        case {"status": status}:
            return texts.plain(f"status-{status}")
        case {"permissions": permissions}:
            return permission_names(texts, permissions.split())
        case {"terminals": terminals}:
            return ", ".join(terminals.split()) or texts.plain("nothing")
        case {"name": name}:
            return plain(name)
    return ""


def emulated_line(texts: Texts, can: Capabilities, kind: ChangeKind) -> str:
    """What really happens where a till does it in another way, as HTML; else empty."""
    if kind not in can.emulations:
        return ""
    return texts.html("preview-emulated", really=texts.plain(f"emulated-{can.emulations[kind].value}"))


def result_text(texts: Texts, result: str) -> str:
    """Why a change ended as it did."""
    if result.startswith("refused-"):
        return texts.plain(f"till-{result}")
    return texts.plain(f"result-{result}")


def late_limit_text(texts: Texts, minutes: int | None) -> str:
    """From when on a late change is asked about."""
    return texts.plain("late-limit-never") if minutes is None else texts.plain("late-limit", minutes=minutes)


def span_text(texts: Texts, minutes: int) -> str:
    """How long, in the largest unit of which there are at least two; rounded down."""
    for unit, size in (("days", 24 * 60), ("hours", 60)):
        if minutes >= 2 * size:
            return texts.plain(f"span-{unit}", count=minutes // size)
    return texts.plain("span-minutes", count=minutes)


def _refusal_facts(texts: Texts, refusal: Refused, zone: str) -> dict[str, Any]:
    if isinstance(refusal, TillRefused):
        return {"reason": texts.plain(f"till-refused-{refusal.reason.value}")}
    return {name: moment(fact, zone) if isinstance(fact, datetime) else fact for name, fact in refusal.facts.items()}


def refusal_html(texts: Texts, refusal: Refused, zone: str) -> str:
    return texts.html(refusal.key, **_refusal_facts(texts, refusal, zone))


def refusal_plain(texts: Texts, refusal: Refused, zone: str) -> str:
    return texts.plain(refusal.key, **_refusal_facts(texts, refusal, zone))
