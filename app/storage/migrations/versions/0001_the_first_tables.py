"""The first tables.

Revision ID: 0001
Revises: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.storage.columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "exchange",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("exchange_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.CheckConstraint('"only" = 1', name=op.f("ck_exchange_single")),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_exchange")),
    )
    op.create_table(
        "feed_entry",
        sa.Column("viewpoint_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.Column("issued", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("viewpoint_id", "version_id", name=op.f("pk_feed_entry")),
    )
    op.create_index(op.f("ix_feed_entry_viewpoint_id_position"), "feed_entry", ["viewpoint_id", "position"], unique=True)
    op.create_table(
        "idempotency_key",
        sa.Column("principal_id", sa.String(length=36), nullable=False),
        sa.Column("route", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("body_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("reference", sa.String(length=128), nullable=False),
        sa.Column("created_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("principal_id", "route", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"], unique=False)
    op.create_table(
        "log_leaf",
        sa.Column("log_index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_log_leaf")),
    )
    op.create_table(
        "object_content",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_object_content")),
    )
    op.create_table(
        "object_facet",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "kind", "value", name=op.f("pk_object_facet")),
    )
    op.create_table(
        "object_head",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("stix_id", sa.String(length=300), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "stix_id", name=op.f("pk_object_head")),
    )
    op.create_index(op.f("ix_object_head_stix_id"), "object_head", ["stix_id"], unique=False)
    op.create_table(
        "object_ref",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("ref_id", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "ref_id", name=op.f("pk_object_ref")),
    )
    op.create_index(op.f("ix_object_ref_ref_id"), "object_ref", ["ref_id"], unique=False)
    op.create_table(
        "partner",
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("jurisdiction", sa.String(length=2), nullable=False),
        sa.Column("identity_id", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("enrolled_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("partner_id", name=op.f("pk_partner")),
        sa.UniqueConstraint("identity_id", name=op.f("uq_partner_identity_id")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_name")),
    )
    op.create_table(
        "position_counter",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("log_index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("class_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.CheckConstraint('"only" = 1', name=op.f("ck_position_counter_single")),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_position_counter")),
    )
    op.create_table(
        "visible_class",
        sa.Column("viewpoint_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("class_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("since", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("viewpoint_id", "class_id", name=op.f("pk_visible_class")),
    )
    op.create_index(
        op.f("ix_visible_class_class_id"),
        "visible_class",
        ["class_id"],
        unique=False,
        postgresql_where=sa.text("since > 0"),
        sqlite_where=sa.text("since > 0"),
    )
    op.create_table(
        "work",
        sa.Column("work_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("due_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("leased_until", app.storage.columns.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("work_id", name=op.f("pk_work")),
    )
    op.create_index(op.f("ix_work_state_due_at"), "work", ["state", "due_at"], unique=False)
    op.create_table(
        "agreement",
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.Column("ends_at", app.storage.columns.Instant(timezone=True), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_agreement_partner_id")),
        sa.PrimaryKeyConstraint("partner_id", "version", name=op.f("pk_agreement")),
    )
    op.create_table(
        "audience",
        sa.Column("audience_id", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("created_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["partner.partner_id"], name=op.f("fk_audience_owner_id")),
        sa.PrimaryKeyConstraint("audience_id", name=op.f("pk_audience")),
    )
    op.create_index(op.f("ix_audience_owner_id"), "audience", ["owner_id"], unique=False)
    op.create_table(
        "disclosure",
        sa.Column("disclosure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("agreement_version", sa.Integer(), nullable=False),
        sa.Column("policy_epoch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("disclosed_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.Column("version_count", sa.Integer(), nullable=False),
        sa.Column("versions", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_disclosure_partner_id")),
        sa.PrimaryKeyConstraint("disclosure_id", name=op.f("pk_disclosure")),
    )
    op.create_table(
        "event",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=True),
        sa.Column("credential_id", sa.String(length=36), nullable=True),
        sa.Column("subject", sa.String(length=128), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("pointer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_event_partner_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event")),
    )
    op.create_table(
        "handling_class",
        sa.Column("class_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["partner.partner_id"], name=op.f("fk_handling_class_owner_id")),
        sa.PrimaryKeyConstraint("class_id", name=op.f("pk_handling_class")),
        sa.UniqueConstraint("digest", name=op.f("uq_handling_class_digest")),
    )
    op.create_table(
        "key_challenge",
        sa.Column("challenge", sa.String(length=64), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("expires_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_key_challenge_partner_id")),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_key_challenge")),
    )
    op.create_table(
        "marking",
        sa.Column("stix_id", sa.String(length=300), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["partner.partner_id"], name=op.f("fk_marking_owner_id")),
        sa.PrimaryKeyConstraint("stix_id", "owner_id", name=op.f("pk_marking")),
    )
    op.create_table(
        "partner_key",
        sa.Column("keyid", sa.String(length=64), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("usage", sa.String(length=64), nullable=False),
        sa.Column("algorithm", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("registered_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.Column("changed_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.Column("not_before", app.storage.columns.Instant(timezone=True), nullable=True),
        sa.Column("not_after", app.storage.columns.Instant(timezone=True), nullable=True),
        sa.Column("compromised_since", app.storage.columns.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_partner_key_partner_id")),
        sa.PrimaryKeyConstraint("keyid", name=op.f("pk_partner_key")),
    )
    op.create_index(op.f("ix_partner_key_partner_id"), "partner_key", ["partner_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=True),
        sa.Column("staff_roles", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_person_partner_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person")),
    )
    op.create_table(
        "policy_epoch",
        sa.Column("epoch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_policy_epoch_partner_id")),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_policy_epoch")),
    )
    op.create_index(op.f("ix_policy_epoch_partner_id_epoch"), "policy_epoch", ["partner_id", "epoch"], unique=False)
    op.create_table(
        "service_account",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_service_account_partner_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_service_account")),
        sa.UniqueConstraint("partner_id", "name", name=op.f("uq_service_account_partner_id_name")),
    )
    op.create_table(
        "submission",
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=36), nullable=False),
        sa.Column("received_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_submission_partner_id")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission")),
    )
    op.create_table(
        "viewpoint",
        sa.Column("viewpoint_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("tlp_ceiling", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agreement_version", sa.Integer(), nullable=True),
        sa.Column("evaluated_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("valid_until", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.Column("has_entries", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_viewpoint_partner_id")),
        sa.PrimaryKeyConstraint("viewpoint_id", name=op.f("pk_viewpoint")),
        sa.UniqueConstraint(
            "partner_id", "purpose", "channel", "tlp_ceiling", name=op.f("uq_viewpoint_partner_id_purpose_channel_tlp_ceiling")
        ),
    )
    op.create_table(
        "credential",
        sa.Column("credential_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("partner_id", sa.String(length=36), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("account_id", sa.String(length=36), nullable=True),
        sa.Column("token_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=True),
        sa.Column("tlp_ceiling", sa.String(length=64), nullable=False),
        sa.Column("created_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.Column("expires_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.Column("revoked_at", app.storage.columns.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["service_account.account_id"], name=op.f("fk_credential_account_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name=op.f("fk_credential_partner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_credential_person_id")),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_credential")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_credential_token_digest")),
    )
    op.create_index(op.f("ix_credential_partner_id"), "credential", ["partner_id"], unique=False)
    op.create_table(
        "disclosure_owner",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("disclosure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["disclosure_id"], ["disclosure.disclosure_id"], name=op.f("fk_disclosure_owner_disclosure_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["partner.partner_id"], name=op.f("fk_disclosure_owner_owner_id")),
        sa.PrimaryKeyConstraint("owner_id", "disclosure_id", name=op.f("pk_disclosure_owner")),
    )
    op.create_table(
        "object_version",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("stix_id", sa.String(length=300), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("version_key", app.storage.columns.SortKey(length=80), nullable=False),
        sa.Column("class_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("added_at", app.storage.columns.Instant(timezone=True), nullable=True),
        sa.Column("visible_until", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.Column("release_at", app.storage.columns.Instant(timezone=True), nullable=True),
        sa.Column("received_at", app.storage.columns.Instant(timezone=True), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("keyid", sa.String(length=64), nullable=False),
        sa.Column("assurance", sa.String(length=64), nullable=False),
        sa.Column("payload_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("log_index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("leaf_salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("valid_from_key", app.storage.columns.SortKey(length=80), nullable=True),
        sa.Column("valid_until_key", app.storage.columns.SortKey(length=80), nullable=True),
        sa.ForeignKeyConstraint(["class_id"], ["handling_class.class_id"], name=op.f("fk_object_version_class_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["partner.partner_id"], name=op.f("fk_object_version_owner_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_object_version")),
        sa.UniqueConstraint("log_index", name=op.f("uq_object_version_log_index")),
        sa.UniqueConstraint("owner_id", "stix_id", "version_key", name=op.f("uq_object_version_owner_id_stix_id_version_key")),
    )
    op.create_index(op.f("ix_object_version_added_at"), "object_version", ["added_at"], unique=True)
    op.create_index(op.f("ix_object_version_class_id_position"), "object_version", ["class_id", "position"], unique=False)
    op.create_index(
        op.f("ix_object_version_position"),
        "object_version",
        ["position"],
        unique=True,
        postgresql_include=["class_id", "visible_until", "version_id"],
    )
    op.create_index(op.f("ix_object_version_stix_id"), "object_version", ["stix_id"], unique=False)
    op.create_index(op.f("ix_object_version_type_position"), "object_version", ["type", "position"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("object_version")
    op.drop_table("disclosure_owner")
    op.drop_table("credential")
    op.drop_table("viewpoint")
    op.drop_table("submission")
    op.drop_table("service_account")
    op.drop_table("policy_epoch")
    op.drop_table("person")
    op.drop_table("partner_key")
    op.drop_table("marking")
    op.drop_table("key_challenge")
    op.drop_table("handling_class")
    op.drop_table("event")
    op.drop_table("disclosure")
    op.drop_table("audience")
    op.drop_table("agreement")
    op.drop_table("work")
    op.drop_table("visible_class")
    op.drop_table("position_counter")
    op.drop_table("partner")
    op.drop_table("object_ref")
    op.drop_table("object_head")
    op.drop_table("object_facet")
    op.drop_table("object_content")
    op.drop_table("log_leaf")
    op.drop_table("idempotency_key")
    op.drop_table("feed_entry")
    op.drop_table("exchange")
