"""The tables of the till's file."""

#: Kept in the file's `user_version`; a file with a number that `UPGRADES` does not lead on from is not opened.
VERSION = 3

#: What brings a file of that version to the next.
UPGRADES = {
    1: "ALTER TABLE user ADD COLUMN freezes INTEGER NOT NULL DEFAULT 0",
    2: "ALTER TABLE user ADD COLUMN permissions TEXT",
}

TABLES = (
    """
    CREATE TABLE terminal (
        place INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE user (
        id TEXT PRIMARY KEY,
        terminal_id TEXT NOT NULL REFERENCES terminal (id),
        number TEXT NOT NULL,
        name TEXT NOT NULL,
        folded TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('cashier', 'supervisor', 'manager')),
        status TEXT NOT NULL CHECK (status IN ('active', 'frozen')),
        pin TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1,
        freezes INTEGER NOT NULL DEFAULT 0,
        -- One space between; null: what the role brings.
        permissions TEXT,
        UNIQUE (terminal_id, number),
        UNIQUE (terminal_id, id)
    )
    """,
    """
    CREATE TABLE session (
        terminal_id TEXT PRIMARY KEY,
        user_id TEXT NOT NULL UNIQUE,
        FOREIGN KEY (terminal_id, user_id) REFERENCES user (terminal_id, id)
    )
    """,
    """
    CREATE TABLE applied (
        key TEXT PRIMARY KEY,
        edit TEXT NOT NULL,
        pin TEXT
    )
    """,
    """
    CREATE TABLE fault (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        times INTEGER NOT NULL CHECK (times > 0),
        seconds REAL NOT NULL,
        method TEXT NOT NULL
    )
    """,
)
