"""Packages that only some backends need, and only their users install."""

from collections.abc import Iterator
from contextlib import contextmanager

from pos.options import BadOption


@contextmanager
def of_extra(kind: str) -> Iterator[None]:
    """Around the import of what the extra of this name brings. Raises `BadOption` that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as missing:
        raise BadOption(
            f"{kind} needs packages that are not installed ({missing.name}): "
            f"python -m pip install --require-hashes -r requirements/{kind}.txt"
        ) from missing
