"""The embedded backend: a small till of its own on SQLite, and the adapter that speaks for it."""
