"""Measurements of the whole, each a program of its own: `make bench`."""
