"""Alembic's entry: the migration runs on the connection that `storage.migrate` hands over."""

from typing import Any, Literal

from alembic import context

from storage.columns import Id, Moment
from storage.tables import metadata


def _our_types(kind: str, item: Any, _autogen: object) -> str | Literal[False]:
    """How a new revision writes our column types: by their names in `storage.columns`."""
    if kind == "type" and isinstance(item, Moment):
        return "Moment()"
    return "Id" if kind == "type" and item is Id else False


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_item=_our_types)
with context.begin_transaction():
    context.run_migrations()
