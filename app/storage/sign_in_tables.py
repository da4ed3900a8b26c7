"""The tables of how people sign in to the portal. Private to ``app.storage``; ``app/storage/tables.py`` has the others.

Kept by ``tests/storage/test_sign_in_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from app.storage.columns import Instant, Number
from app.storage.metadata import ID, WORD, metadata

sign_in = Table(
    "sign_in",
    metadata,
    Column("person_id", ID, ForeignKey("person.person_id"), primary_key=True),
    Column("login", String(100), nullable=False),
    # An Argon2id hash.
    Column("password", Text),
    # What one-time codes are made of, sealed with the keys of cursors; it is nowhere else.
    Column("code_secret", Text),
    Column("last_step", Number, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failed_at", Instant),
    UniqueConstraint("login"),
)

passkey = Table(
    "passkey",
    metadata,
    Column("passkey_id", String(400), primary_key=True),
    Column("person_id", ID, ForeignKey("person.person_id"), nullable=False),
    Column("name", String(60), nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("uses", Number, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index(None, "person_id"),
)

invitation = Table(
    "invitation",
    metadata,
    Column("invitation_id", ID, primary_key=True),
    Column("person_id", ID, ForeignKey("person.person_id"), nullable=False),
    Column("kind", WORD, nullable=False),
    # SHA-256 of the secret in the link.
    Column("digest", LargeBinary(32), nullable=False),
    Column("by_person_id", ID),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    # With what it was made, which may be a token that others know. Null: on the exchange's machine, or before this was kept.
    Column("by_credential_id", ID),
    UniqueConstraint("digest"),
    Index(None, "person_id"),
)

# Random bytes that a browser was given to sign; each serves once.
sign_in_challenge = Table(
    "sign_in_challenge",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    # For whom; null: for whoever signs in with it.
    Column("person_id", ID, ForeignKey("person.person_id")),
    Column("expires_at", Instant, nullable=False),
    # For what: signing in, showing again that it is they, making a passkey.
    Column("ceremony", WORD, nullable=False),
    Index(None, "expires_at"),
)

# An account elsewhere with which a person signs in. Issuer and subject are all that it is known by, and are one person's.
openid_account = Table(
    "openid_account",
    metadata,
    Column("account_id", ID, primary_key=True),
    Column("person_id", ID, ForeignKey("person.person_id"), nullable=False),
    Column("issuer", String(500), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("used_at", Instant),
    UniqueConstraint("issuer", "subject"),
    Index(None, "person_id"),
)

# That a browser was sent to a provider; it serves once. What would let somebody go on with it is in that browser alone.
openid_attempt = Table(
    "openid_attempt",
    metadata,
    # SHA-256 of the state, and of the secret in the browser's cookie.
    Column("state_digest", LargeBinary(32), primary_key=True),
    Column("browser_digest", LargeBinary(32), nullable=False),
    Column("provider", WORD, nullable=False),
    # The session that adds an account; null: somebody signs in.
    Column("credential_id", ID, ForeignKey("credential.credential_id")),
    # A path of the portal.
    Column("back", String(2000), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index(None, "credential_id"),
    Index(None, "expires_at"),
)

# What stands beside the credential that is a session of the portal.
portal_session = Table(
    "portal_session",
    metadata,
    Column("credential_id", ID, ForeignKey("credential.credential_id"), primary_key=True),
    Column("method", WORD, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("shown_at", Instant, nullable=False),
    Column("purpose", WORD),
)
