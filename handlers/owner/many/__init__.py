"""Changing many terminal users with one code: what, who, preview, code."""
