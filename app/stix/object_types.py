"""The object types of STIX 2.1, as one table: where their schemas lie, and which of their properties are times and references.

Owns what the OASIS schemas do not say of a type: the objects that a reference may name, times below the top level, and the
predefined extensions. Checks nothing; ``schema`` does. Kept by ``tests/stix/test_object_types.py``, which holds the table against
the schemas of OASIS and the classes of the stix2 library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

Place = tuple[str, ...]
"""The names from an object down to a property; lists on the way are passed through, member by member."""


class Kind(Enum):
    """What an object is (STIX 2.1 §1.2.1): it settles the common properties it has (§3.2)."""

    DOMAIN = "new-sdo"
    OBSERVABLE = "new-sco"
    RELATIONSHIP = "new-sro"
    META = "meta"


@dataclass(frozen=True, slots=True)
class Targets:
    """Which objects a reference may name, by their types: those of ``only``, or all but ``never``. Both empty: any."""

    only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    words: str = ""


def _of(*types: str) -> Targets:
    return Targets(only=frozenset(types), words=" or ".join(sorted(types)))


_NOT_OBSERVED = frozenset(
    (
        *("attack-pattern", "bundle", "campaign", "course-of-action", "extension-definition", "grouping", "identity", "incident"),
        *("indicator", "infrastructure", "intrusion-set", "language-content", "location", "malware", "malware-analysis"),
        *("marking-definition", "note", "observed-data", "opinion", "report", "threat-actor", "tool", "vulnerability"),
    )
)
_ANY = Targets()
_OBSERVABLE = Targets(never=_NOT_OBSERVED | {"relationship", "sighting"}, words="a cyber-observable")
_OBSERVED = Targets(never=_NOT_OBSERVED, words="a cyber-observable or relationship object")
_VERSIONED = ("created", "modified")
_SEEN = (*_VERSIONED, "first_seen", "last_seen")
_FILE_TIMES = ("ctime", "mtime", "atime")
_ACCOUNT_TIMES = ("account_created", "account_expires", "credential_last_changed", "account_first_login", "account_last_login")
_X509_TIMES = (
    ("x509_v3_extensions", "private_key_usage_period_not_before"),
    ("x509_v3_extensions", "private_key_usage_period_not_after"),
)
_OBJECTS = (("object_refs", _ANY),)
_ADDRESSES = (("resolves_to_refs", _of("mac-addr")), ("belongs_to_refs", _of("autonomous-system")))
_ENDS = _of("domain-name", "ipv4-addr", "ipv6-addr", "mac-addr")


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One object type: its kind, the place of its schema, its times and its references.

    ``times`` and ``references`` stand at the top; the ``deep_`` ones below it. References common to all types are not repeated.
    ``extensions`` are the predefined ones.
    """

    kind: Kind
    schema: str
    times: tuple[str, ...] = _VERSIONED
    references: tuple[tuple[str, Targets], ...] = ()
    deep_times: tuple[Place, ...] = ()
    deep_references: tuple[tuple[Place, Targets], ...] = ()
    extensions: frozenset[str] = frozenset()


def _domain(name: str, times: tuple[str, ...] = _VERSIONED, references: tuple[tuple[str, Targets], ...] = ()) -> ObjectType:
    return ObjectType(Kind.DOMAIN, f"sdos/{name}.json", times, references)


def _relationship(name: str, times: tuple[str, ...], references: tuple[tuple[str, Targets], ...]) -> ObjectType:
    return ObjectType(Kind.RELATIONSHIP, f"sros/{name}.json", times, references)


def _observable(name: str, times: tuple[str, ...] = (), references: tuple[tuple[str, Targets], ...] = ()) -> ObjectType:
    return ObjectType(Kind.OBSERVABLE, f"observables/{name}.json", times, references)


def _extended(
    plain: ObjectType,
    extensions: frozenset[str] = frozenset(),
    deep_times: tuple[Place, ...] = (),
    deep_references: tuple[tuple[Place, Targets], ...] = (),
) -> ObjectType:
    return ObjectType(plain.kind, plain.schema, plain.times, plain.references, deep_times, deep_references, extensions)


_DOMAIN_OBJECTS = {
    "attack-pattern": _domain("attack-pattern"),
    "campaign": _domain("campaign", _SEEN),
    "course-of-action": _domain("course-of-action"),
    "grouping": _domain("grouping", references=_OBJECTS),
    "identity": _domain("identity"),
    "incident": _domain("incident"),
    "indicator": _domain("indicator", (*_VERSIONED, "valid_from", "valid_until")),
    "infrastructure": _domain("infrastructure", _SEEN),
    "intrusion-set": _domain("intrusion-set", _SEEN),
    "location": _domain("location"),
    "malware": _domain(
        "malware",
        _SEEN,
        (("operating_system_refs", _of("software")), ("sample_refs", _of("artifact", "file"))),
    ),
    "malware-analysis": _domain(
        "malware-analysis",
        (*_VERSIONED, "submitted", "analysis_started", "analysis_ended"),
        (
            ("host_vm_ref", _of("software")),
            ("operating_system_ref", _of("software")),
            ("installed_software_refs", _of("software")),
            ("analysis_sco_refs", _OBSERVABLE),
            ("sample_ref", _of("artifact", "file", "network-traffic")),
        ),
    ),
    "note": _domain("note", references=_OBJECTS),
    "observed-data": _domain("observed-data", (*_VERSIONED, "first_observed", "last_observed"), (("object_refs", _OBSERVED),)),
    "opinion": _domain("opinion", references=_OBJECTS),
    "report": _domain("report", (*_VERSIONED, "published"), _OBJECTS),
    "threat-actor": _domain("threat-actor", _SEEN),
    "tool": _domain("tool"),
    "vulnerability": _domain("vulnerability"),
}

_RELATIONSHIP_OBJECTS = {
    "relationship": _relationship(
        "relationship", (*_VERSIONED, "start_time", "stop_time"), (("source_ref", _ANY), ("target_ref", _ANY))
    ),
    "sighting": _relationship(
        "sighting", _SEEN, (("sighting_of_ref", _ANY), ("observed_data_refs", _ANY), ("where_sighted_refs", _ANY))
    ),
}

_META_OBJECTS = {
    "extension-definition": ObjectType(Kind.META, "common/extension-definition.json"),
    "language-content": ObjectType(
        Kind.META, "common/language-content.json", (*_VERSIONED, "object_modified"), (("object_ref", _ANY),)
    ),
    "marking-definition": ObjectType(Kind.META, "common/marking-definition.json", ("created",)),
}

_OBSERVABLE_OBJECTS = {
    "artifact": _observable("artifact"),
    "autonomous-system": _observable("autonomous-system"),
    "directory": _observable("directory", _FILE_TIMES, (("contains_refs", _of("directory", "file")),)),
    "domain-name": _observable("domain-name", references=(("resolves_to_refs", _of("domain-name", "ipv4-addr", "ipv6-addr")),)),
    "email-addr": _observable("email-addr", references=(("belongs_to_ref", _of("user-account")),)),
    "email-message": _extended(
        _observable(
            "email-message",
            ("date",),
            (
                *((name, _of("email-addr")) for name in ("from_ref", "sender_ref", "to_refs", "cc_refs", "bcc_refs")),
                ("raw_email_ref", _of("artifact")),
            ),
        ),
        deep_references=((("body_multipart", "body_raw_ref"), _of("artifact", "file")),),
    ),
    "file": _extended(
        _observable(
            "file",
            _FILE_TIMES,
            (("parent_directory_ref", _of("directory")), ("contains_refs", _OBSERVABLE), ("content_ref", _of("artifact"))),
        ),
        frozenset({"archive-ext", "ntfs-ext", "pdf-ext", "raster-image-ext", "windows-pebinary-ext"}),
        (("extensions", "windows-pebinary-ext", "time_date_stamp"),),
        ((("extensions", "archive-ext", "contains_refs"), _of("directory", "file")),),
    ),
    "ipv4-addr": _observable("ipv4-addr", references=_ADDRESSES),
    "ipv6-addr": _observable("ipv6-addr", references=_ADDRESSES),
    "mac-addr": _observable("mac-addr"),
    "mutex": _observable("mutex"),
    "network-traffic": _extended(
        _observable(
            "network-traffic",
            ("start", "end"),
            (
                ("src_ref", _ENDS),
                ("dst_ref", _ENDS),
                ("src_payload_ref", _of("artifact")),
                ("dst_payload_ref", _of("artifact")),
                ("encapsulates_refs", _of("network-traffic")),
                ("encapsulated_by_ref", _of("network-traffic")),
            ),
        ),
        frozenset({"http-request-ext", "icmp-ext", "socket-ext", "tcp-ext"}),
        deep_references=((("extensions", "http-request-ext", "message_body_data_ref"), _of("artifact")),),
    ),
    "process": _extended(
        _observable(
            "process",
            ("created_time",),
            (
                ("opened_connection_refs", _of("network-traffic")),
                ("creator_user_ref", _of("user-account")),
                ("image_ref", _of("file")),
                ("parent_ref", _of("process")),
                ("child_refs", _of("process")),
            ),
        ),
        frozenset({"windows-process-ext", "windows-service-ext"}),
        deep_references=((("extensions", "windows-service-ext", "service_dll_refs"), _of("file")),),
    ),
    "software": _observable("software"),
    "url": _observable("url"),
    "user-account": _extended(_observable("user-account", _ACCOUNT_TIMES), frozenset({"unix-account-ext"})),
    "windows-registry-key": _observable("windows-registry-key", ("modified_time",), (("creator_user_ref", _of("user-account")),)),
    "x509-certificate": _extended(
        _observable("x509-certificate", ("validity_not_before", "validity_not_after")), deep_times=_X509_TIMES
    ),
}

OBJECT_TYPES: Mapping[str, ObjectType] = {
    **_DOMAIN_OBJECTS,
    **_RELATIONSHIP_OBJECTS,
    **_META_OBJECTS,
    **_OBSERVABLE_OBJECTS,
}
"""Type name -> what the specification says of it: all object types of STIX 2.1. A bundle is none (§8)."""

OBSERVABLE_TYPES = frozenset(_OBSERVABLE_OBJECTS)
"""The cyber-observables, which carry no version of their own (STIX 2.1 §3.2, §6)."""

RELATIONSHIP_TYPES = frozenset(_RELATIONSHIP_OBJECTS)
"""The relationship objects (STIX 2.1 §5)."""

PREDEFINED_EXTENSIONS = frozenset(name for about in OBJECT_TYPES.values() for name in about.extensions)
"""The extensions that the specification itself defines, each for one type (STIX 2.1 §6)."""

CUSTOM_TYPES: Mapping[Kind, ObjectType] = {
    Kind.DOMAIN: ObjectType(Kind.DOMAIN, "common/core.json"),
    Kind.RELATIONSHIP: ObjectType(Kind.RELATIONSHIP, "common/core.json", references=(("source_ref", _ANY), ("target_ref", _ANY))),
    Kind.OBSERVABLE: ObjectType(Kind.OBSERVABLE, "common/cyber-observable-core.json", ()),
}
"""What is known of an object of a type that an extension brings along (STIX 2.1 §7.3): the common properties of its kind."""
