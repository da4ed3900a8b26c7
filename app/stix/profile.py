"""The exchange's profiles ``ocsea`` and ``stix`` over STIX 2.1, and the whole check of one object, step by step.

Owns what the exchange asks beyond the specification, and the facts that later steps read. Does not decide who may submit or see
anything. Kept by ``tests/stix/test_profile.py`` and, with the examples in ``schemas/``, by ``tests/stix/test_published.py``.
"""

from __future__ import annotations

from functools import cache

import jsonschema_rs

from app.domain.errors import Code, ProfileError
from app.domain.extensions import HANDLING, OCSEA_CONTEXT
from app.domain.stix_object import CheckedObject, JsonObject, ObjectFacts, VerifiedObject, timestamp_key
from app.domain.vocabulary import Phase, Profile, Sensitivity
from app.stix import published
from app.stix.custom_types import is_defined_by_extension, is_deprecated_custom_type
from app.stix.identifiers import named_type
from app.stix.markings import is_well_known, marking_terms, object_context
from app.stix.oasis_schemas import compile_schema
from app.stix.object_types import Kind
from app.stix.patterns import PatternSubjects, check_pattern
from app.stix.pointers import pointer
from app.stix.references import marking_references, references
from app.stix.schema import check_schema
from app.stix.screen import screen
from app.stix.violations import check_against

KILL_CHAIN = "ocsea-disruption"
"""The kill chain whose phases are those of ``Phase``."""

CONTEXT_REQUIRED = frozenset(
    (
        *("attack-pattern", "campaign", "domain-name", "email-addr", "email-message", "file", "incident", "indicator"),
        *("infrastructure", "intrusion-set", "ipv4-addr", "ipv6-addr", "mac-addr", "network-traffic", "observed-data"),
        *("threat-actor", "url", "user-account"),
    )
)
"""Types that say something about harm and therefore need the context extension."""

IDENTIFYING_TYPES = frozenset(
    (
        *("blinded-identifier", "email-addr", "email-message", "ipv4-addr", "ipv6-addr", "mac-addr", "network-traffic"),
        *("payment-handle", "perceptual-hash", "user-account"),
    )
)
"""Object types that point at a person or a device; their deterministic ids do too, since anybody can compute them."""

_IDENTIFYING_BEGINNINGS = (b"-addr--", *(f"{name}--".encode() for name in IDENTIFYING_TYPES if not name.endswith("-addr")))
_PERCEPTUAL_HASHES = frozenset({"NETCLEAN", "PDQ", "PHOTODNA", "SAFER", "VIDENTIFIER", "VPDQ"})
_PHASES = frozenset(Phase)
_TYPES_WITH_PHASES = frozenset({"attack-pattern", "indicator"})


_OCSEA_ALONE = frozenset({Profile.OCSEA})


def check_object(verified: VerifiedObject, profiles: frozenset[Profile] = _OCSEA_ALONE) -> CheckedObject:
    """Give the object with its facts if it is valid STIX 2.1 of one of the profiles and passes the screen.

    With both profiles an object that carries the context extension is checked by ``ocsea``, any other by ``stix``: that takes all
    of STIX 2.1, though our own extensions follow their schemas there too.

    The screen comes first: of what must never be here nothing else is said. Policy is NOT asked.

    Raises:
        ForbiddenContentError: it seems to carry material.
        ProfileError: codes ``object-type-unsupported``, ``schema-violation``, ``profile-violation``, ``pattern-invalid`` and
            ``too-many-references``. Pointers are relative to the object.
    """
    value = verified.parsed.value
    screen(value)
    kind = check_schema(value).kind
    is_well_known(value)
    _check_extensions(value)
    profile = _profile_of(value, profiles)
    _check_profile(value, profile)
    subjects = check_pattern(value["pattern"], value["pattern_type"]) if value["type"] == "indicator" else None
    return CheckedObject(verified, _facts(verified, kind, subjects, profile))


def _profile_of(value: JsonObject, profiles: frozenset[Profile]) -> Profile:
    if Profile.STIX not in profiles:
        return Profile.OCSEA
    if Profile.OCSEA in profiles and OCSEA_CONTEXT in value.get("extensions", {}):
        return Profile.OCSEA
    return Profile.STIX


def _refusal(sentence: str, *path: str | int) -> ProfileError:
    return ProfileError(sentence, code=Code.PROFILE_VIOLATION, pointer=pointer(path))


@cache
def _extension_validator(extension_id: str) -> jsonschema_rs.Validator:
    return compile_schema(published.extension_schema(extension_id))


def _check_extensions(value: JsonObject) -> None:
    """Our own extensions are closed: wherever they stand, they follow their schemas."""
    for extension_id, extension in value.get("extensions", {}).items():
        if extension_id in published.EXTENSION_NAMES:
            check_against(_extension_validator(extension_id), extension, within=("extensions", extension_id))
            if "already_reported_to" in extension:
                _check_reports(extension_id, extension["already_reported_to"])


def _check_reports(extension_id: str, reports: list[JsonObject]) -> None:
    for position, report in enumerate(reports):
        if timestamp_key(report["reported_at"]) is None:
            place = ("extensions", extension_id, "already_reported_to", position, "reported_at")
            raise ProfileError("This date and time do not exist.", code=Code.SCHEMA_VIOLATION, pointer=pointer(place))


def _check_profile(value: JsonObject, profile: Profile) -> None:
    type_name = value["type"]
    if is_deprecated_custom_type(type_name) and not is_defined_by_extension(value):
        sentence = "A custom type needs an extension that defines it: new-sdo, new-sco or new-sro (STIX 2.1 §7.3)."
        raise ProfileError(sentence, code=Code.OBJECT_TYPE_UNSUPPORTED, pointer="/type")
    extensions = value.get("extensions", {})
    if profile is Profile.OCSEA and type_name in CONTEXT_REQUIRED and OCSEA_CONTEXT not in extensions:
        sentence = f"An object of this type needs the extension {OCSEA_CONTEXT} (ocsea-context) with harm_types and sensitivity."
        raise _refusal(sentence, *(["extensions"] if extensions else []))
    if type_name == "marking-definition":
        _check_marking(value)
    elif HANDLING in extensions:
        raise _refusal("Handling stands on a marking-definition, which the object then names.", "extensions", HANDLING)
    if type_name == "user-account" and "credential" in value:
        raise _refusal("The exchange carries no credentials; leave the property out.", "credential")
    if profile is Profile.OCSEA and type_name in _TYPES_WITH_PHASES:
        _check_phases(value)


def _check_marking(value: JsonObject) -> None:
    extensions = value.get("extensions", {})
    kind = value.get("definition_type")
    if HANDLING in extensions and ("definition" in value or kind is not None):
        raise _refusal("A marking with handling has neither definition_type nor definition.", "definition_type")
    if kind not in (None, "statement", "tlp"):
        raise _refusal(
            "A marking of one's own is an extension (STIX 2.1 §7.2.1), not another definition_type.", "definition_type"
        )
    terms = marking_terms(value)
    if terms and terms.release_at and terms.expires_at and terms.expires_at <= terms.release_at:
        raise _refusal("expires_at comes after release_at.", "extensions", HANDLING, "expires_at")


def _check_phases(value: JsonObject) -> None:
    for position, phase in enumerate(value.get("kill_chain_phases", ())):
        if phase["kill_chain_name"] == KILL_CHAIN and phase["phase_name"] not in _PHASES:
            sentence = f"The phases of {KILL_CHAIN} are: {', '.join(Phase)}."
            raise _refusal(sentence, "kill_chain_phases", position, "phase_name")


def _facts(verified: VerifiedObject, kind: Kind, subjects: PatternSubjects | None, profile: Profile) -> ObjectFacts:
    value = verified.parsed.value
    type_name = value["type"]
    version = _version(value, kind)
    is_marking = type_name == "marking-definition"
    is_indicator = type_name == "indicator"
    targets = references(value)
    return ObjectFacts(
        stix_id=value["id"],
        type=type_name,
        spec_version="2.1",
        version=version,
        version_key=version and timestamp_key(version),
        created_by_ref=value.get("created_by_ref"),
        references=targets,
        marking_refs=marking_references(value),
        context=object_context(value),
        sensitivity_floor=_sensitivity_floor(verified, targets, subjects),
        names_person=names_person(value),
        profile=profile,
        defines=marking_terms(value) if is_marking else None,
        facets=_facets(value),
        confidence=int(value["confidence"]) if "confidence" in value and version and not is_marking else None,
        valid_from=value["valid_from"] if is_indicator else None,
        valid_until=value.get("valid_until") if is_indicator else None,
    )


def names_person(value: JsonObject) -> bool:
    """Whether an object (schema-checked) is about one human being."""
    return bool(value["type"] == "identity" and value.get("identity_class", "").lower() == "individual")


def _version(value: JsonObject, kind: Kind) -> str | None:
    """Give the time that tells versions apart, verbatim: markings have one version only, observables none of their own."""
    if kind is Kind.OBSERVABLE:
        return None
    version: str = value["created" if value["type"] == "marking-definition" else "modified"]
    return version


def _facets(value: JsonObject) -> frozenset[tuple[str, str]]:
    context = value.get("extensions", {}).get(OCSEA_CONTEXT, {})
    phases = value.get("kill_chain_phases", ()) if value["type"] in _TYPES_WITH_PHASES else ()
    return frozenset(
        (
            *(("harm", harm) for harm in context.get("harm_types", ())),
            *(("surface", surface) for surface in context.get("surfaces", ())),
            *(("phase", phase["phase_name"]) for phase in phases if phase["kill_chain_name"] == KILL_CHAIN),
        )
    )


def _sensitivity_floor(verified: VerifiedObject, targets: frozenset[str], subjects: PatternSubjects | None) -> Sensitivity:
    """Give the least sensitivity that type, pattern and the ids in an object allow.

    An id of an observable counts wherever it stands, in a text too: it tells as much there as in a reference.
    """
    is_identifying = (
        verified.parsed.value["type"] in IDENTIFYING_TYPES
        or names_person(verified.parsed.value)
        or any(named_type(target) in IDENTIFYING_TYPES for target in targets)
        or any(beginning in verified.parsed.content for beginning in _IDENTIFYING_BEGINNINGS)
        or (subjects is not None and _identifies(subjects))
    )
    return Sensitivity.IDENTIFYING if is_identifying else Sensitivity.AGGREGATE


def _identifies(subjects: PatternSubjects) -> bool:
    """Whether a pattern speaks about a person or device: by object type, through a reference to another object, or by look."""
    return not IDENTIFYING_TYPES.isdisjoint(subjects.types) or any(
        step.endswith(("_ref", "_refs")) or step.upper() in _PERCEPTUAL_HASHES for step in subjects.steps
    )
