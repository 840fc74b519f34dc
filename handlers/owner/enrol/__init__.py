"""Enrolling the authenticator."""
