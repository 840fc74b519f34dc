"""Salted scrypt hashes of PINs, made and checked off the event loop.

A hash slows a guesser who holds the file; it cannot save a PIN of a few digits from one with patience. The file
therefore belongs to its owner alone.
"""

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass

_SCHEME = "scrypt"
_BLOCK = 8
_SALT_BYTES = 16
_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class PinHasher:
    """`cost` (a power of two) and `lanes` are scrypt's N and p; the defaults are OWASP's least (16 MiB, five lanes).

    Source: OWASP Password Storage Cheat Sheet, scrypt.
    """

    cost: int = 2**14
    lanes: int = 5

    async def hash(self, pin: str) -> str:
        """A text that holds the parameters, the salt and the digest."""
        salt = secrets.token_bytes(_SALT_BYTES)
        digest = await asyncio.to_thread(_digest, pin, salt, self.cost, self.lanes)
        return self._written(salt, digest)

    def decoy(self) -> str:
        """A hash that no PIN matches and that takes as long to check as any."""
        return self._written(bytes(_SALT_BYTES), bytes(_DIGEST_BYTES))

    def _written(self, salt: bytes, digest: bytes) -> str:
        return f"{_SCHEME}${self.cost}${self.lanes}${salt.hex()}${digest.hex()}"


async def matches(pin: str, hashed: str) -> bool:
    """Whether `pin` is the one that `hashed` was made of, compared in constant time."""
    _, cost, lanes, salt, digest = hashed.split("$")
    found = await asyncio.to_thread(_digest, pin, bytes.fromhex(salt), int(cost), int(lanes))
    return hmac.compare_digest(found, bytes.fromhex(digest))


def _digest(pin: str, salt: bytes, cost: int, lanes: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=cost, r=_BLOCK, p=lanes, dklen=_DIGEST_BYTES)
