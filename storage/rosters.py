"""A terminal's users as one text: JSON, compressed, for thousands of them are mostly the same words."""

import base64
import json
import zlib

from changes.roster import Roster
from changes.till import Terminal
from storage.users import as_json, from_json


def as_text(roster: Roster) -> str:
    users = [as_json(user) for user in roster.users]
    content = {"terminal": [roster.terminal.id, roster.terminal.name], "complete": roster.complete, "users": users}
    return base64.b64encode(zlib.compress(json.dumps(content, ensure_ascii=False).encode())).decode()


def from_text(text: str) -> Roster:
    """Raises `LookupError`, `TypeError` or `ValueError` for what no release wrote."""
    content = json.loads(zlib.decompress(base64.b64decode(text)))
    users = tuple(from_json(user) for user in content["users"])
    return Roster(Terminal(*content["terminal"]), users, content["complete"])
