"""Students, and whose each session is."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_people",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("group_name", sa.String(80), nullable=False),
    )
    op.create_table(
        "review_owners",
        sa.Column("session_id", sa.String(32), primary_key=True),
        sa.Column("person_id", sa.String(32), nullable=False),
    )
    op.create_index("ix_review_owners_person_id", "review_owners", ["person_id"])


def downgrade() -> None:
    op.drop_table("review_owners")
    op.drop_table("review_people")
