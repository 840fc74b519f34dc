"""Changes that wait, end by themselves, go together or are given up; urgent messages.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "amendments",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("shop_id", Id, nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("actor_id", Id, nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("chat_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("moment", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_amendments_request_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_amendments_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendments")),
    )
    op.create_index("ix_amendments_person", "amendments", ["actor_id", "ended_at"], unique=False)
    op.add_column("shops", sa.Column("late_limit", sa.Integer(), nullable=True))
    # As shops that are added get.
    op.execute("UPDATE shops SET late_limit = 60")
    op.add_column("outbox", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in ("due_at", "until", "given_up_at"):
        op.add_column("requests", sa.Column(name, Moment(), nullable=True))
    for name in ("ends", "batch"):
        op.add_column("requests", sa.Column(name, sa.String(length=32), nullable=True))
    op.create_index("ix_requests_user", "requests", ["shop_id", "terminal_id", "user_id"], unique=False)
    op.create_index("ix_requests_batch", "requests", ["batch"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_requests_batch", table_name="requests")
    op.drop_index("ix_requests_user", table_name="requests")
    # Not in a batch: on SQLite that makes the table anew, and other tables refer to its rows.
    for name in ("due_at", "until", "given_up_at", "ends", "batch"):
        op.drop_column("requests", name)
    op.drop_column("outbox", "urgent")
    op.drop_column("shops", "late_limit")
    op.drop_table("amendments")
