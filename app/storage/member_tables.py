"""The tables of who there is: partners, people, credentials, keys, agreements, audiences and the epochs of policy.

Private to ``app.storage``; ``app/storage/tables.py`` has the others. Kept by ``tests/storage/test_member_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from app.storage.columns import Instant, Number
from app.storage.metadata import ID, STIX_ID, WORD, metadata


def partner_column(*, nullable: bool = False) -> Column[str]:
    """Give a column that names a partner."""
    return Column("partner_id", ID, ForeignKey("partner.partner_id"), nullable=nullable)


def owner_column() -> Column[str]:
    """Give a column that names the partner whose thing it is."""
    return Column("owner_id", ID, ForeignKey("partner.partner_id"), nullable=False)


def single_row() -> CheckConstraint:
    """Give the constraint of a table that has one row."""
    return CheckConstraint('"only" = 1', name="single")  # quoted: a reserved word on PostgreSQL


exchange = Table(
    "exchange",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("exchange_id", ID, nullable=False),
    Column("created_at", Instant, nullable=False),
    single_row(),
)

partner = Table(
    "partner",
    metadata,
    Column("partner_id", ID, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("role", WORD, nullable=False),
    Column("jurisdiction", String(2), nullable=False),
    Column("identity_id", STIX_ID, nullable=False, unique=True),
    Column("state", WORD, nullable=False),
    Column("enrolled_at", Instant, nullable=False),
    # The organisation that this one is a part of.
    Column("parent_id", ID),
)

# Whom an organisation works for: TLP:AMBER lets it tell its clients (TLP 2.0).
client = Table(
    "client",
    metadata,
    Column("partner_id", ID, ForeignKey("partner.partner_id"), primary_key=True),
    Column("client_of", ID, ForeignKey("partner.partner_id"), primary_key=True),
    Column("since", Instant, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("person_id", ID, primary_key=True),
    Column("name", String(100), nullable=False),
    partner_column(nullable=True),
    Column("staff_roles", Text, nullable=False),
    # Within a partner; a person who has left stays here, since approvals and the ledger name it.
    Column("member_roles", Text, nullable=False, server_default=text("'[]'")),
    Column("added_at", Instant),
    Column("left_at", Instant),
)

service_account = Table(
    "service_account",
    metadata,
    Column("account_id", ID, primary_key=True),
    Column("name", String(100), nullable=False),
    partner_column(),
    UniqueConstraint("partner_id", "name"),
)

credential = Table(
    "credential",
    metadata,
    Column("credential_id", ID, primary_key=True),
    Column("name", String(100), nullable=False),
    partner_column(nullable=True),
    Column("person_id", ID, ForeignKey("person.person_id")),
    Column("account_id", ID, ForeignKey("service_account.account_id")),
    # One of the two: a token of which the digest is kept, or a key that signs requests.
    Column("token_digest", LargeBinary(32), unique=True),
    Column("scopes", Text, nullable=False),
    Column("purpose", WORD),
    Column("tlp_ceiling", WORD, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("keyid", String(64)),
    # With which credential it was issued, so that those that a leaked one issued can be revoked with it.
    Column("issued_by", ID),
    Index(None, "partner_id"),
    Index(None, "keyid", unique=True),
)

partner_key = Table(
    "partner_key",
    metadata,
    Column("keyid", String(64), primary_key=True),
    partner_column(),
    Column("usage", WORD, nullable=False),
    Column("algorithm", WORD, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("state", WORD, nullable=False),
    Column("registered_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("not_before", Instant),
    Column("not_after", Instant),
    Column("compromised_since", Instant),
    Column("reported_at", Instant),
    Column("activated_at", Instant),
    # The key that signed for this one in a rotation, and the DSSE envelope in which it did.
    Column("replaces", String(64)),
    Column("rotation", Text),
    Index(None, "partner_id"),
)

key_challenge = Table(
    "key_challenge",
    metadata,
    Column("challenge", String(64), primary_key=True),
    partner_column(),
    Column("expires_at", Instant, nullable=False),
)

agreement = Table(
    "agreement",
    metadata,
    Column("partner_id", ID, ForeignKey("partner.partner_id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("document", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", ID, nullable=False),
    # The signed document, as text; none of versions that were made before there was one.
    Column("envelope", Text),
)

policy_epoch = Table(
    "policy_epoch",
    metadata,
    Column("epoch", Number, primary_key=True, autoincrement=False),
    partner_column(nullable=True),
    Column("reason", WORD, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "partner_id", "epoch"),
)

audience = Table(
    "audience",
    metadata,
    Column("audience_id", String(64), primary_key=True),
    owner_column(),
    Column("document", Text, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "owner_id"),
)
