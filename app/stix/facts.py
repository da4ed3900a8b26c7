"""The facts of an object that later steps read instead of its STIX: version, references, facets, and the least sensitivity.

Owns what is read where. The object has passed its schema, the screen and its profile before; nothing is refused here but too many
references. Kept by ``tests/stix/test_facts.py``.
"""

from __future__ import annotations

from app.domain.catalogue import KILL_CHAIN
from app.domain.stix_object import JsonObject, ObjectFacts, VerifiedObject, timestamp_key
from app.domain.vocabulary import Phase, Profile, Sensitivity
from app.domain.words import GAP
from app.stix.exchange_types import EXCHANGE_TYPES
from app.stix.feedback import feedback_of
from app.stix.identifiers import is_name_based, named_type
from app.stix.indexed_words import words_of
from app.stix.markings import marking_terms, object_context
from app.stix.misp_values import describes_person, holds_contact
from app.stix.object_types import OBJECT_TYPES, Kind
from app.stix.observable_keys import keys_of
from app.stix.patterns import PatternSubjects
from app.stix.references import marking_references, references
from breakwater_client.extensions import OCSEA_CONTEXT

TYPES_WITH_PHASES = frozenset({"attack-pattern", "indicator", "infrastructure", "malware", "tool"})
"""Types that may have ``kill_chain_phases`` (STIX 2.1 §4)."""

IDENTIFYING_TYPES = frozenset(
    (
        *("blinded-identifier", "email-addr", "email-message", "ipv4-addr", "ipv6-addr", "mac-addr", "network-traffic"),
        *("payment-handle", "perceptual-hash", "user-account"),
    )
)
"""Object types that point at a person or a device; their name-based ids do too, since anybody can compute them."""

_PHASES = frozenset(Phase)
_BEHAVIOURAL_TYPES = frozenset({"live-room", "threat-actor"})
_KNOWN_TYPES = frozenset((*OBJECT_TYPES, *EXCHANGE_TYPES))
_IDENTIFYING_BEGINNINGS = (b"-addr--", *(f"{name}--".encode() for name in IDENTIFYING_TYPES if not name.endswith("-addr")))
_PERCEPTUAL_HASHES = frozenset({"NETCLEAN", "PDQ", "PHOTODNA", "SAFER", "VIDENTIFIER", "VPDQ"})


def facts_of(verified: VerifiedObject, kind: Kind, profile: Profile, subjects: PatternSubjects | None) -> ObjectFacts:
    """Give the facts of a checked object; ``subjects`` is what its STIX pattern, if it has one, speaks about.

    Raises:
        ProfileError: code ``too-many-references``.
    """
    value = verified.parsed.value
    version = _version(value, kind)
    is_marking = value["type"] == "marking-definition"
    is_indicator = value["type"] == "indicator"
    targets = references(value)
    is_person = names_person(value, profile)
    return ObjectFacts(
        stix_id=value["id"],
        type=value["type"],
        spec_version="2.1",
        version=version,
        version_key=version and timestamp_key(version),
        created_by_ref=value.get("created_by_ref"),
        references=targets,
        marking_refs=marking_references(value),
        context=object_context(value),
        sensitivity_floor=Sensitivity.IDENTIFYING if is_person else _sensitivity_floor(verified, kind, targets, subjects),
        names_person=is_person,
        profile=profile,
        created_key=timestamp_key(value["created"]) if version else None,
        is_revoked=bool(version) and value.get("revoked") is True,
        defines=marking_terms(value) if is_marking else None,
        facets=_facets(value),
        confidence=int(value["confidence"]) if "confidence" in value and version and not is_marking else None,
        valid_from=value["valid_from"] if is_indicator else None,
        valid_until=value.get("valid_until") if is_indicator else None,
        words=searched_words(value),
        feedback=feedback_of(value),
    )


def searched_words(value: JsonObject) -> str:
    """Give the words by which a stored or checked object can be found, whatever profile it came under; empty: none.

    Behind those of its texts stand the keys of the observables that it states.
    """
    keys = " ".join(keys_of(value))
    said = words_of(value, is_person=names_person(value, Profile.OCSEA))
    return f"{said} {GAP} {keys}" if said and keys else said or keys


def names_person(value: JsonObject, profile: Profile) -> bool:
    """Whether an object (schema-checked) is about one human being; under ``ocsea`` each threat actor is taken for one.

    Particulars of a person that MISP keeps (a first name, a date of birth) make it so, too.
    """
    if value["type"] == "identity":
        return _is_individual(value.get("identity_class"))
    if value["type"] == "threat-actor":
        return profile is Profile.OCSEA or _is_individual(value.get("resource_level"))
    return describes_person(value)


def _is_individual(word: str | None) -> bool:
    return word is not None and word.strip().lower() == "individual"


def _version(value: JsonObject, kind: Kind) -> str | None:
    """Give the time that tells versions apart, verbatim: markings have one version only, observables none of their own."""
    if kind is Kind.OBSERVABLE:
        return None
    version: str = value["created" if value["type"] == "marking-definition" else "modified"]
    return version


def _facets(value: JsonObject) -> frozenset[tuple[str, str]]:
    context = value.get("extensions", {}).get(OCSEA_CONTEXT, {})
    phases = value.get("kill_chain_phases", ()) if value["type"] in TYPES_WITH_PHASES else ()
    return frozenset(
        (
            *(("harm", harm) for harm in context.get("harm_types", ())),
            *(("surface", surface) for surface in context.get("surfaces", ())),
            *(("behaviour", code) for code in context.get("behaviours", ())),
            *(("urgency", urgency) for urgency in [context.get("urgency")] if urgency),
            *(("phase", phase["phase_name"]) for phase in phases if _is_known(phase)),
        )
    )


def _is_known(phase: JsonObject) -> bool:
    """Whether a phase is one of ours: under ``stix`` our kill chain may be given any other."""
    return phase["kill_chain_name"] == KILL_CHAIN and phase["phase_name"] in _PHASES


def _sensitivity_floor(
    verified: VerifiedObject, kind: Kind, targets: frozenset[str], subjects: PatternSubjects | None
) -> Sensitivity:
    """Give the least sensitivity that type, pattern and the ids in an object allow.

    An id of an observable counts wherever it stands, in a text too: it tells as much there as in a reference. What is not known
    here is taken for the worse: an observable of somebody's own type may well be a telephone number.
    """
    value = verified.parsed.value
    is_identifying = (
        _may_identify(value["type"], is_observable=kind is Kind.OBSERVABLE)
        or any(_may_identify(named_type(target) or "", is_observable=is_name_based(target)) for target in targets)
        or any(beginning in verified.parsed.content for beginning in _IDENTIFYING_BEGINNINGS)
        or (subjects is not None and _identifies(subjects))
        or _tells_where_people_are(value)
        or holds_contact(value)
    )
    if is_identifying:
        return Sensitivity.IDENTIFYING
    is_behavioural = value["type"] in _BEHAVIOURAL_TYPES or value["type"] not in _KNOWN_TYPES
    return Sensitivity.BEHAVIOURAL if is_behavioural else Sensitivity.AGGREGATE


def _may_identify(type_name: str, *, is_observable: bool) -> bool:
    return type_name in IDENTIFYING_TYPES or (is_observable and type_name not in _KNOWN_TYPES)


def _tells_where_people_are(value: JsonObject) -> bool:
    """Whether an object gives a street address, or holds an observable of an unknown type."""
    if value["type"] == "location":
        return "street_address" in value
    if value["type"] == "observed-data":
        return any(_may_identify(member["type"], is_observable=True) for member in value.get("objects", {}).values())
    return False


def _identifies(subjects: PatternSubjects) -> bool:
    """Whether a pattern speaks about a person or device: by object type, through a reference to another object, or by look."""
    return any(_may_identify(name, is_observable=True) for name in subjects.types) or any(
        step.endswith(("_ref", "_refs")) or step.upper() in _PERCEPTUAL_HASHES for step in subjects.steps
    )
