"""Accounts, what they teach, and who changed what; a comment's place, drawing and author; what is kept how long."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_accounts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("login", sa.String(80), nullable=False, unique=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("fresh", sa.Boolean, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
    )
    op.create_index("ix_review_accounts_person_id", "review_accounts", ["person_id"])
    op.create_table(
        "review_teaches",
        sa.Column("account_id", sa.String(32), primary_key=True),
        sa.Column("group_name", sa.String(80), primary_key=True),
    )
    op.create_table(
        "review_keeping",
        sa.Column("session_id", sa.String(32), primary_key=True),
        sa.Column("video", sa.Boolean, nullable=False),
        sa.Column("until", sa.Date, nullable=True),
        sa.Column("example", sa.Boolean, nullable=False),
    )
    op.create_index("ix_review_keeping_until", "review_keeping", ["until"])
    with op.batch_alter_table("review_log") as log:
        log.add_column(sa.Column("who", sa.String(80), nullable=False, server_default=""))
    with op.batch_alter_table("review_comments") as comments:
        comments.add_column(sa.Column("u", sa.Float, nullable=True))
        comments.add_column(sa.Column("v", sa.Float, nullable=True))
        comments.add_column(sa.Column("drawing", sa.JSON, nullable=True))
        comments.add_column(sa.Column("author", sa.String(80), nullable=False, server_default=""))
        comments.add_column(sa.Column("author_id", sa.String(32), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("review_comments") as comments:
        for column in ("author_id", "author", "drawing", "v", "u"):
            comments.drop_column(column)
    with op.batch_alter_table("review_log") as log:
        log.drop_column("who")
    for table in ("review_keeping", "review_teaches", "review_accounts"):
        op.drop_table(table)
