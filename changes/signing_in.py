"""What a user signs in with, PIN or password: made by the bot or typed by the owner."""

from changes.backend import SecretKind, SecretRules
from changes.errors import NotOffered
from changes.passwords import make_password, typed_password
from changes.pins import make_pin, typed_pin
from changes.request import Values


def made_secret(rules: SecretRules, number: str = "") -> str:
    """A new one of `rules.made` characters. Raises `NotOffered` where the bot makes none."""
    if rules.made == 0:
        raise NotOffered
    return make_password(rules) if rules.kind is SecretKind.PASSWORD else make_pin(rules, number)


def typed_secret(typed: str, rules: SecretRules, number: str = "", name: str = "") -> str:
    """What the owner typed. Raises `SecretRefused`, and `NotOffered` where the till is told none."""
    if rules.made == 0:
        raise NotOffered
    if rules.kind is SecretKind.PASSWORD:
        return typed_password(typed, rules, number, name)
    return typed_pin(typed, rules, number)


def way_of(rules: SecretRules) -> Values:
    """What is kept beside a new secret so that it is told by its name: nothing for a PIN that the bot knows."""
    if rules.made == 0:
        return {"secret": "at-till"}
    return {} if rules.kind is SecretKind.PIN else {"secret": rules.kind.value}


def new_secret(typed: str | None, rules: SecretRules, number: str, name: str) -> str | None:
    """What a user gets: what was typed, else one that is made; None where whoever will use it types it at the till.

    Raises `SecretRefused`, and `NotOffered` where one was typed that the till cannot be told.
    """
    if typed is not None:
        return typed_secret(typed, rules, number, name)
    return made_secret(rules, number) if rules.made else None
