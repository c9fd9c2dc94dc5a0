"""Nudges that receivers asked for on a later day

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

from isobot.storage.tables import Key, Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "planned_nudges",
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person", Key, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "period", "day"),
    )


def downgrade() -> None:
    op.drop_table("planned_nudges")
