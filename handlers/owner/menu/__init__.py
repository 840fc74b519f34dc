"""The menu: choose a shop, what to do, the language, help."""
