"""The rules: what a change is, who may make it, how it lives and how it is recorded. No Telegram, no SQL, no HTTP."""
