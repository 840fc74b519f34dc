"""Tests of the point-of-sale backends."""
