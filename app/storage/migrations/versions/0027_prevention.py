"""Countermeasures adopted, their effect, and releases of aggregates.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ID = sa.String(length=36)
_WORD = sa.String(length=64)
_CODE = sa.String(length=6)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CHANGES = ("UPDATE", "DELETE")


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "adoption",
        sa.Column("adoption_id", _ID, nullable=False),
        *_what(),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("declared_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("adoption_id", name=op.f("pk_adoption")),
        _of_a_partner("adoption"),
        sa.UniqueConstraint(
            "partner_id", "surface", "countermeasure", name=op.f("uq_adoption_partner_id_surface_countermeasure")
        ),
    )
    op.create_table(
        "effect",
        sa.Column("effect_id", _ID, nullable=False),
        *_what(),
        sa.Column("behaviour", _CODE, nullable=False),
        sa.Column("band", _WORD, nullable=False),
        sa.Column("evidence", _WORD, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("declared_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("effect_id", name=op.f("pk_effect")),
        _of_a_partner("effect"),
        sa.UniqueConstraint(
            *("partner_id", "surface", "countermeasure", "behaviour"),
            name=op.f("uq_effect_partner_id_surface_countermeasure_behaviour"),
        ),
    )
    _create_releases()


def _create_releases() -> None:
    op.create_table(
        "cell_standing",
        sa.Column("measure", _WORD, nullable=False),
        sa.Column("surface", _WORD, nullable=False),
        sa.Column("behaviour", _CODE, nullable=False),
        sa.Column("countermeasure", _CODE, nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("need", sa.Integer(), nullable=False),
        sa.Column("outside", sa.Integer(), nullable=False),
        sa.Column("is_dominated", sa.Boolean(), nullable=False),
        sa.Column("decided_in", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "surface", "behaviour", "countermeasure", name=op.f("pk_cell_standing")),
    )
    op.create_table(
        "prevention_release",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("released_at", _INSTANT, nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("log_index", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_prevention_release")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for change in _CHANGES:
            refuse = "SELECT RAISE(ABORT, 'rows of prevention_release are only added')"
            op.execute(f"CREATE TRIGGER {_name(change)} BEFORE {change} ON prevention_release BEGIN {refuse}; END")


def downgrade() -> None:
    """Take the step back."""
    if op.get_bind().dialect.name == "sqlite":
        for change in _CHANGES:
            op.execute(f"DROP TRIGGER {_name(change)}")
    for table in ("prevention_release", "cell_standing", "effect", "adoption"):
        op.drop_table(table)


def _what() -> tuple[sa.Column[str], ...]:
    return (
        sa.Column("partner_id", _ID, nullable=False),
        sa.Column("surface", _WORD, nullable=False),
        sa.Column("countermeasure", _CODE, nullable=False),
    )


def _of_a_partner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f(f"fk_{table}_partner_id_partner"))


def _name(change: str) -> str:
    return f"no_{change.lower()}_of_prevention_release"
