"""The catalogue: its releases, and proposals to change it.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.columns import Instant, Number, SortKey

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_ID, _WORD = sa.String(36), sa.String(64)
_RELEASE = "catalogue_release.release"
_ONLY_ADDED_TO = ("catalogue_object", "catalogue_release", "catalogue_review")

# Nobody can sign here: an exchange that runs already gets its first release from the server that starts next.
_INSTALL = """
INSERT INTO work (kind, payload, state, due_at, attempts, fence, wanted_at)
SELECT 'install-catalogue', '{}', 'waiting', created_at, 0, 0, created_at FROM exchange
"""


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "catalogue_release",
        sa.Column("release", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("released_at", Instant(), nullable=False),
        sa.Column("log_index", Number, nullable=False),
        sa.Column("credential_id", _ID),
        sa.PrimaryKeyConstraint("release", name=op.f("pk_catalogue_release")),
    )
    op.create_table(
        "catalogue_object",
        sa.Column("position", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("stix_id", sa.String(300), nullable=False),
        sa.Column("version", sa.String(80), nullable=False),
        sa.Column("version_key", SortKey, nullable=False),
        sa.Column("release", _NUMBER, nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["release"], [_RELEASE], name=op.f("fk_catalogue_object_release")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_catalogue_object")),
        sa.UniqueConstraint("stix_id", "version_key", name=op.f("uq_catalogue_object_stix_id_version_key")),
    )
    _add_proposals()
    _add_reviews()
    for table in _ONLY_ADDED_TO if op.get_bind().dialect.name == "sqlite" else ():
        for change in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER no_{change}_of_{table} BEFORE {change} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, 'rows of {table} are only added'); END"
            )
    op.execute(_INSTALL)


def _add_proposals() -> None:
    op.create_table(
        "catalogue_proposal",
        sa.Column("proposal_id", _ID, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("entry", _WORD, nullable=False),
        sa.Column("code", sa.String(6)),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("based_on", _NUMBER, nullable=False),
        sa.Column("partner_id", _ID),
        sa.Column("person_id", _ID),
        sa.Column("credential_id", _ID, nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("settled_at", Instant()),
        sa.Column("release", _NUMBER),
        sa.ForeignKeyConstraint(["based_on"], [_RELEASE], name=op.f("fk_catalogue_proposal_based_on")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_catalogue_proposal_partner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_catalogue_proposal_person_id")),
        sa.ForeignKeyConstraint(["release"], [_RELEASE], name=op.f("fk_catalogue_proposal_release")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_catalogue_proposal")),
    )
    columns = ["proposed_at", "proposal_id"]
    op.create_index(op.f("ix_catalogue_proposal_proposed_at_proposal_id"), "catalogue_proposal", columns)


def _add_reviews() -> None:
    op.create_table(
        "catalogue_review",
        sa.Column("proposal_id", _ID, nullable=False),
        sa.Column("organisation", _ID, nullable=False),
        sa.Column("partner_id", _ID),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("credential_id", _ID, nullable=False),
        sa.Column("verdict", _WORD, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reviewed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["catalogue_proposal.proposal_id"], name=op.f("fk_catalogue_review_proposal_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_catalogue_review_partner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_catalogue_review_person_id")),
        sa.PrimaryKeyConstraint("proposal_id", "organisation", name=op.f("pk_catalogue_review")),
    )


def downgrade() -> None:
    """Take the step back: releases after the first, proposals and reviews are gone."""
    op.execute("DELETE FROM work WHERE kind = 'install-catalogue'")
    for table in ("catalogue_review", "catalogue_proposal", "catalogue_object", "catalogue_release"):
        op.drop_table(table)
