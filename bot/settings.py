"""What the process is told from outside: environment variables, or a `.env` file beside it."""

import re
from datetime import timedelta
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from locales import FALLBACK, LANGUAGES

#: What Telegram takes (https://core.telegram.org/bots/api#setwebhook), and long enough to be guessed by nobody.
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_LISTEN = re.compile(r"(\[[0-9A-Fa-f:]+\]|[^\s:]+):\d{1,5}")


class Settings(BaseSettings):
    """Every variable is described in `.env.example`."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    bot_token: SecretStr = SecretStr("")
    bot_api_base: str = ""
    database_url: str = "sqlite+aiosqlite:///data/tillkeeper.db"
    redis_url: str = ""
    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    webhook_listen: str = "127.0.0.1:8081"
    log_level: str = "INFO"
    default_locale: str = FALLBACK
    default_zone: str = Field(default="Asia/Shanghai")
    #: Minutes between looks at the tills for what was changed there; 0 is never.
    drift_minutes: int = Field(default=60, ge=0, le=10_080)
    #: Days for which the users of a terminal, as they were before a change, are kept; 0 keeps none.
    snapshot_days: int = Field(default=90, ge=0, le=3650)

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("default_locale")
    @classmethod
    def _spoken(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(f"one of {', '.join(LANGUAGES)} is wanted")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("one of DEBUG, INFO, WARNING, ERROR is wanted")
        return value.upper()

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("it begins with redis://, rediss:// or unix://")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _sendable(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _WEBHOOK_SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("16 to 256 of the characters A-Z, a-z, 0-9, _ and - are wanted")
        return value

    @field_validator("webhook_listen")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        if not _LISTEN.fullmatch(value):
            raise ValueError("HOST:PORT is wanted")
        return value

    @model_validator(mode="after")
    def _webhook(self) -> Self:
        if not self.webhook_url:
            return self
        if not self.webhook_secret.get_secret_value():
            raise ValueError("WEBHOOK_URL needs a WEBHOOK_SECRET: without it anybody could speak as Telegram")
        url = urlsplit(self.webhook_url)
        # Only a Bot API server of one's own delivers without TLS.
        schemes = {"https", "http"} if self.bot_api_base else {"https"}
        if url.scheme not in schemes or not url.hostname:
            raise ValueError("WEBHOOK_URL: an https:// address is wanted")
        return self

    @property
    def listen(self) -> tuple[str, int]:
        """Host and port for the webhook."""
        host, _, port = self.webhook_listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def drift_every(self) -> timedelta:
        """Nothing where the tills are not looked at."""
        return timedelta(minutes=self.drift_minutes)

    @property
    def snapshots_kept(self) -> timedelta:
        return timedelta(days=self.snapshot_days)

    @property
    def keys(self) -> list[str]:
        return [key.get_secret_value() for key in self.secret_keys]
