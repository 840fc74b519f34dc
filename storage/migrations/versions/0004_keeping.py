"""What was last seen at the terminals, tills that were not seen, and a terminal's users beside each change.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sightings",
        sa.Column("shop_id", Id, nullable=False),
        sa.Column("terminal_id", sa.Text(), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("sealed_roster", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_sightings_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "terminal_id", name=op.f("pk_sightings")),
    )
    op.create_table(
        "blind_spots",
        sa.Column("shop_id", Id, nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_blind_spots_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_blind_spots")),
    )
    op.add_column("snapshots", sa.Column("sealed_roster", sa.Text(), nullable=True))
    op.add_column("snapshots", sa.Column("roster", sa.String(length=16), nullable=True))


def downgrade() -> None:
    for name in ("sealed_roster", "roster"):
        op.drop_column("snapshots", name)
    op.drop_table("blind_spots")
    op.drop_table("sightings")
