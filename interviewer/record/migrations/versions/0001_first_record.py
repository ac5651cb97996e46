"""The first record: interviews, turns, observations, scorecards."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "interviews",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("case_slug", sa.String(80), nullable=False),
        sa.Column("case_version", sa.String(40), nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("clock", sa.Float, nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("updated", sa.String(32), nullable=False),
    )
    op.create_table(
        "turns",
        sa.Column("interview_id", sa.String(40), sa.ForeignKey("interviews.id"), primary_key=True),
        sa.Column("idx", sa.Integer, primary_key=True),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
    )
    op.create_table(
        "observations",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("interview_id", sa.String(40), sa.ForeignKey("interviews.id"), nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("worker", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("target", sa.String(80), nullable=False),
        sa.Column("polarity", sa.String(14), nullable=False),
        sa.Column("depth", sa.String(14), nullable=False),
        sa.Column("quote", sa.Text, nullable=False),
    )
    op.create_index("observations_by_interview", "observations", ["interview_id", "turn"])
    op.create_table(
        "scorecards",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("interview_id", sa.String(40), sa.ForeignKey("interviews.id"), nullable=False),
        sa.Column("grader", sa.String(80), nullable=False),
        sa.Column("rubric", sa.String(40), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.UniqueConstraint("interview_id", "id", name="scorecards_by_interview"),
    )


def downgrade() -> None:
    for table in ("scorecards", "observations", "turns", "interviews"):
        op.drop_table(table)
