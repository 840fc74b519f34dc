"""The adapter for Square."""
