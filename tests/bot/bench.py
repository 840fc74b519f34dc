"""The command line in a folder of its own: as a process, or here where starting one each time would take too long."""

import io
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.cli import main

ROOT = Path(__file__).parents[2]


@dataclass
class CommandLine:
    folder: Path
    key: str = field(default_factory=lambda: Fernet.generate_key().decode(), repr=False)

    @property
    def database(self) -> Path:
        return self.folder / "tillkeeper.db"

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.url, "SECRET_KEYS": self.key}

    @property
    def url(self) -> str:
        return f"sqlite+aiosqlite:///{self.database}"

    def run(self, *arguments: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """`python -m bot` with these arguments; environment variables besides those it needs."""
        given = self.environment | environment
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.folder,
            env={**kept, "PYTHONPATH": str(ROOT), **given},
            capture_output=True,
            input=typed,
            text=True,
            check=False,
            timeout=60,
        )

    def done(self, *arguments: str, typed: str = "") -> str:
        """What a command that must succeed prints."""
        done = self.run(*arguments, typed=typed)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    def refused(self, *arguments: str, typed: str = "", **environment: str) -> str:
        """The one line that a command which must fail says."""
        done = self.run(*arguments, typed=typed, **environment)
        assert done.returncode == 1, (done.stdout, done.stderr)
        assert done.stdout == ""
        (line,) = done.stderr.splitlines()
        return line

    def add_shop(self, name: str = "Lin's Tea House 林记") -> str:
        """The claim of the new shop."""
        said = self.done("shop", "add", name, "--backend", "embedded", "--option", f"path={self.folder / 'till.db'}")
        (start,) = [line for line in said.splitlines() if line.startswith("/start ")]
        return start.removeprefix("/start ")


@dataclass
class Here(CommandLine):
    """The same in this process."""

    monkeypatch: pytest.MonkeyPatch = field(kw_only=True)
    capsys: pytest.CaptureFixture[str] = field(kw_only=True)

    def run(self, *arguments: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        with self.monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.StringIO(typed))
            for name, value in (self.environment | environment).items():
                patch.setenv(name, value)
            try:
                code = main(arguments)
            except SystemExit as ended:
                code = int(ended.code or 0)
        written = self.capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, written.out, written.err)
