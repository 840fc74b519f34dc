"""The Bot API as far as the bot uses it, over real HTTP, as strict as Telegram's own server."""
