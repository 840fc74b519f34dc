"""The demo's own secrets, made once: a bot token and the key that encrypts at rest. Only their owner may read them."""

import base64
import os
import secrets
from pathlib import Path

from pydantic import BaseModel, Field


def new_token() -> str:
    """A bot token in Telegram's form, of no bot there is."""
    return f"{7_000_000_000 + secrets.randbelow(1_000_000_000)}:{secrets.token_urlsafe(27)[:35]}"


class Keys(BaseModel):
    token: str = Field(default_factory=new_token, repr=False)
    #: As SECRET_KEYS wants it: 32 random bytes in URL-safe base64.
    secret_key: str = Field(
        default_factory=lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(), repr=False
    )


def keys_in(path: Path) -> Keys:
    """The keys in the file at `path`, made there if it does not exist."""
    try:
        return Keys.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        keys = Keys()
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as opened:
        opened.write(keys.model_dump_json())
    return keys
