"""Languages say the same: files, keys, variables, tags."""

import pytest
from fluent.syntax import ast

from locales import FALLBACK, LANGUAGES, Texts
from tests.locales.sources import (
    COMPUTED,
    computed_keys,
    constants,
    literal_keys,
    patterns,
    refusals,
)
from tests.locales.texts import ALL, ALLOWED_TAGS, FOLDER, TAG, files, source, tags, variables

others = pytest.mark.parametrize("locale", [locale for locale in LANGUAGES if locale != FALLBACK])
every_locale = pytest.mark.parametrize("locale", LANGUAGES)


def test_every_folder_is_a_language() -> None:
    assert {path.parent.name for path in FOLDER.rglob("*.ftl")} == set(LANGUAGES)


@others
def test_same_files_with_the_same_keys(locale: str) -> None:
    assert {name: keys(resource) for name, resource in files(locale).items()} == {
        name: keys(resource) for name, resource in files(FALLBACK).items()
    }


def keys(resource: ast.Resource) -> list[str]:
    return [entry.id.name for entry in resource.body if isinstance(entry, ast.Message)]


@every_locale
def test_no_key_stands_twice_and_nothing_is_junk(locale: str) -> None:
    found = [entry for resource in files(locale).values() for entry in resource.body]
    assert not [entry for entry in found if isinstance(entry, ast.Junk | ast.Term)]
    names = [entry.id.name for entry in found if isinstance(entry, ast.Message)]
    assert len(names) == len(set(names))
    assert all(entry.value is not None and not entry.attributes for entry in found if isinstance(entry, ast.Message))


@others
def test_same_variables_and_tags(locale: str) -> None:
    for key, message in ALL[FALLBACK].items():
        same = ALL[locale][key]
        assert variables(same) == variables(message), key
        assert tags(source(same)) == tags(source(message)), key


@every_locale
def test_only_allowed_tags(locale: str) -> None:
    for key, message in ALL[locale].items():
        assert {match.group(1) for match in TAG.finditer(source(message))} <= ALLOWED_TAGS, key


def test_every_used_key_exists() -> None:
    used = literal_keys() | computed_keys() | {refusal.key for refusal in refusals()}
    assert used <= set(ALL[FALLBACK]), used - set(ALL[FALLBACK])


def test_every_key_is_used() -> None:
    used = constants() | computed_keys() | {refusal.key for refusal in refusals()}
    assert set(ALL[FALLBACK]) <= used, set(ALL[FALLBACK]) - used


def test_every_computed_key_is_known_here() -> None:
    assert patterns() == set(COMPUTED)


@every_locale
def test_a_missing_text_or_variable_is_a_mistake_of_ours(locale: str) -> None:
    texts = Texts(locale)
    with pytest.raises(LookupError):
        texts.plain("no-such-text")
    with pytest.raises(LookupError):
        texts.html("claimed")
