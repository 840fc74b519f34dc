"""A file that only a passphrase opens; `docs/backup.md` describes it for whoever has no bot at hand.

A first line that names the format, 16 bytes of salt, 12 bytes of nonce, then AES-256-GCM over compressed JSON. The key
is scrypt of the passphrase (N 2^15, r 8, p 1: RFC 7914). The line, salt and nonce are authenticated with the rest.
"""

import json
import os
import secrets
import zlib
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from changes.errors import BackupLocked, BackupNewer, BackupTooLarge, BackupUnreadable

_FORMAT = b"TILLKEEPER-BACKUP "
_LINE = _FORMAT + b"1\n"
_SALT, _NONCE = 16, 12
_HEAD = len(_LINE) + _SALT + _NONCE

#: Bytes of a file; one of 5,000 users has some 200,000.
LARGEST = 5_000_000

#: Bytes of what is in it.
_LARGEST_INSIDE = 50_000_000

#: No letter that is taken for another; 24 of these 32 make 120 bits.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS, _GROUP = 6, 4


def make_passphrase() -> str:
    """Six groups of four letters."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def seal(content: Any, passphrase: str) -> bytes:
    """Takes some 100 ms and 32 MB. Raises `BackupTooLarge`."""
    inside = zlib.compress(json.dumps(content, ensure_ascii=False).encode(), 9)
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    head = _LINE + salt + nonce
    file = head + AESGCM(_key(passphrase, salt)).encrypt(nonce, inside, head)
    if len(file) > LARGEST:
        raise BackupTooLarge
    return file


def check_form(file: bytes) -> None:
    """Raises `BackupTooLarge`, `BackupUnreadable` for what is no such file, or `BackupNewer`."""
    if len(file) > LARGEST:
        raise BackupTooLarge
    if not file.startswith(_FORMAT):
        raise BackupUnreadable
    if not file.startswith(_LINE):
        raise BackupNewer
    if len(file) <= _HEAD:
        raise BackupUnreadable


def open_sealed(file: bytes, passphrase: str) -> Any:
    """What was sealed, as costly as sealing. Raises as `check_form` does, and `BackupLocked`.

    A wrong passphrase and a file that was changed cannot be told apart.
    """
    check_form(file)
    head, salt, nonce = file[:_HEAD], file[len(_LINE) : len(_LINE) + _SALT], file[_HEAD - _NONCE : _HEAD]
    try:
        inside = AESGCM(_key(passphrase, salt)).decrypt(nonce, file[_HEAD:], head)
    except InvalidTag as wrong:
        raise BackupLocked from wrong
    try:
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(inside, _LARGEST_INSIDE)
        if not unpacking.eof:
            raise BackupUnreadable
        return json.loads(text)
    except (zlib.error, ValueError) as odd:
        raise BackupUnreadable from odd


def _key(passphrase: str, salt: bytes) -> bytes:
    """However it was typed: in small letters, with spaces or without dashes."""
    letters = "".join(letter for letter in passphrase.upper() if letter.isalnum())
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(letters.encode())
