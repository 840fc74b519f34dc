"""Conversations on the real rules, a real database and a real till; only Telegram is played."""
