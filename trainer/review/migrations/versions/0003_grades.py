"""Grades by the rubric."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_grades",
        sa.Column("session_id", sa.String(32), primary_key=True),
        sa.Column("grader", sa.String(16), primary_key=True),
        sa.Column("criterion", sa.String(40), primary_key=True),
        sa.Column("level", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("review_grades")
