"""Full text of objects: words by version, with PostgreSQL's index or SQLite's FTS5 over them.

What is stored already is looked through by work of the ledger, in batches.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WORDS = sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql")
# The tokenizer leaves letters beyond ASCII as they are: what a word is was decided before. No sizes of columns: nothing is ranked
# by how rare a word is, which would tell of what is hidden.
_FTS5 = (
    "CREATE VIRTUAL TABLE object_words USING fts5(words, content='object_text', content_rowid='version_id',"
    " tokenize='ascii', columnsize=0)",
    "CREATE TRIGGER object_text_added AFTER INSERT ON object_text BEGIN"
    " INSERT INTO object_words(rowid, words) VALUES (new.version_id, new.words); END",
    "CREATE TRIGGER object_text_deleted AFTER DELETE ON object_text BEGIN"
    " INSERT INTO object_words(object_words, rowid, words) VALUES ('delete', old.version_id, old.words);"
    " UPDATE text_index SET has_erased = 1 WHERE NOT has_erased; END",
)


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "object_text",
        sa.Column("version_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("words", _WORDS, nullable=False),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_object_text")),
    )
    op.create_index(
        op.f("ix_object_text_words"),
        "object_text",
        ["words"],
        postgresql_using="gin",
        sqlite_where=sa.text("version_id < 0"),
    )
    op.create_table(
        "text_index",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("below", _NUMBER, nullable=False),
        sa.Column("has_erased", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint('"only" = 1', name=op.f("ck_text_index_single")),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_text_index")),
    )
    op.execute(
        'INSERT INTO text_index ("only", below) SELECT 1, coalesce(max(version_id) + 1, 0) FROM object_content'
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in _FTS5:
            op.execute(statement)


def downgrade() -> None:
    """Take the step back."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in ("DROP TRIGGER object_text_added", "DROP TRIGGER object_text_deleted", "DROP TABLE object_words"):
            op.execute(statement)
    op.drop_table("text_index")
    op.drop_table("object_text")
