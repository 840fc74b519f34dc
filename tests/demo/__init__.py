"""The Telegram of the demo and of the tests: as strict as the real one, and what the demo puts around it."""
