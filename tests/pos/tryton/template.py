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
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.databases import POSTGRES, command, in_own_loop, listens, rows_of

_CHECKOUT = Path(__file__).parents[3]
_HOME = (_CHECKOUT / ".tryton").resolve()
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
    kept, passwords = made(kind)
    if kind == "sqlite":
        shutil.copy(_HOME / kind / f"{kept}.sqlite", folder / "shop.sqlite")
        yield Copy("shop", _URIS[kind], folder, passwords)
        return
    name = f"tillkeeper_tryton_test_{secrets.token_hex(6)}"
    with _alone(kind):
        # Nothing in it has to outlive a crash.
        quick = f"ALTER DATABASE {name} SET synchronous_commit = off"
        in_own_loop(command(f"CREATE DATABASE {name} TEMPLATE {kept}", quick))
    try:
        yield Copy(name, _URIS[kind], folder, passwords)
    finally:
        in_own_loop(command(f"DROP DATABASE {name} WITH (FORCE)"))


def made(kind: str) -> tuple[str, Passwords]:
    """The name of the database that is copied; it is made if it is not there."""
    name = f"tillkeeper_tryton_{_key()}"
    with _alone(kind):
        passwords = _HOME / kind / f"{name}.json"
        if not (passwords.exists() and _is_there(kind, name)):
            passwords.unlink(missing_ok=True)
            _empty(kind, name)
            found = _fill(kind, name)
            passwords.touch(mode=0o600)
            passwords.write_text(json.dumps(asdict(found)))
        return name, Passwords(**json.loads(passwords.read_text()))


_URIS = {
    "sqlite": "sqlite://",
    "postgres": POSTGRES.set(drivername="postgresql", database="").render_as_string(hide_password=False),
}


def _key() -> str:
    """Other packages, scripts or places have other databases."""
    parts = (part.read_bytes() for part in (_PINS, _ROLES, _ACCOUNT))
    return hashlib.sha256(b"".join((*parts, bytes(_HOME)))).hexdigest()[:12]


def _is_there(kind: str, name: str) -> bool:
    if kind == "sqlite":
        return (_HOME / kind / f"{name}.sqlite").exists()
    url = POSTGRES.render_as_string(hide_password=False)
    return (name,) in rows_of(url, "SELECT datname FROM pg_database")


def _empty(kind: str, name: str) -> None:
    if kind == "sqlite":
        (_HOME / kind / f"{name}.sqlite").write_bytes(b"")
    else:
        quick = f"ALTER DATABASE {name} SET synchronous_commit = off"
        in_own_loop(command(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}", quick))


def _fill(kind: str, name: str) -> Passwords:
    """Tables, roles and the bot's account, with the programs and the script that a shop's administrator has."""
    admin = secrets.token_urlsafe(12)
    passfile = _HOME / kind / "administrator"
    passfile.touch(mode=0o600)
    passfile.write_text(admin)
    config = configuration(_HOME / kind, _URIS[kind], "127.0.0.1:1")
    try:
        told = {"TRYTONPASSFILE": str(passfile)}
        flags = ("-u", "user_role", "--activate-dependencies", "--email", "boss@example.com")
        run("trytond-admin", config, name, *flags, **told)
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


@contextmanager
def _alone(kind: str) -> Iterator[None]:
    """Of all processes that test: one makes what the others copy."""
    folder = _HOME / kind
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    # Before the tests, so that none of them waits for it.
    with ThreadPoolExecutor() as pool:
        list(pool.map(made, ("sqlite", "postgres") if listens(POSTGRES, 5432) else ("sqlite",)))
