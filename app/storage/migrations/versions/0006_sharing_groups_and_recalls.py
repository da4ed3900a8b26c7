"""Sharing groups with feeds of their own, recalls, and what pages of newest versions ask of a version.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.storage.columns import Instant

revision = "0006"
down_revision = "0005"
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


def upgrade() -> None:
    """Apply the step."""
    _create_groups()
    _create_recalls()
    _rebuild_feed_entry(with_feed=True)
    op.add_column("object_version", sa.Column("is_superseded", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("object_version", instant("withdrawn_at"))
    older, newer = (sa.table("object_version", *map(sa.column, _IDENTITY)).alias(name) for name in ("older", "newer"))
    has_newer = sa.exists().where(
        newer.c.owner_id == older.c.owner_id, newer.c.stix_id == older.c.stix_id, newer.c.version_key > older.c.version_key
    )
    superseded = sa.select(older.c.version_id).where(has_newer)
    version = sa.table("object_version", sa.column("version_id"), sa.column("is_superseded", sa.Boolean()))
    op.execute(version.update().where(version.c.version_id.in_(superseded)).values(is_superseded=True))
    op.add_column("submission", sa.Column("collection_id", ID))
    op.add_column("submission", sa.Column("refused", sa.Text()))
    op.add_column("disclosure", number("feed", server_default=sa.text("0")))
    op.add_column("disclosure", sa.Column("first_version_id", NUMBER))
    op.add_column("disclosure", sa.Column("last_version_id", NUMBER))


_IDENTITY = ("version_id", "owner_id", "stix_id", "version_key")


def _create_groups() -> None:
    op.create_table(
        "sharing_group",
        sa.Column("group_id", ID, nullable=False),
        number("feed"),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("manager_id", ID, nullable=True),
        sa.Column("shares_history", sa.Boolean(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        instant("created_at", nullable=False),
        instant("deleted_at"),
        sa.ForeignKeyConstraint(["manager_id"], ["partner.partner_id"], name=op.f("fk_sharing_group_manager_id")),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_sharing_group")),
        sa.UniqueConstraint("feed", name=op.f("uq_sharing_group_feed")),
        sa.UniqueConstraint("title", name=op.f("uq_sharing_group_title")),
    )
    op.create_table(
        "group_member",
        sa.Column("group_id", ID, nullable=False),
        sa.Column("partner_id", ID, nullable=False),
        sa.Column("can_read", sa.Boolean(), nullable=False),
        sa.Column("can_write", sa.Boolean(), nullable=False),
        sa.Column("from_generation", sa.Integer(), nullable=False),
        instant("joined_at", nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["sharing_group.group_id"], name=op.f("fk_group_member_group_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_group_member_partner_id")),
        sa.PrimaryKeyConstraint("group_id", "partner_id", name=op.f("pk_group_member")),
    )
    op.create_index(op.f("ix_group_member_partner_id"), "group_member", ["partner_id"])
    op.create_table(
        "group_posting",
        number("feed", autoincrement=False),
        number("version_id", autoincrement=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("position", NUMBER, nullable=True),
        instant("added_at"),
        sa.PrimaryKeyConstraint("feed", "version_id", name=op.f("pk_group_posting")),
    )
    op.create_index(op.f("ix_group_posting_version_id"), "group_posting", ["version_id"])
    op.create_index(
        op.f("ix_group_posting_feed_position"),
        "group_posting",
        ["feed", "position"],
        unique=True,
        postgresql_include=["version_id", "generation"],
    )


def _create_recalls() -> None:
    op.create_table(
        "recall",
        number("recall_id"),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("act", WORD, nullable=False),
        instant("recalled_at", nullable=False),
        number("looked_to"),
        instant("notified_at"),
        sa.ForeignKeyConstraint(["owner_id"], ["partner.partner_id"], name=op.f("fk_recall_owner_id")),
        sa.PrimaryKeyConstraint("recall_id", name=op.f("pk_recall")),
    )
    op.create_table(
        "recall_version",
        number("recall_id", autoincrement=False),
        number("version_id", autoincrement=False),
        sa.PrimaryKeyConstraint("recall_id", "version_id", name=op.f("pk_recall_version")),
    )
    op.create_index(op.f("ix_recall_version_version_id"), "recall_version", ["version_id"])
    op.create_table(
        "recall_recipient",
        number("recall_id", autoincrement=False),
        sa.Column("partner_id", ID, nullable=False),
        number("feed", autoincrement=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_recall_recipient_partner_id")),
        sa.PrimaryKeyConstraint("recall_id", "partner_id", "feed", name=op.f("pk_recall_recipient")),
    )


def _rebuild_feed_entry(*, with_feed: bool) -> None:
    """Make the table anew, for its key changes; entries of sharing groups do not outlive the step down."""
    op.rename_table("feed_entry", "feed_entry_before")
    feed = ["feed"] if with_feed else []
    before = ["viewpoint_id", *([] if with_feed else ["feed"]), "position"]
    op.drop_index("_".join(["ix_feed_entry", *before]), table_name="feed_entry_before")
    if op.get_context().dialect.name != "sqlite":
        op.execute("ALTER TABLE feed_entry_before RENAME CONSTRAINT pk_feed_entry TO pk_feed_entry_before")
    op.create_table(
        "feed_entry",
        number("viewpoint_id", autoincrement=False),
        *(number(name, autoincrement=False) for name in feed),
        number("version_id", autoincrement=False),
        number("position"),
        instant("added_at", nullable=False),
        number("issued"),
        sa.PrimaryKeyConstraint("viewpoint_id", *feed, "version_id", name=op.f("pk_feed_entry")),
    )
    columns = ["viewpoint_id", "version_id", "position", "added_at", "issued"]
    former = sa.table("feed_entry_before", *map(sa.column, [*columns, "feed"]))
    kept = sa.select(*(former.c[name] for name in columns))
    kept = kept.add_columns(sa.literal(0)) if with_feed else kept.where(former.c.feed == 0)
    entry = sa.table("feed_entry", *map(sa.column, [*columns, *feed]))
    op.execute(entry.insert().from_select([*columns, *feed], kept))
    op.drop_table("feed_entry_before")
    after = ["viewpoint_id", *feed, "position"]
    op.create_index("_".join(["ix_feed_entry", *after]), "feed_entry", after, unique=True)


def downgrade() -> None:
    """Take the step back."""
    for name in ("last_version_id", "first_version_id", "feed"):
        op.drop_column("disclosure", name)
    for name in ("refused", "collection_id"):
        op.drop_column("submission", name)
    for name in ("withdrawn_at", "is_superseded"):
        op.drop_column("object_version", name)
    _rebuild_feed_entry(with_feed=False)
    for name in ("recall_recipient", "recall_version", "recall", "group_posting", "group_member", "sharing_group"):
        op.drop_table(name)
