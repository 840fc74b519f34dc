"""Which texts the source uses: literal keys, and computed ones by the table below."""

import ast
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from bot.profile import COMMANDS
from changes.audit import EntryKind
from changes.backend import ChangeKind, Emulation, Evidence, Refusal, Scope, SecretKind, Support
from changes.case import Answer
from changes.drift import Drift
from changes.errors import Refused
from changes.guided import BY_PERSON, NOT_DONE, NOTED, UNKNOWN_ENDS
from changes.proposals import Caution
from changes.recording import HAND_OVER, RESTORE
from changes.request import TEMPORARY
from changes.restoring import Why
from changes.till import Permission, Role, Status
from changes.when import Quick
from pos.guided.brand import brand, brands

ROOT = Path(__file__).parents[2]

#: Methods and widgets whose first argument is a key.
TAKERS = frozenset({"html", "plain", "Html", "Label"})

APPLIED = ("applied", "applied-unread", BY_PERSON, NOTED)
FAILED = (
    "not-reached",
    "not-allowed",
    "not-held",
    "secret-unreadable",
    "given-up",
    "over",
    "ended-otherwise",
    NOT_DONE,
)
WAYS = (*(kind.value for kind in SecretKind), "at-till")
MADE = tuple(f"{kind.value}-made" for kind in SecretKind)
REASONS = tuple(f"refused-{reason.value}" for reason in Refusal)
DRIFT_ENTRIES = {EntryKind.TILL_DRIFTED, EntryKind.TILL_UNSEEN}
GUIDES = tuple(guide for name in brands() for guide in brand(name).guides.values())
CHANGE_ENTRIES = {kind for kind in EntryKind if kind.value.startswith("change.")}


def _values(kinds: type[StrEnum]) -> tuple[str, ...]:
    return tuple(kind.value for kind in kinds)


#: A computed key as it stands in the source, with what can stand in its braces.
COMPUTED: dict[str, tuple[str, ...]] = {
    "amend-keep-{request.kind.value}": tuple(kind.value for kind in TEMPORARY),
    "brand-{can.brand}": brands(),
    "brand-{case.guide.brand}": brands(),
    "brand-{facts['brand']}": brands(),
    "caution-{caution}": _values(Caution),
    "change-kind-{entry.facts['action']}": (*_values(ChangeKind), HAND_OVER, RESTORE),
    "change-kind-{left.kind.value}": _values(ChangeKind),
    "restore-caution-{caution.value}": ("more-rights", "signed-in", "last-supervisor", "waiting"),
    "restore-left-{left.why.value}": _values(Why),
    "change-kind-{kind.value}": _values(ChangeKind),
    "change-kind-{request.kind.value}": _values(ChangeKind),
    "add-secret-{way}": WAYS,
    "add-secret-{way}-made": MADE,
    "change-line-{kind}": tuple(kind.value for kind in ChangeKind if kind is not ChangeKind.PIN),
    "change-line-{way}": WAYS,
    "change-line-{way}-made": MADE,
    "command-{name}": COMMANDS,
    "entry-verdict-answered-{entry.facts['answer']}": _values(Answer),
    "entry-verdict-{entry.facts['result']}": (*APPLIED, *UNKNOWN_ENDS),
    "entry-verdict-{entry.kind.value.removeprefix('change.')}": ("unknown", "moved", "dropped", "missed"),
    "drift-{what.value}": _values(Drift),
    "entry-{entry.kind.value.replace('.', '-')}": tuple(
        kind.value.replace(".", "-") for kind in EntryKind if kind not in CHANGE_ENTRIES | DRIFT_ENTRIES
    ),
    "guided-check-{case.guide.check}": tuple({guide.check for guide in GUIDES}),
    "guided-step-{step.text}": tuple({step.text for guide in GUIDES for step in guide.steps}),
    "many-caution-{caution}": ("last-supervisor", "signed-in", "waiting"),
    "progress-{request.result}": (*APPLIED, *UNKNOWN_ENDS),
    "progress-{request.state.value}": ("confirmed", "guided", "applying", "unknown", "abandoned"),
    "quick-{quick.value}": _values(Quick),
    "result-{result}": FAILED,
    "role-{role}": _values(Role),
    "shop-edited-{field}": ("name", "zone"),
    "span-{unit}": ("days", "hours"),
    "status-{status}": _values(Status),
    "status-{user.status.value}": _values(Status),
    "secret-{certainty}": ("shown", "unsure"),
    "secret-{certainty}-password": ("shown-password", "unsure-password"),
    "emulated-{can.emulations[kind].value}": _values(Emulation),
    "permission-{permission.replace('.', '-')}": tuple(each.value.replace(".", "-") for each in Permission),
    "till-can-{can.operations[kind].value}": tuple(each.value for each in Support if each is not Support.EMULATED),
    "till-evidence-{can.evidence.value}": _values(Evidence),
    "till-scope-{can.scope.value}": _values(Scope),
    "till-refused-{refusal.reason.value}": _values(Refusal),
    "till-{result}": REASONS,
}


def trees(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text("utf-8"))


def taken(tree: ast.AST) -> Iterator[ast.expr]:
    """The first argument of every call that takes a key; both sides of a choice."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _called(node) in TAKERS:
            first = node.args[0]
            yield from (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return ""


def pattern(computed: ast.JoinedStr) -> str:
    """The computed key as it stands in the source."""
    return ast.unparse(computed)[2:-1]


def literal_keys() -> set[str]:
    return {
        key.value
        for _, tree in trees("handlers", "bot")
        for key in taken(tree)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def patterns() -> set[str]:
    return {
        pattern(key) for _, tree in trees("handlers", "bot") for key in taken(tree) if isinstance(key, ast.JoinedStr)
    }


def computed_keys() -> set[str]:
    return {f"{written[: written.index('{')]}{value}" for written, values in COMPUTED.items() for value in values}


def refusals() -> list[type[Refused]]:
    """Every refusal that has a text of its own."""
    found, left = [], [Refused]
    while left:
        refusal = left.pop()
        left += refusal.__subclasses__()
        if "key" in vars(refusal):
            found.append(refusal)
    return found


def constants() -> set[str]:
    """Every string that stands in the source, for keys that go through a variable."""
    return {
        node.value
        for _, tree in trees("handlers", "bot")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
