"""Recalls: how far the ledger must be looked through, who had which versions, and where their notices are.

The tables of 0006 that change here were never written before, so that they are made anew.

Revision ID: 0009
Revises: 0006
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.storage.columns import Instant

revision = "0009"
down_revision = "0006"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ID = sa.String(length=36)
WORD = sa.String(length=64)


def number(name: str, **options: Any) -> sa.Column[Any]:
    """Give a column of a number that must be there."""
    return sa.Column(name, NUMBER, nullable=False, **options)


def instant(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    """Give a column of an instant."""
    return sa.Column(name, Instant(timezone=True), nullable=nullable)


def _drop() -> None:
    op.drop_table("recall_recipient")
    op.drop_table("recall")


def _create_recall(*, with_notices: bool) -> None:
    public = [sa.Column("public_id", ID, nullable=False), sa.UniqueConstraint("public_id", name=op.f("uq_recall_public_id"))]
    op.create_table(
        "recall",
        number("recall_id"),
        *(public if with_notices else ()),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("act", WORD, nullable=False),
        instant("recalled_at", nullable=False),
        *([sa.Column("look_to", NUMBER)] if with_notices else ()),
        number("looked_to"),
        instant("notified_at"),
        sa.ForeignKeyConstraint(["owner_id"], ["partner.partner_id"], name=op.f("fk_recall_owner_id")),
        sa.PrimaryKeyConstraint("recall_id", name=op.f("pk_recall")),
    )


def _create_recipient(*further: sa.Column[Any]) -> None:
    op.create_table(
        "recall_recipient",
        number("recall_id", autoincrement=False),
        sa.Column("partner_id", ID, nullable=False),
        number("feed", autoincrement=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_recall_recipient_partner_id")),
        sa.PrimaryKeyConstraint("recall_id", "partner_id", "feed", name=op.f("pk_recall_recipient")),
        *further,
    )


def upgrade() -> None:
    """Apply the step."""
    _drop()
    _create_recall(with_notices=True)
    op.create_index(op.f("ix_recall_owner_id_recall_id"), "recall", ["owner_id", "recall_id"])
    _create_recipient(sa.Column("versions", sa.LargeBinary(), nullable=False))
    op.create_table(
        "recall_delivery",
        sa.Column("partner_id", ID, nullable=False),
        number("feed", autoincrement=False),
        number("version_id", autoincrement=False),
        number("recall_id"),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_recall_delivery_partner_id")),
        sa.PrimaryKeyConstraint("partner_id", "feed", "version_id", name=op.f("pk_recall_delivery")),
    )
    op.create_index(op.f("ix_recall_delivery_recall_id"), "recall_delivery", ["recall_id"])


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("recall_delivery")
    _drop()
    _create_recall(with_notices=False)
    _create_recipient()
