"""Brands whose terminals nobody reaches from outside: a person is guided, and the bot keeps the list of users."""
