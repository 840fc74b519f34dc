"""What a shop's till can do, and how it does it: said before anybody counts on it."""

from changes.backend import Capabilities, ChangeKind, SecretKind, Support
from changes.names import plain
from locales import Texts


def till_html(texts: Texts, shop: str, can: Capabilities) -> str:
    """The whole card, as HTML."""
    changes = [_change(texts, can, kind) for kind in ChangeKind if kind in can.operations]
    ways = _by_person(texts, can) if can.brand else _by_itself(texts, can)
    if can.offers(ChangeKind.PIN):
        ways.append(texts.html("till-reads-pin" if can.confirms_secret else "till-reads-no-pin"))
    evidence = texts.html(f"till-evidence-{can.evidence.value}")
    parts = [texts.html("till-card", shop=plain(shop)), "\n".join(changes), "\n".join(ways), evidence]
    return "\n\n".join(parts)


def _by_itself(texts: Texts, can: Capabilities) -> list[str]:
    return [
        texts.html(f"till-scope-{can.scope.value}"),
        texts.html("till-ends-sessions" if can.ends_sessions else "till-leaves-sessions"),
        texts.html("till-minds-others" if can.versioned else "till-minds-nobody"),
    ]


def _by_person(texts: Texts, can: Capabilities) -> list[str]:
    """What is so of the list that the bot keeps is not said of the till."""
    brand = texts.plain(f"brand-{can.brand}")
    return [
        texts.html("till-brand", brand=brand),
        texts.html(f"till-scope-{can.scope.value}"),
        texts.html("till-blind"),
    ]


def _change(texts: Texts, can: Capabilities, kind: ChangeKind) -> str:
    is_password = kind is ChangeKind.PIN and can.secret.kind is SecretKind.PASSWORD
    change = texts.plain("change-kind-password" if is_password else f"change-kind-{kind.value}")
    if kind in can.emulations:
        really = texts.plain(f"emulated-{can.emulations[kind].value}")
        guided = can.operations[kind] is Support.GUIDED
        return texts.html("till-can-guided-otherwise" if guided else "till-can-emulated", change=change, really=really)
    return texts.html(f"till-can-{can.operations[kind].value}", change=change)
