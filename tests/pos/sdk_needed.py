"""Which files are left out where the makers' own libraries are missing (`NEEDS` in tests/conftest.py; in CI none)."""

from importlib.util import find_spec


def is_there() -> bool:
    return all(find_spec(name) is not None for name in ("square", "sumup"))


def left_out() -> list[str]:
    """For `collect_ignore_glob` of a folder whose tests import one of them."""
    return [] if is_there() else ["test_*.py"]
