"""Every text, in every language, and nothing that a person reads outside of `locales/`."""
