"""What the command line can do besides running the bot."""


class CommandFailed(Exception):
    """The command could not be done; its text is for whoever typed it."""
