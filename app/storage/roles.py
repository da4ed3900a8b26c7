"""What the role that serves may do in the database: add rows to log, ledger and audit, and never change or delete one.

Owns which tables are only added to, and the grants that hold the application's role to it on PostgreSQL. SQLite has no roles;
there triggers of the migrations refuse the same statements, which stops mistakes and not whoever has the file. Kept by
``tests/storage/test_roles.py``.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

ONLY_ADDED_TO = frozenset(
    {
        "agreement",
        "audience",
        "catalogue_object",
        "catalogue_release",
        "catalogue_review",
        "checkpoint",
        "cosignature",
        "disclosure",
        "disclosure_owner",
        "event",
        "exchange",
        "handling_class",
        "history_start",
        "key_directory",
        "log_leaf",
        "log_node",
        "log_statement",
        "member_past",
        "narrowed_past",
        "partner_past",
        "notice",
        "policy_epoch",
        "prevention_release",
        "recall_delivery",
        "recall_version",
        "stated_reason",
        "submission",
        "version_past",
    }
)
"""Tables whose rows are never changed or deleted once they are written; but for ``ERASED_IN``."""

ERASED_IN = {"submission": ("receipt", "refused")}
"""Columns of such tables that erasure must reach: what they say of erased objects is taken out."""

CHANGED_AND_DELETED_FROM = frozenset(
    {
        "adoption",
        "alarm",
        "approval",
        "bulk_export",
        "catalogue_proposal",
        "cell_standing",
        "client",
        "contact",
        "contest",
        "credential",
        "deconfliction_interest",
        "deconfliction_meeting",
        "draft",
        "draft_taken",
        "erased_version",
        "exchange_key",
        "expiry_warning",
        "effect",
        "export_definition",
        "export_file",
        "export_holding",
        "feed_entry",
        "group_key",
        "group_key_holder",
        "group_key_terms",
        "group_member",
        "group_posting",
        "idempotency_key",
        "key_challenge",
        "legal_hold",
        "mail",
        "marking",
        "narrowed_by",
        "narrowing",
        "narrowing_member",
        "notice_addressee",
        "notice_answer",
        "notice_outcome",
        # Content, and what is drawn from it: erasure must be able to take it away. The log shows that something was there.
        "object_attestation",
        "object_content",
        "object_facet",
        "object_head",
        "object_ref",
        "object_text",
        "object_version",
        "overlap_token",
        "page",
        "partner",
        "partner_key",
        "partner_request",
        "partner_request_party",
        "person",
        "position_counter",
        "question",
        "reading_limit",
        "reading_load",
        "recall",
        "recall_recipient",
        "recovery",
        "request_nonce",
        "restricted_version",
        "restriction",
        "saved_search",
        "service_account",
        "sharing_group",
        "subject_deed",
        "subject_finding",
        "subject_request",
        "text_index",
        "veil",
        "viewpoint",
        "visible_class",
        "webhook",
        "webhook_message",
        "work",
        "invitation",
        "openid_account",
        "openid_attempt",
        "passkey",
        "portal_session",
        "sign_in",
        "sign_in_attempt",
        "sign_in_challenge",
        "signing_task",
    }
)
"""All other tables."""

LEDGER_LOCK = "lock_disclosures"
"""The function by which a role that may not change the ledger can wait for its writers (``disclosures.settled_to``)."""

_MIGRATION_STATE = "alembic_version"
_TAKE_BACK = (
    "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {role}",
    "REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM PUBLIC, {role}",
    "REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {role}",
    "REVOKE ALL ON FUNCTION {schema}.{lock}() FROM PUBLIC, {role}",
)
_GIVE = (
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
    "GRANT EXECUTE ON FUNCTION {schema}.{lock}() TO {role}",
)


def grants(connection: Connection, role: str) -> list[str]:
    """Give the statements, in order, after which ``role`` may do what serving takes and nothing else. On PostgreSQL.

    They are for the owner of the tables. All that the role (or everybody) was granted on them before is taken back.
    """
    quote = connection.dialect.identifier_preparer.quote_identifier
    schema = quote(connection.execute(text("SELECT current_schema()")).scalar_one())
    names = {"schema": schema, "role": quote(role), "lock": LEDGER_LOCK}

    def tables(some: frozenset[str]) -> str:
        return ", ".join(f"{schema}.{quote(name)}" for name in sorted(some))

    return [
        *(statement.format(**names) for statement in (*_TAKE_BACK, *_GIVE)),
        f"GRANT SELECT ON {tables(frozenset({_MIGRATION_STATE}))} TO {names['role']}",
        f"GRANT SELECT, INSERT ON {tables(ONLY_ADDED_TO)} TO {names['role']}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables(CHANGED_AND_DELETED_FROM)} TO {names['role']}",
        *(
            f"GRANT UPDATE ({', '.join(map(quote, columns))}) ON {tables(frozenset({table}))} TO {names['role']}"
            for table, columns in ERASED_IN.items()
        ),
    ]


def run(connection: Connection, statements: list[str]) -> None:
    """Run the statements of ``grants``."""
    for statement in statements:
        connection.exec_driver_sql(statement)


def has_role(connection: Connection, role: str) -> bool:
    """Whether the server knows a role of this name."""
    known = text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)")
    return bool(connection.execute(known, {"role": role}).scalar_one())


def is_bound(connection: Connection, role: str) -> bool:
    """Whether grants bind a role at all: it is no superuser, and may not act as the owner of the tables."""
    loose = text(
        "SELECT r.rolsuper OR EXISTS (SELECT FROM pg_tables t WHERE t.schemaname = current_schema()"
        " AND pg_has_role(r.rolname, t.tableowner, 'MEMBER')) FROM pg_roles r WHERE r.rolname = :role"
    )
    return not connection.execute(loose, {"role": role}).scalar_one()
