"""The tables, all of them, as Alembic and the modules of this floor see them.

Owns names, types, keys and indexes; ``docs/architecture.md`` says what each table is for. Private to ``app.storage``.
``tests/storage/test_schema.py`` keeps migrations and this module equal.

Tables that are written by the thousand under the order lock refer without foreign keys: their numbers are given out under that
lock and all rows of a version are written in one transaction, while checking took longer than half of what writing took.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
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

from app.storage.catalogue_tables import catalogue_object, catalogue_proposal, catalogue_release, catalogue_review
from app.storage.columns import Instant, Number
from app.storage.draft_tables import draft
from app.storage.export_tables import bulk_export, export_definition, export_file, export_holding
from app.storage.group_key_tables import group_key, group_key_holder, group_key_terms
from app.storage.history_tables import history_start, member_past, narrowed_past, partner_past, version_past
from app.storage.limit_tables import question
from app.storage.member_tables import (
    agreement,
    audience,
    client,
    credential,
    exchange,
    key_challenge,
    owner_column,
    partner,
    partner_column,
    partner_key,
    person,
    policy_epoch,
    service_account,
    single_row,
)
from app.storage.metadata import ID, STIX_ID, WORD, metadata
from app.storage.narrowing_tables import narrowed_by, narrowing, narrowing_member, veil
from app.storage.notice_tables import contest, notice, notice_addressee, notice_answer, notice_outcome
from app.storage.object_tables import object_attestation, object_content, object_facet, object_head, object_ref, object_version
from app.storage.overlap_tables import deconfliction_interest, deconfliction_meeting, overlap_token
from app.storage.paging_tables import alarm, contact, mail, page
from app.storage.partner_request_tables import partner_request, partner_request_party
from app.storage.prevention_tables import adoption, cell_standing, effect, prevention_release
from app.storage.reading_load_tables import draft_taken, reading_limit, reading_load, sign_in_attempt
from app.storage.reason_tables import stated_reason
from app.storage.recall_tables import recall, recall_delivery, recall_recipient, recall_version
from app.storage.recovery_tables import recovery
from app.storage.retention_tables import erased_version, legal_hold
from app.storage.search_tables import saved_search
from app.storage.sharing_tables import group_member, group_posting, sharing_group
from app.storage.sign_in_tables import (
    invitation,
    openid_account,
    openid_attempt,
    passkey,
    portal_session,
    sign_in,
    sign_in_challenge,
)
from app.storage.signing_tables import signing_task
from app.storage.subject_tables import restricted_version, restriction, subject_deed, subject_finding, subject_request
from app.storage.text_tables import object_text, text_index
from app.storage.trust_tables import (
    approval,
    checkpoint,
    cosignature,
    exchange_key,
    key_directory,
    log_node,
    log_statement,
    request_nonce,
)
from app.storage.webhook_tables import webhook, webhook_message
from app.storage.work_tables import expiry_warning, work

# Only what is defined elsewhere has to be named here; the tables below are public by being there.
__all__ = [
    "adoption",
    "agreement",
    "alarm",
    "approval",
    "audience",
    "bulk_export",
    "catalogue_object",
    "catalogue_proposal",
    "catalogue_release",
    "catalogue_review",
    "cell_standing",
    "checkpoint",
    "client",
    "contact",
    "contest",
    "cosignature",
    "credential",
    "deconfliction_interest",
    "deconfliction_meeting",
    "disclosure",
    "disclosure_owner",
    "draft",
    "draft_taken",
    "effect",
    "erased_version",
    "event",
    "exchange",
    "exchange_key",
    "expiry_warning",
    "export_definition",
    "export_file",
    "export_holding",
    "feed_entry",
    "group_key",
    "group_key_holder",
    "group_key_terms",
    "group_member",
    "group_posting",
    "handling_class",
    "history_start",
    "idempotency_key",
    "invitation",
    "key_challenge",
    "key_directory",
    "legal_hold",
    "log_leaf",
    "log_node",
    "log_statement",
    "mail",
    "marking",
    "member_past",
    "metadata",
    "narrowed_by",
    "narrowed_past",
    "narrowing",
    "narrowing_member",
    "notice",
    "notice_addressee",
    "notice_answer",
    "notice_outcome",
    "object_attestation",
    "object_content",
    "object_facet",
    "object_head",
    "object_ref",
    "object_text",
    "object_version",
    "openid_account",
    "openid_attempt",
    "overlap_token",
    "page",
    "partner",
    "partner_key",
    "partner_past",
    "partner_request",
    "partner_request_party",
    "passkey",
    "person",
    "policy_epoch",
    "portal_session",
    "position_counter",
    "prevention_release",
    "question",
    "reading_limit",
    "reading_load",
    "recall",
    "recall_delivery",
    "recall_recipient",
    "recall_version",
    "recovery",
    "request_nonce",
    "restricted_version",
    "restriction",
    "saved_search",
    "service_account",
    "sharing_group",
    "sign_in",
    "sign_in_attempt",
    "sign_in_challenge",
    "signing_task",
    "stated_reason",
    "subject_deed",
    "subject_finding",
    "subject_request",
    "submission",
    "text_index",
    "veil",
    "version_past",
    "viewpoint",
    "visible_class",
    "webhook",
    "webhook_message",
    "work",
]


handling_class = Table(
    "handling_class",
    metadata,
    Column("class_id", Number, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    owner_column(),
    Column("document", Text, nullable=False),
)

viewpoint = Table(
    "viewpoint",
    metadata,
    Column("viewpoint_id", Number, primary_key=True),
    partner_column(),
    Column("purpose", WORD, nullable=False),
    Column("channel", WORD, nullable=False),
    Column("tlp_ceiling", WORD, nullable=False),
    Column("epoch", Number, nullable=False),
    Column("agreement_version", Integer),
    Column("evaluated_to", Number, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("has_entries", Boolean, nullable=False),
    UniqueConstraint("partner_id", "purpose", "channel", "tlp_ceiling"),
    # Last, where a migration puts it: the newest narrowing that this viewpoint was asked about.
    Column("judged_to", Number, nullable=False, server_default=text("0")),
    # The sharing groups that its partner read when its visible set was evaluated, each with the generation from which on: JSON.
    Column("groups", Text, nullable=False, server_default=text("'{}'")),
)

visible_class = Table(
    "visible_class",
    metadata,
    Column("viewpoint_id", Number, primary_key=True, autoincrement=False),
    Column("class_id", Number, primary_key=True, autoincrement=False),
    Column("since", Number, nullable=False),
    # Who gained a class late: few, and asked for at each narrowing.
    Index(None, "class_id", postgresql_where=text("since > 0"), sqlite_where=text("since > 0")),
)

position_counter = Table(
    "position_counter",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("position", Number, nullable=False),
    Column("log_index", Number, nullable=False),
    Column("version_id", Number, nullable=False),
    Column("class_id", Number, nullable=False),
    Column("added_at", Instant, nullable=False),
    # Why nothing is taken in on this database (``domain.read_only``); null: it is.
    Column("read_only", WORD),
    single_row(),
)

marking = Table(
    "marking",
    metadata,
    Column("stix_id", STIX_ID, primary_key=True),
    Column("owner_id", ID, ForeignKey("partner.partner_id"), primary_key=True),
    Column("terms", Text, nullable=False),
)

feed_entry = Table(
    "feed_entry",
    metadata,
    Column("viewpoint_id", Number, primary_key=True, autoincrement=False),
    # Whose feed: 0 is that of everything a reader may see, else the number of a sharing group.
    Column("feed", Number, primary_key=True, autoincrement=False),
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("position", Number, nullable=False),
    Column("added_at", Instant, nullable=False),
    # Where the feed stood when the entry was written: it counts while the class counts from before that.
    Column("issued", Number, nullable=False),
    Index(None, "viewpoint_id", "feed", "position", unique=True),
)

log_leaf = Table(
    "log_leaf",
    metadata,
    Column("log_index", Number, primary_key=True, autoincrement=False),
    Column("kind", WORD, nullable=False),
    Column("leaf_hash", LargeBinary(32), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

submission = Table(
    "submission",
    metadata,
    Column("submission_id", ID, primary_key=True),
    partner_column(),
    Column("credential_id", ID, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("imminent_risk", Boolean),  # null in what was stored before it was asked
    # Of what came by TAXII: the collection it was posted to, and id and version of each refused object, as JSON.
    Column("collection_id", ID),
    Column("refused", Text),
    # How many objects it had, refused ones included; null in what was stored before it was counted.
    Column("object_count", Integer),
    Index(None, "partner_id", "received_at", postgresql_include=["object_count"]),
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("principal_id", ID, primary_key=True),
    Column("route", WORD, primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("body_digest", LargeBinary(32), nullable=False),
    Column("reference", String(128), nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "created_at"),
)

disclosure = Table(
    "disclosure",
    metadata,
    Column("disclosure_id", Number, primary_key=True),
    partner_column(),
    Column("credential_id", ID, nullable=False),
    Column("purpose", WORD, nullable=False),
    Column("channel", WORD, nullable=False),
    Column("agreement_version", Integer, nullable=False),
    Column("policy_epoch", Number, nullable=False),
    Column("disclosed_at", Instant, nullable=False),
    Column("version_count", Integer, nullable=False),
    Column("versions", LargeBinary, nullable=False),
    # In whose feed they were read (``feed_entry.feed``); the lowest and highest of them, null in rows from before it was kept.
    Column("feed", Number, nullable=False, server_default=text("0")),
    Column("first_version_id", Number),
    Column("last_version_id", Number),
    # The last place of the order in the snapshot they were read in, from which the decision is repeated, and how much of them
    # left (``vocabulary.Extent``); null in rows from before that was kept.
    Column("position", Number),
    Column("extent", WORD),
    Index(None, "partner_id", "disclosure_id"),
    Index(None, "credential_id", "disclosure_id"),
    # What a partner was given in a day.
    Index(None, "partner_id", "disclosed_at", postgresql_include=["version_count"]),
)

disclosure_owner = Table(
    "disclosure_owner",
    metadata,
    Column("owner_id", ID, ForeignKey("partner.partner_id"), primary_key=True),
    Column("disclosure_id", Number, ForeignKey("disclosure.disclosure_id"), primary_key=True, autoincrement=False),
)

event = Table(
    "event",
    metadata,
    Column("event_id", Number, primary_key=True),
    Column("event", WORD, nullable=False),
    Column("at", Instant, nullable=False),
    partner_column(nullable=True),
    Column("credential_id", ID),
    Column("subject", String(128)),
    Column("code", WORD),
    Column("pointer", Text),
)
