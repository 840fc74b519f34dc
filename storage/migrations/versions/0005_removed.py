"""Shops that were removed, of which the audit stays.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shops", sa.Column("removed_at", Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("shops", "removed_at")
