"""Changes that wait: a list, one of them, and what to do about it, each with a preview and a code."""
