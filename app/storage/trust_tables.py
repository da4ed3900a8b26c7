"""The tables of trust: what the log commits to beside object versions, its tree, its checkpoints, keys, approvals, nonces.

Private to ``app.storage``; ``app/storage/tables.py`` has the others. Rows of the log are only added: nothing here but keys,
approvals and nonces is ever changed or deleted (``docs/operations.md``, roles). Kept by ``tests/storage/test_trust_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from app.storage.columns import Instant, Number
from app.storage.metadata import ID, WORD, metadata

# What a leaf commits to that is no object version: the canonical text of a document, and the salt that blinds it in the log.
log_statement = Table(
    "log_statement",
    metadata,
    Column("log_index", Number, primary_key=True, autoincrement=False),
    Column("kind", WORD, nullable=False),
    Column("subject", String(128), nullable=False),
    Column("salt", LargeBinary(32), nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "kind", "subject"),
)

# Hashes of whole subtrees of 256^level leaves, number by number, for levels from 1 on; level 0 is ``log_leaf``.
log_node = Table(
    "log_node",
    metadata,
    Column("level", Number, primary_key=True, autoincrement=False),
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("tree_size", Number, primary_key=True, autoincrement=False),
    Column("root_hash", LargeBinary(32), nullable=False),
    Column("note", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    # The highest number of the disclosure ledger that this tree covers.
    Column("disclosed_to", Number, nullable=False),
)

cosignature = Table(
    "cosignature",
    metadata,
    Column("tree_size", Number, ForeignKey("checkpoint.tree_size"), primary_key=True, autoincrement=False),
    Column("partner_id", ID, ForeignKey("partner.partner_id"), primary_key=True),
    Column("keyid", String(64), ForeignKey("partner_key.keyid"), nullable=False),
    # As it stands below the checkpoint, with its line's end.
    Column("line", Text, nullable=False),
    Column("cosigned_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
)

exchange_key = Table(
    "exchange_key",
    metadata,
    Column("keyid", String(64), primary_key=True),
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
    # The key that it took the place of.
    Column("replaces", String(64)),
)

key_directory = Table(
    "key_directory",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    # The directory key that signs this version, and the next unless it is rotated.
    Column("keyid", String(64), nullable=False),
    # NULL: this version is owed, since no signature could be had when it became necessary.
    Column("envelope", Text),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

approval = Table(
    "approval",
    metadata,
    Column("approval_id", ID, primary_key=True),
    Column("kind", WORD, nullable=False),
    Column("subject", String(128), nullable=False),
    Column("partner_id", ID, ForeignKey("partner.partner_id")),
    Column("document", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", WORD, nullable=False),
    Column("proposed_by", ID, ForeignKey("person.person_id"), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("decided_by", ID, ForeignKey("person.person_id")),
    Column("decided_at", Instant),
    Column("decision_reason", Text),
    Index(None, "state", "expires_at"),
)

request_nonce = Table(
    "request_nonce",
    metadata,
    Column("keyid", String(64), primary_key=True),
    Column("nonce", String(64), primary_key=True),
    Column("expires_at", Instant, nullable=False),
    Index(None, "expires_at"),
)
