"""Indexes from which a page is chosen alone, and by which a view of what few objects have is read.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_PLACES = ["visible_until", "version_id", "added_at", "is_superseded"]


def upgrade() -> None:
    """Apply the step."""
    _replace(["class_id", "visible_until", "version_id", "added_at", "is_superseded"], _PLACES)
    op.create_index(op.f("ix_object_facet_kind_value_version_id"), "object_facet", ["kind", "value", "version_id"])
    op.create_index(op.f("ix_recall_recalled_at"), "recall", ["recalled_at"])


def _replace(of_places: list[str], of_classes: list[str]) -> None:
    """Make the two indexes of places anew with these columns beside their keys; SQLite keeps none beside them."""
    if op.get_context().dialect.name == "sqlite":
        return
    for columns, unique, beside in ((["position"], True, of_places), (["class_id", "position"], False, of_classes)):
        name = "_".join(["ix_object_version", *columns])
        op.drop_index(name, table_name="object_version")
        op.create_index(name, "object_version", columns, unique=unique, postgresql_include=beside)


def downgrade() -> None:
    """Take the step back."""
    op.drop_index(op.f("ix_recall_recalled_at"), table_name="recall")
    op.drop_index(op.f("ix_object_facet_kind_value_version_id"), table_name="object_facet")
    _replace(["class_id", "visible_until", "version_id"], [])
