"""The tables of requests of the persons that data are about, and of what is restricted for them.

Private to ``app.storage``; ``app/storage/tables.py`` has the others. Selectors stand in ``subject_request`` alone, findings in
``subject_finding``; both are wiped. Kept by ``tests/storage/test_subject_tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from app.storage.columns import Instant, Number
from app.storage.metadata import ID, STIX_ID, WORD, metadata

subject_request = Table(
    "subject_request",
    metadata,
    Column("request_id", ID, primary_key=True),
    Column("reference", String(64), nullable=False),
    Column("right", WORD, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("deadline", Instant, nullable=False),
    Column("state", WORD, nullable=False),
    Column("opened_by", ID, ForeignKey("person.person_id"), nullable=False),
    Column("opened_at", Instant, nullable=False),
    # Null once they are wiped: the digest in an approval's document is then that of nothing that anybody can guess.
    Column("selectors", Text),
    Column("salt", LargeBinary(32)),
    Column("extended_at", Instant),
    Column("extension_ground", WORD),
    Column("looked_up_at", Instant),
    # Of the look-up: the version it goes on after, and the last that there was when it began.
    Column("scan_from", Number, nullable=False),
    Column("scan_to", Number, nullable=False),
    Column("answered_at", Instant),
    Column("answer_ground", WORD),
    Column("closed_at", Instant),
    Column("wiped_at", Instant),
    Column("warnings", Integer, nullable=False),
    Index(None, "opened_at"),
)

subject_finding = Table(
    "subject_finding",
    metadata,
    Column("request_id", ID, ForeignKey("subject_request.request_id"), primary_key=True),
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("ground", WORD, nullable=False),
)

# What two persons did, for the auditor's figures: no id of what was found.
subject_deed = Table(
    "subject_deed",
    metadata,
    Column("deed_id", Number, primary_key=True),
    Column("request_id", ID, ForeignKey("subject_request.request_id"), nullable=False),
    Column("act", WORD, nullable=False),
    Column("done_at", Instant, nullable=False),
    Column("count", Integer, nullable=False),
    Column("ground", WORD),
    Index(None, "request_id"),
)

# An owner's object that nobody sees until every request that restricts it has lifted that: of all its versions, those to come
# as well.
restriction = Table(
    "restriction",
    metadata,
    Column("owner_id", ID, ForeignKey("partner.partner_id"), primary_key=True),
    Column("stix_id", STIX_ID, primary_key=True),
    Column("request_id", ID, ForeignKey("subject_request.request_id"), primary_key=True),
)

# Until when each version would be seen if its object were not restricted.
restricted_version = Table(
    "restricted_version",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("visible_until", Instant, nullable=False),
)
