"""The file: what opens it, and what does not."""

import secrets
import zlib

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from changes import sealed_file
from changes.backup import from_content
from changes.errors import BackupLocked, BackupNewer, BackupTooLarge, BackupUnreadable
from changes.sealed_file import LARGEST, check_form, make_passphrase, open_sealed, seal

CONTENT = {"shop": "Lin's Tea House 林记茶铺"}


def test_a_passphrase_opens_it_however_it_is_typed() -> None:
    passphrase = make_passphrase()
    assert len(passphrase) == 29
    assert passphrase != make_passphrase()
    file = seal(CONTENT, passphrase)
    assert b"Lin" not in file
    for typed in (passphrase, passphrase.lower(), f" {passphrase.replace('-', ' ')}\n"):
        assert open_sealed(file, typed) == CONTENT
    assert seal(CONTENT, passphrase) != file


@pytest.mark.parametrize("typed", ["", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", "密码"])
def test_no_other_does(typed: str) -> None:
    with pytest.raises(BackupLocked):
        open_sealed(seal(CONTENT, make_passphrase()), typed)


def test_a_file_that_was_changed_anywhere_does_not_open() -> None:
    passphrase = make_passphrase()
    file = seal(CONTENT, passphrase)
    line = file.index(b"\n") + 1
    for place in (line, line + 16, line + 28, len(file) - 1):
        changed = bytearray(file)
        changed[place] ^= 1
        with pytest.raises(BackupLocked):
            open_sealed(bytes(changed), passphrase)
    with pytest.raises(BackupLocked):
        open_sealed(file[:-1], passphrase)


def test_what_is_no_backup_is_told_from_a_newer_one() -> None:
    for odd in (b"", b"%PDF-1.7", b"TILLKEEPER-BACKUP 1\n", secrets.token_bytes(4000)):
        with pytest.raises(BackupUnreadable):
            open_sealed(odd, "x")
    with pytest.raises(BackupNewer):
        open_sealed(b"TILLKEEPER-BACKUP 2\n" + bytes(60), "x")
    with pytest.raises(BackupTooLarge):
        check_form(bytes(LARGEST + 1))


def test_a_file_that_unfolds_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only who knows a passphrase can make one."""
    monkeypatch.setattr(sealed_file, "_LARGEST_INSIDE", 1000)
    passphrase = make_passphrase()
    with pytest.raises(BackupUnreadable):
        open_sealed(seal({"a": "x" * 2000}, passphrase), passphrase)
    head = b"TILLKEEPER-BACKUP 1\n" + bytes(28)
    key = sealed_file._key("x", bytes(16))
    for inside in (b"no zlib", zlib.compress(b"no json")):
        with pytest.raises(BackupUnreadable):
            open_sealed(head + AESGCM(key).encrypt(bytes(12), inside, head), "x")


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        {"made_at": "2026-11-22T12:00:00", "shop": "", "zone": "", "backend": "", "late_limit": 1, "terminals": []},
        {
            "made_at": "2026-11-22T12:00:00+00:00",
            "shop": "",
            "zone": "",
            "backend": "",
            "late_limit": 1,
            "terminals": [1],
        },
    ],
)
def test_what_somebody_else_sealed_is_no_backup(content: object) -> None:
    with pytest.raises(BackupUnreadable):
        from_content(content)
