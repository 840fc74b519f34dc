"""All tables. Columns named `sealed_*` hold ciphertext (`storage.vault`)."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, text

from storage.columns import Id, Moment

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

shops = Table(
    "shops",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("backend", String(32), nullable=False),
    Column("sealed_options", Text, nullable=False),
    # The newest entry of the shop's audit: a tail that was cut off shows against it.
    Column("head_number", Integer, nullable=False, default=0),
    Column("head_hash", String(64), nullable=False),
    # Minutes; a waiting change that is later than this is asked about. Null: it is done however late.
    Column("late_limit", Integer),
    # Since then only the audit is left.
    Column("removed_at", Moment),
)

people = Table(
    "people",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("locale", String(16)),
    Column("language_code", String(16)),
)

members = Table(
    "members",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("shop_id", ForeignKey("shops.id"), primary_key=True),
    Column("role", String(16), nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("shop_id", ForeignKey("shops.id"), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("person_id", Id),
)

factors = Table(
    "factors",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("sealed_secret", Text, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("shown_at", Moment, nullable=False),
    Column("last_timecode", Id, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Moment),
)

requests = Table(
    "requests",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("shop_id", ForeignKey("shops.id"), nullable=False),
    Column("actor_id", Id, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("terminal_id", Text, nullable=False),
    Column("terminal_name", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    # The terminal user as the owner saw it.
    Column("user", JSON, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("force", Boolean, nullable=False),
    Column("undoes", Integer),
    Column("sealed_secret", Text),
    Column("secret_made", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("result", String(64), nullable=False),
    Column("progress_message_id", Id),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("asked_at", Moment),
    Column("finished_at", Moment),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment),
    Column("lease_owner", String(64)),
    Column("lease_until", Moment),
    Column("due_at", Moment),
    Column("until", Moment),
    Column("ends", String(32)),
    Column("batch", String(32)),
    Column("given_up_at", Moment),
    # When a person said that it is done at the till.
    Column("done_at", Moment),
    Index("ix_requests_person", "actor_id", "state"),
    Index("ix_requests_user", "shop_id", "terminal_id", "user_id"),
    Index("ix_requests_batch", "batch"),
)
Index(
    "ix_requests_due",
    requests.c.next_at,
    sqlite_where=text("next_at IS NOT NULL"),
    postgresql_where=text("next_at IS NOT NULL"),
)

#: What is asked of a waiting change: another time, or that it is dropped.
amendments = Table(
    "amendments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("shop_id", ForeignKey("shops.id"), nullable=False),
    Column("request_id", ForeignKey("requests.id"), nullable=False),
    Column("actor_id", Id, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("moment", Moment),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_amendments_person", "actor_id", "ended_at"),
)

#: Guided changes as checklists for a person at the till.
cases = Table(
    "cases",
    metadata,
    Column("request_id", ForeignKey("requests.id"), primary_key=True),
    # Brand, steps and check as they were when it was opened.
    Column("guide", JSON, nullable=False),
    Column("opened_at", Moment, nullable=False),
    # The places of the steps that are ticked, in order.
    Column("ticked", JSON, nullable=False),
    Column("answer", String(16)),
    Column("answered_at", Moment),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("request_id", ForeignKey("requests.id"), primary_key=True),
    Column("taken_at", Moment, nullable=False),
    Column("sealed_user", Text, nullable=False),
    # All users of the terminal; null where they are kept with another change or could not be read.
    Column("sealed_roster", Text),
    Column("roster", String(16)),
)

#: Each terminal's users as they were last seen.
sightings = Table(
    "sightings",
    metadata,
    Column("shop_id", ForeignKey("shops.id"), primary_key=True),
    Column("terminal_id", Text, primary_key=True),
    Column("began_at", Moment, nullable=False),
    Column("sealed_roster", Text, nullable=False),
)

#: Tills that could not be looked at, and since when.
blind_spots = Table(
    "blind_spots",
    metadata,
    Column("shop_id", ForeignKey("shops.id"), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("told", Boolean, nullable=False),
)

#: Only grows: a trigger refuses UPDATE and DELETE.
audit = Table(
    "audit",
    metadata,
    Column("shop_id", ForeignKey("shops.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("shop_id", Id),
    Column("person_id", Id),
    Column("request_id", String(32)),
    Column("entry_number", Integer),
    Column("message_id", Id),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
    Column("ended_at", Moment),
    Column("delivered", Boolean, nullable=False),
    # Goes before everything that waits.
    Column("urgent", Boolean, nullable=False),
)
Index(
    "ix_outbox_waiting",
    outbox.c.chat_id,
    outbox.c.id,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)

#: What conversations remember, by aiogram's StorageKey; an absent part of the key is 0 or empty.
conversations = Table(
    "conversations",
    metadata,
    Column("bot_id", Id, primary_key=True, autoincrement=False),
    Column("chat_id", Id, primary_key=True, autoincrement=False),
    Column("user_id", Id, primary_key=True, autoincrement=False),
    Column("thread_id", Id, primary_key=True, autoincrement=False),
    Column("business_connection_id", String(128), primary_key=True),
    Column("destiny", String(128), primary_key=True),
    Column("state", Text),
    Column("data", Text, nullable=False),
)
