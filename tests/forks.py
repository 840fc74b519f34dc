"""Processes as forks of one that has imported everything: importing the bot takes seconds."""

import multiprocessing
from multiprocessing.context import ForkServerContext

_FORKS = multiprocessing.get_context("forkserver")
#: Each fork imports anew what the main module imports, which is pytest's.
_PRELOADED = ["pytest"]


def stand_by(*modules: str) -> ForkServerContext:
    """Processes that start with these modules imported; to be called before the first of them is."""
    _PRELOADED.extend(module for module in modules if module not in _PRELOADED)
    _FORKS.set_forkserver_preload(_PRELOADED)
    return _FORKS
