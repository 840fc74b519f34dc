"""The shop owner's conversations, in a private chat."""
