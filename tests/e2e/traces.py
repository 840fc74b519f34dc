"""Looking for secrets where they do not belong: logs, the database, chats."""

import json
import re
import sqlite3

from tests.e2e.bench import BotProcess


def logged(bot: BotProcess) -> list[dict[str, str]]:
    """Every line that the bot logged."""
    return [json.loads(line) for line in bot.log.read_text("utf-8").splitlines()]


def found_in(text: str, secrets: set[str]) -> set[str]:
    """Which secrets stand in the text; digits only as a number of their own, not within another or an id."""
    words = set(re.findall(r"(?<![\w.])\d{4,8}(?!\w)", text))
    return {secret for secret in secrets if (secret in words if secret.isdigit() else secret in text)}


def leaked(bot: BotProcess) -> set[str]:
    """The secrets that reached the log."""
    # The moment of a line has six digits of its own.
    lines = [json.dumps({**line, "timestamp": ""}, ensure_ascii=False) for line in logged(bot)]
    return found_in("\n".join(lines), bot.secrets)


def stored(bot: BotProcess) -> str:
    """Every cell of the bot's database as text."""
    connection = sqlite3.connect(bot.database, timeout=10)
    try:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [row for table in tables for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608
    finally:
        connection.close()
    return "\n".join(" ".join(map(str, row)) for row in rows)
