"""Changing a terminal user: terminal, user, what, new value, preview, code."""
