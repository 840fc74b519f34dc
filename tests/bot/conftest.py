import logging
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from bot.settings import Settings
from changes import held
from tests.bot.bench import CommandLine, Here


@pytest.fixture(autouse=True)
def told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what a change only passes through, so that the queue has several messages in a row to bring."""
    monkeypatch.setattr(held, "SOON", timedelta())


@pytest.fixture
def restored_logs() -> Iterator[None]:
    """What a test does to the logs of the process is undone."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    yield
    root.handlers, root.level = handlers, level
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))
    structlog.reset_defaults()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder to be in, and no setting in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    return tmp_path


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


@pytest.fixture
def here(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], restored_logs: None
) -> Iterator[Here]:
    mask = os.umask(0o022)
    yield Here(bare, monkeypatch=monkeypatch, capsys=capsys)
    os.umask(mask)
