"""Longer names of notes: those of alarms name a bot and a kind

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:

    with op.batch_alter_table("meta") as batch_op:
        batch_op.alter_column(
            "key", existing_type=sa.String(length=40), type_=sa.String(length=120), existing_nullable=False
        )


def downgrade() -> None:

    with op.batch_alter_table("meta") as batch_op:
        batch_op.alter_column(
            "key", existing_type=sa.String(length=120), type_=sa.String(length=40), existing_nullable=False
        )
