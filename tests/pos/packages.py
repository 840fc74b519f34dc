"""Packages that bring backends, laid out as pip does."""

from collections.abc import Mapping
from pathlib import Path

import pytest


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, module: str, points: Mapping[str, str]) -> None:
    """A package of one module, with entry points by name; gone after the test."""
    about = folder / name / f"{name}-1.2.dist-info"
    about.mkdir(parents=True)
    (folder / name / f"{name}.py").write_text(module)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    lines = [f"{point} = {target}" for point, target in points.items()]
    (about / "entry_points.txt").write_text("\n".join(["[tillkeeper.backends]", *lines]))
    monkeypatch.syspath_prepend(folder / name)
