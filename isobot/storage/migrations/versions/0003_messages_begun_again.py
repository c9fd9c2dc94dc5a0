"""Messages begun again

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("begun", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(
            "ix_outbox_begun_again",
            ["bot"],
            unique=False,
            sqlite_where=sa.text("begun > 1"),
            postgresql_where=sa.text("begun > 1"),
        )


def downgrade() -> None:

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_begun_again",
            sqlite_where=sa.text("begun > 1"),
            postgresql_where=sa.text("begun > 1"),
        )
        batch_op.drop_column("begun")
