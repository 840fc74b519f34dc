"""What the process is told from outside: environment variables, or a `.env` file beside it."""

from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from locales import FALLBACK, LANGUAGES


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
    log_level: str = "INFO"
    default_locale: str = FALLBACK
    default_zone: str = Field(default="Asia/Shanghai")

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

    @property
    def keys(self) -> list[str]:
        return [key.get_secret_value() for key in self.secret_keys]
