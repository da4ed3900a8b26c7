"""Which columns exports as tables have: one table in Parquet, one for each STIX type in CSV.

Owns the list; ``docs/export-formats.md`` repeats it, and a test keeps both equal. New columns may come between others; a column's
name, kind and meaning never change. Kept by ``tests/client/formats/test_column_table.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

from breakwater_client.formats.columns import Column, Kind, Source

_BYTES, _INSTANT, _JSON, _REAL = Kind.BYTES, Kind.INSTANT, Kind.JSON, Kind.REAL
_TEXT, _TEXTS, _TRUTH, _WHOLE = Kind.TEXT, Kind.TEXTS, Kind.TRUTH, Kind.WHOLE
_VERSION, _CONTEXT, _SIGNATURE = Source.VERSION, Source.CONTEXT, Source.SIGNATURE


def _of(types: str, *columns: tuple[str, Kind, str]) -> list[Column]:
    """Give columns of properties that the objects of these types have."""
    named = frozenset(types.split())
    return [Column(name, kind, says, types=named) for name, kind, says in columns]


_FIRST = [
    Column("id", _TEXT, "The object's STIX id.", _VERSION, "stix_id"),
    Column("type", _TEXT, "Its STIX type.", _VERSION, "stix_type"),
    Column("version", _TEXT, "Its version: the text of `modified` or `created`, or what the exchange gave.", _VERSION),
    Column("publisher", _TEXT, "The partner that published it, by its id at the exchange.", _VERSION),
    Column("added_at", _INSTANT, "When it became visible to you: the date that TAXII calls added.", _VERSION),
    Column("spec_version", _TEXT, "The version of STIX."),
    Column("created", _INSTANT, "When the object was made, as its publisher says."),
    Column("modified", _INSTANT, "When this version was made, as its publisher says."),
    Column("created_by_ref", _TEXT, "The identity that made it."),
    Column("revoked", _TRUTH, "Whether its publisher revoked it."),
    Column("confidence", _WHOLE, "How sure its publisher is, 0 to 100."),
    Column("lang", _TEXT, "The language of its texts."),
    Column("labels", _TEXTS, "Its publisher's words for it."),
    Column("tlp", _TEXT, "The narrowest TLP marking that it names itself; null where another marking says how to handle it."),
    Column("object_marking_refs", _TEXTS, "The markings that say how to handle it."),
    Column("external_references", _JSON, "Where more can be read."),
    Column("name", _TEXT, "Its name."),
    Column("description", _TEXT, "Its description."),
    Column("kill_chain_phases", _TEXTS, "The phases that it belongs to, each as `chain:phase`."),
    Column("harm_types", _TEXTS, "The kinds of harm that it is about.", _CONTEXT),
    Column("surfaces", _TEXTS, "Where on services it was seen.", _CONTEXT),
    Column("subject_status", _TEXT, "Whom an account is believed to belong to.", _CONTEXT),
    Column("sensitivity", _TEXT, "How near it comes to a person.", _CONTEXT),
    Column("urgency", _TEXT, "How pressing it is.", _CONTEXT),
    Column("review", _TEXT, "How far people have looked at it.", _CONTEXT),
    Column("provenance", _TEXT, "Where the knowledge came from.", _CONTEXT),
    Column("assertion", _TEXT, "What its publisher says of the thing.", _CONTEXT),
]

_SEEN = "campaign infrastructure intrusion-set malware sighting threat-actor"
_REQUESTS = "deconfliction-notice information-request preservation-request"
_PROPERTIES = [
    *_of(
        "indicator",
        ("indicator_types", _TEXTS, "What it indicates."),
        ("pattern", _TEXT, "What to look for."),
        ("pattern_type", _TEXT, "The language of the pattern."),
        ("pattern_version", _TEXT, "The version of that language."),
        ("valid_from", _INSTANT, "From when on the pattern is worth looking for."),
        ("valid_until", _INSTANT, "Until when."),
    ),
    *_of("attack-pattern campaign infrastructure intrusion-set malware threat-actor tool", ("aliases", _TEXTS, "Other names.")),
    *_of(_SEEN, ("first_seen", _INSTANT, "First seen."), ("last_seen", _INSTANT, "Last seen.")),
    *_of("infrastructure", ("infrastructure_types", _TEXTS, "What it is used for.")),
    *_of("malware", ("malware_types", _TEXTS, "What it does."), ("is_family", _TRUTH, "Whether it stands for a family.")),
    *_of("tool", ("tool_types", _TEXTS, "What it is used for.")),
    *_of("threat-actor", ("threat_actor_types", _TEXTS, "What kind of actor.")),
    *_of(
        "identity",
        ("identity_class", _TEXT, "Organisation, group, person, class or system."),
        ("sectors", _TEXTS, "What it works in."),
        ("contact_information", _TEXT, "How to reach it."),
    ),
    *_of("identity threat-actor", ("roles", _TEXTS, "What it does.")),
    *_of("campaign", ("objective", _TEXT, "What it wants.")),
    *_of("intrusion-set threat-actor", ("goals", _TEXTS, "What it wants.")),
    *_of("report", ("report_types", _TEXTS, "What it is about."), ("published", _INSTANT, "When it was published.")),
    *_of("grouping", ("context", _TEXT, "Why the objects are together.")),
    *_of("grouping note observed-data opinion report", ("object_refs", _TEXTS, "The objects that it is about.")),
    *_of("note", ("abstract", _TEXT, "The note in short.")),
    Column("note_content", _TEXT, "The note's text (its property `content`).", member="content", types=frozenset({"note"})),
    *_of("note opinion", ("authors", _TEXTS, "Who wrote it.")),
    *_of("opinion", ("opinion", _TEXT, "From strongly-disagree to strongly-agree."), ("explanation", _TEXT, "Why.")),
    *_of(
        "observed-data",
        ("first_observed", _INSTANT, "When it was first observed."),
        ("last_observed", _INSTANT, "When it was last observed."),
        ("number_observed", _WHOLE, "How often."),
    ),
    *_of(
        "relationship",
        ("relationship_type", _TEXT, "How the source relates to the target."),
        ("source_ref", _TEXT, "The source."),
        ("target_ref", _TEXT, "The target."),
        ("start_time", _INSTANT, "From when on."),
        ("stop_time", _INSTANT, "Until when."),
    ),
    *_of(
        "sighting",
        ("sighting_of_ref", _TEXT, "What was seen."),
        ("count", _WHOLE, "How often."),
        ("summary", _TRUTH, "Whether it sums up others."),
        ("observed_data_refs", _TEXTS, "The data in which it was seen."),
        ("where_sighted_refs", _TEXTS, "Who saw it, and where."),
    ),
    *_of(
        "location",
        ("latitude", _REAL, "Degrees north."),
        ("longitude", _REAL, "Degrees east."),
        ("precision", _REAL, "In metres."),
        ("region", _TEXT, "The region of the world."),
        ("country", _TEXT, "ISO 3166-1, two letters."),
        ("administrative_area", _TEXT, "A part of the country."),
        ("city", _TEXT, "The city."),
    ),
    *_of("marking-definition", ("definition_type", _TEXT, "What kind of marking, where no extension says it.")),
    *_of("marking-definition", ("definition", _JSON, "What it says."), ("handling", _JSON, "The exchange's terms of handling.")),
    # Observables.
    *_of(
        "domain-name email-addr ipv4-addr ipv6-addr mac-addr payment-handle perceptual-hash url",
        ("value", _TEXT, "What was observed."),
    ),
    *_of(
        "user-account",
        ("user_id", _TEXT, "The account's id at its service."),
        ("account_login", _TEXT, "What its holder types to sign in."),
        ("account_type", _TEXT, "The kind of account."),
    ),
    *_of("email-addr user-account", ("display_name", _TEXT, "What others see.")),
    *_of("artifact file x509-certificate", ("hashes", _JSON, "Hashes, by algorithm.")),
    *_of("file", ("size", _WHOLE, "In bytes.")),
    *_of("artifact file", ("mime_type", _TEXT, "The media type.")),
    *_of("artifact", ("url", _TEXT, "Where it lies.")),
    *_of("autonomous-system", ("number", _WHOLE, "The number of the autonomous system."), ("rir", _TEXT, "Who registers it.")),
    *_of(
        "network-traffic",
        ("src_ref", _TEXT, "From where."),
        ("dst_ref", _TEXT, "To where."),
        ("src_port", _WHOLE, "From which port."),
        ("dst_port", _WHOLE, "To which port."),
        ("protocols", _TEXTS, "From the outer to the inner."),
    ),
    *_of("directory", ("path", _TEXT, "The path.")),
    *_of("email-message", ("subject", _TEXT, "The subject."), ("date", _INSTANT, "When it was sent.")),
    *_of("software", ("vendor", _TEXT, "Who makes it."), ("cpe", _TEXT, "Its name in CPE.")),
    Column("software_version", _TEXT, "Its property `version`.", member="version", types=frozenset({"software"})),
    # The exchange's own types.
    *_of("perceptual-hash", ("algorithm", _TEXT, "Which perceptual hash."), ("quality", _WHOLE, "How good a hash it is.")),
    *_of("live-room payment-handle", ("service", _TEXT, "The service that it is at.")),
    *_of(
        "live-room",
        ("room_id", _TEXT, "The room's id at the service."),
        ("surface", _TEXT, "What kind of place it is."),
        ("room_access", _TEXT, "Who could enter."),
        ("opened_at", _INSTANT, "When it opened."),
        ("closed_at", _INSTANT, "When it closed."),
        ("host_ref", _TEXT, "The account that held it."),
    ),
    *_of("payment-handle", ("payment_kind", _TEXT, "What kind of thing it names.")),
    *_of("blinded-identifier", ("identifier_kind", _TEXT, "What kind of identifier the token stands for.")),
    *_of(
        "blinded-identifier payment-handle",
        ("scheme", _TEXT, "How the token was made."),
        ("epoch", _TEXT, "With the key of which time."),
        ("token", _TEXT, "The token."),
    ),
    *_of(_REQUESTS, ("about_refs", _TEXTS, "The objects that it is about.")),
    *_of("information-request preservation-request", ("respond_by", _INSTANT, "By when an answer is asked for.")),
    *_of("information-request preservation-request", ("request_state", _TEXT, "Whether it is open.")),
]

_LAST = [
    Column("assurance", _TEXT, "Who vouches for the bytes: `publisher-signed` or `channel-attested`.", _VERSION),
    Column("signer", _TEXT, "The identity that signed.", _SIGNATURE),
    Column("signed_at", _INSTANT, "When, by the signer's clock.", _SIGNATURE),
    Column("keyid", _TEXT, "The key that the exchange verified it with.", _VERSION),
    Column("signature", _TEXT, "The publisher's signature, base64.", _SIGNATURE, "sig"),
    Column("attestation", _JSON, "What the exchange attests (a DSSE envelope) where nobody signed.", _VERSION),
    Column("log_index", _WHOLE, "Its place in the exchange's log.", _VERSION),
    Column("content_sha256", _TEXT, "The SHA-256 of `content`, hex: by it tombstones name what to delete.", _VERSION),
    Column("content", _BYTES, "The object's original bytes: canonical JSON, with the signature in it.", _VERSION, "body"),
]

COLUMNS: Sequence[Column] = (*_FIRST, *_PROPERTIES, *_LAST)
"""Every column, in the order of a table of Parquet. A name may stand for several types, then with one kind and meaning."""

GENERIC: Sequence[Column] = tuple(one for one in COLUMNS if not one.types)
"""The columns that every table has."""

TYPES = frozenset[str]().union(*(one.types for one in COLUMNS)) | {"course-of-action", "vulnerability", "incident", "mutex"}
"""The STIX types that have a table of their own in CSV."""


def columns_of(stix_type: str) -> Sequence[Column]:
    """Give the columns of the table of a type in CSV, in their order."""
    return tuple(one for one in COLUMNS if one.applies_to(stix_type))
