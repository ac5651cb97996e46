"""Which cases were opened in the library before a round on them was over."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "openings",
        sa.Column("case_slug", sa.String(80), primary_key=True),
        sa.Column("created", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("openings")
