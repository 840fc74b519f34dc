"""Adding a user, or putting one in the place of another: number, name, role, PIN or password, preview, code."""
