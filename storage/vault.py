"""Encryption at rest: authenticated, with keys that can be changed one after another."""

import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class VaultError(Exception):
    """A sealed value cannot be opened: no key fits, or it was sealed for another place."""


class Vault:
    """Seals texts with Fernet (AES-128-CBC and HMAC-SHA-256); the first key seals, every key opens.

    Each text is sealed together with its place (table and row), so that a ciphertext that was copied to another row
    does not open there.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys`: 32 random bytes each, in URL-safe base64. Raises `ValueError` where there is none or one is not."""
        if not keys:
            raise ValueError("no key")
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, place: str, text: str) -> str:
        return self._fernet.encrypt(json.dumps([place, text]).encode()).decode()

    def open(self, place: str, sealed: str) -> str:
        """Raises `VaultError`."""
        try:
            found, text = json.loads(self._fernet.decrypt(sealed.encode()))
        except InvalidToken as wrong:
            raise VaultError(place) from wrong
        if found != place:
            raise VaultError(place)
        return str(text)
