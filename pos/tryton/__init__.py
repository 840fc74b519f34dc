"""The adapter for Tryton."""
