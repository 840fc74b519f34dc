"""Changes that a person does at the till, step by step.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("guide", sa.JSON(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("ticked", sa.JSON(), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_cases_request_id")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_cases")),
    )
    op.add_column("requests", sa.Column("done_at", Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("requests", "done_at")
    op.drop_table("cases")
