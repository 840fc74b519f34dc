"""Settings: a bad value is named, a secret is never echoed."""

import pytest
from pydantic import ValidationError

from bot.settings import Settings

SECRET = "do-not-echo-this-value"


pytestmark = pytest.mark.usefixtures("bare")


def test_without_any_variable_there_are_defaults() -> None:
    settings = Settings()
    assert settings.database_url == "sqlite+aiosqlite:///data/tillkeeper.db"
    assert (settings.keys, settings.default_locale, settings.log_level) == ([], "en", "INFO")


def test_keys_are_split_and_a_secret_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEYS", f" {SECRET}1 , {SECRET}2,, ")
    monkeypatch.setenv("BOT_TOKEN", SECRET)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    settings = Settings()
    assert settings.keys == [f"{SECRET}1", f"{SECRET}2"]
    for shown in (repr(settings), str(settings), settings.model_dump_json(), repr(settings.model_dump())):
        assert SECRET not in shown


@pytest.mark.parametrize(
    ("name", "value"), [("DEFAULT_LOCALE", "klingon"), ("LOG_LEVEL", "LOUD"), ("default_locale", "zh")]
)
def test_a_bad_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("SECRET_KEYS", SECRET)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert [error["loc"] for error in refused.value.errors()] == [(name.lower(),)]
    assert SECRET not in str(refused.value)
    assert "one of" in str(refused.value)


def test_an_empty_variable_is_none_and_a_level_may_be_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEFAULT_LOCALE", "")
    monkeypatch.setenv("LOG_LEVEL", "debug")
    assert (Settings().default_locale, Settings().log_level) == ("en", "DEBUG")


def hook(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    given = {"WEBHOOK_URL": "https://till.example/hook", "WEBHOOK_SECRET": SECRET, **variables}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return Settings()


def test_a_webhook_needs_its_secret_and_an_address_with_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = hook(monkeypatch)
    assert settings.listen == ("127.0.0.1", 8081)
    for wrong in (
        {"WEBHOOK_SECRET": ""},
        {"WEBHOOK_SECRET": "short"},
        {"WEBHOOK_SECRET": "not sendable in a header: é"},
        {"WEBHOOK_URL": "http://till.example/hook"},
        {"WEBHOOK_URL": "till.example"},
        {"WEBHOOK_LISTEN": "8081"},
        {"REDIS_URL": "http://127.0.0.1"},
    ):
        with monkeypatch.context() as patch, pytest.raises(ValidationError) as refused:
            hook(patch, **wrong)
        assert SECRET not in str(refused.value)


def test_a_bot_api_server_of_ones_own_may_deliver_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = hook(
        monkeypatch,
        WEBHOOK_URL="http://127.0.0.1:8081/hook",
        BOT_API_BASE="http://127.0.0.1:8080",
        WEBHOOK_LISTEN="[::1]:9000",
    )
    assert settings.listen == ("::1", 9000)
