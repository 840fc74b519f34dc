"""A shop's Tryton database, as its administrator sets it up by docs/backends/tryton.md.

It takes many seconds to make. So it is made once for the pinned packages and the account's script, kept in `.tryton` or
on the PostgreSQL server, and copied for each session of tests.
"""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.databases import POSTGRES, command, in_own_loop, rows_of

_CHECKOUT = Path(__file__).parents[3]
_HOME = _CHECKOUT / ".tryton"
_PINS = _CHECKOUT / "requirements" / "tryton.txt"
_ROLES = Path(__file__).with_name("roles.py")
_ACCOUNT = _CHECKOUT / "docs" / "backends" / "tryton_account.py"


def is_installed() -> bool:
    return (_HOME / "installed").exists()


@dataclass(frozen=True, slots=True)
class Passwords:
    """Of the administrator `admin`, and of the bot's account `tillkeeper`."""

    admin: str = field(repr=False)
    bot: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Copy:
    """A database of its own: its name, and where Tryton finds it."""

    name: str
    uri: str
    folder: Path
    passwords: Passwords


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[Copy]:
    """A copy on `sqlite`, in `folder`, or on `postgres`."""
    key = _key()
    if kind == "sqlite":
        kept, passwords = _on_sqlite(key)
        name = "shop"
        shutil.copy(kept, folder / f"{name}.sqlite")
        yield Copy(name, "sqlite://", folder, passwords)
        return
    kept_name, passwords = _on_postgres(key)
    name = f"tillkeeper_tryton_test_{secrets.token_hex(6)}"
    with _alone():
        # Nothing in it has to outlive a crash.
        quick = f"ALTER DATABASE {name} SET synchronous_commit = off"
        in_own_loop(command(f"CREATE DATABASE {name} TEMPLATE {kept_name}", quick))
    try:
        yield Copy(name, _POSTGRES_URI, folder, passwords)
    finally:
        in_own_loop(command(f"DROP DATABASE {name} WITH (FORCE)"))


_ASYNC_URL = POSTGRES.render_as_string(hide_password=False)
_POSTGRES_URI = POSTGRES.set(drivername="postgresql", database="").render_as_string(hide_password=False)


def _key() -> str:
    """Other packages, scripts or places have other databases."""
    parts = (part.read_bytes() for part in (_PINS, _ROLES, _ACCOUNT, Path(__file__)))
    return hashlib.sha256(b"".join((*parts, bytes(_HOME)))).hexdigest()[:12]


def _on_sqlite(key: str) -> tuple[Path, Passwords]:
    kept = _HOME / f"{key}.sqlite"
    with _alone():
        if not (kept.exists() and _passwords_file(key, "sqlite").exists()):
            part = _HOME / "part.sqlite"
            part.write_bytes(b"")
            passwords = _fill(part.stem, "sqlite://")
            part.rename(kept)
            _keep(key, "sqlite", passwords)
    return kept, _kept(key, "sqlite")


def _on_postgres(key: str) -> tuple[str, Passwords]:
    kept = f"tillkeeper_tryton_{key}"
    with _alone():
        there = (kept,) in rows_of(_ASYNC_URL, "SELECT datname FROM pg_database")
        if not (there and _passwords_file(key, "postgres").exists()):
            in_own_loop(command(f"DROP DATABASE IF EXISTS {kept} WITH (FORCE)", f"CREATE DATABASE {kept}"))
            _keep(key, "postgres", _fill(kept, _POSTGRES_URI))
    return kept, _kept(key, "postgres")


def _fill(name: str, uri: str) -> Passwords:
    """Tables, roles and the bot's account, with the programs and the script that a shop's administrator has."""
    admin = secrets.token_urlsafe(12)
    passfile = _HOME / "administrator"
    passfile.touch(mode=0o600)
    passfile.write_text(admin)
    config = configuration(_HOME, uri, "127.0.0.1:1")
    try:
        told = {"TRYTONPASSFILE": str(passfile)}
        run(
            "trytond-admin",
            config,
            name,
            "-u",
            "user_role",
            "--activate-dependencies",
            "--email",
            "boss@example.com",
            **told,
        )
    finally:
        passfile.unlink()
    run("trytond-console", config, name, "-f", str(_ROLES))
    said = run("trytond-console", config, name, "-f", str(_ACCOUNT))
    login, _, password = said.strip().rpartition(": ")
    assert login == "tillkeeper", f"the account's script said {len(said)} characters, and no password"
    return Passwords(admin, password)


def run(program: str, config: Path, name: str, *more: str, **environment: str) -> str:
    """What one of Tryton's programs prints; what it complains of is in the error."""
    done = subprocess.run(
        _command(program, config, name, *more),
        env=_environment(environment),
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def start(config: Path, name: str, **environment: str) -> "subprocess.Popen[bytes]":
    """The server itself."""
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        _command("trytond", config, name), env=_environment(environment), stdout=quiet, stderr=quiet
    )


def configuration(folder: Path, uri: str, listen: str) -> Path:
    config = folder / "trytond.conf"
    config.write_text(f"[database]\nuri = {uri}\npath = {folder}\n[web]\nlisten = {listen}\n")
    return config


def _command(program: str, config: Path, name: str, *more: str) -> list[str]:
    return [str(_HOME / "env" / "bin" / program), "-c", str(config), "-d", name, *more]


def _environment(more: dict[str, str]) -> dict[str, str]:
    """Nothing of the machine's own Tryton."""
    return {key: value for key, value in os.environ.items() if not key.startswith("TRYTON")} | more


def _passwords_file(key: str, kind: str) -> Path:
    return _HOME / f"{key}.{kind}.json"


def _keep(key: str, kind: str, passwords: Passwords) -> None:
    kept = _passwords_file(key, kind)
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(asdict(passwords)))


def _kept(key: str, kind: str) -> Passwords:
    return Passwords(**json.loads(_passwords_file(key, kind).read_text()))


@contextmanager
def _alone() -> Iterator[None]:
    """Of all processes that test: one makes what the others copy."""
    with (_HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
