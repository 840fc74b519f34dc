"""A Telegram of ones own, to try and to test the bot with no token."""
