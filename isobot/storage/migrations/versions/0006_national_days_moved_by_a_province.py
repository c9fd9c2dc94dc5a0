"""Days of national rules moved for one province

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Moves of older installations are of provinces' own rules, which "" fits.
    with op.batch_alter_table("office_dates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("province", sa.String(length=40), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("office_dates", schema=None) as batch_op:
        batch_op.drop_column("province")
