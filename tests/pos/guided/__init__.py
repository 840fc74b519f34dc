"""Brands whose terminals nobody reaches, and the register of who is there."""
