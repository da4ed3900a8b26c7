"""The exchange's profiles ``ocsea`` and ``stix`` over STIX 2.1, and the whole check of one object, step by step.

Owns what the exchange asks beyond the specification, and the order of all checks. Does not decide who may submit or see anything.
Kept by ``tests/stix/test_profile.py`` and, with the examples in ``schemas/``, by ``tests/client/documents/test_published.py``.
"""

from __future__ import annotations

from functools import cache

import jsonschema_rs

from app.domain.catalogue import KILL_CHAIN
from app.domain.errors import Code, ProfileError
from app.domain.stix_object import CheckedObject, JsonObject, VerifiedObject
from app.domain.vocabulary import Phase, Profile
from app.stix.custom_types import is_defined_by_extension
from app.stix.encoded_media import Allowance
from app.stix.exchange_types import EXCHANGE_TYPES, exchange_type
from app.stix.facts import TYPES_WITH_PHASES, facts_of
from app.stix.markings import marking_terms
from app.stix.oasis_schemas import compile_schema
from app.stix.object_types import OBJECT_TYPES
from app.stix.observable_ids import check_name_based_id
from app.stix.patterns import check_pattern
from app.stix.schema import check_schema, check_times_at
from app.stix.screen import screen
from app.stix.violations import check_against
from breakwater_client.documents import published
from breakwater_client.documents.pointers import pointer
from breakwater_client.documents.well_known import is_well_known
from breakwater_client.extensions import COUNTERMEASURE_PROFILE, DISPOSITION, DISPUTE, FEEDBACK_MARK, HANDLING, OCSEA_CONTEXT

CONTEXT_REQUIRED = frozenset(
    (
        *("access-offer", "attack-pattern", "blinded-identifier", "campaign", "domain-name", "email-addr", "email-message"),
        *("file", "incident"),
        *("indicator", "infrastructure", "intrusion-set", "ipv4-addr", "ipv6-addr", "live-room", "mac-addr", "network-traffic"),
        *("observed-data", "payment-handle", "perceptual-hash", "threat-actor", "url", "user-account"),
    )
)
"""Types that say something about harm and therefore need the context extension."""

_STANDS_ON = {
    HANDLING: "marking-definition",
    DISPOSITION: "sighting",
    DISPUTE: "opinion",
    FEEDBACK_MARK: "note",
    COUNTERMEASURE_PROFILE: "course-of-action",
}
_DEFINES = {own.extension_id: name for name, own in EXCHANGE_TYPES.items()}
_EXTENSION_TIMES = {OCSEA_CONTEXT: ("already_reported_to", "reported_at"), DISPOSITION: ("decided_at",)}
_PHASES = frozenset(Phase)
_OCSEA_ALONE = frozenset({Profile.OCSEA})


def check_object(
    verified: VerifiedObject, profiles: frozenset[Profile] = _OCSEA_ALONE, allowance: Allowance | None = None
) -> CheckedObject:
    """Give the object with its facts if it is valid STIX 2.1 of one of the profiles and passes the screen.

    With both profiles an object that carries the context extension is checked by ``ocsea``, any other by ``stix``: that takes all
    of STIX 2.1, though our own extensions follow their schemas there too.

    The screen comes first, with the ``allowance`` of the request: of what must never be here nothing else is said. Policy is NOT
    asked.

    Raises:
        ForbiddenContentError: it seems to carry material.
        ProfileError: codes ``object-type-unsupported``, ``schema-violation``, ``profile-violation``, ``pattern-invalid`` and
            ``too-many-references``. Pointers are relative to the object.
    """
    value = verified.parsed.value
    screen(value, allowance)
    about = check_schema(value)
    is_well_known(value)
    _check_extensions(value)
    profile = _profile_of(value, profiles)
    _check_profile(value, profile)
    subjects = check_pattern(value["pattern"], value["pattern_type"]) if value["type"] == "indicator" else None
    return CheckedObject(verified, facts_of(verified, about.kind, profile, subjects))


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
    """Our own extensions are closed: wherever they stand, they follow their schemas, and they stand where they belong."""
    if value["type"] == "observed-data":
        for held in value.get("objects", {}).values():
            _check_held(held)
    for extension_id, extension in value.get("extensions", {}).items():
        if extension_id in _DEFINES:
            if value["type"] != _DEFINES[extension_id]:
                raise _refusal(f"This extension defines the type {_DEFINES[extension_id]}.", "type")
            check_against(_extension_validator(extension_id), value)
        elif extension_id in published.EXTENSION_NAMES:
            if value["type"] != _STANDS_ON.get(extension_id, value["type"]):
                raise _refusal(f"This extension stands on a {_STANDS_ON[extension_id]}.", "extensions", extension_id)
            check_against(_extension_validator(extension_id), extension, within=("extensions", extension_id))
            times = _EXTENSION_TIMES.get(extension_id)
            if times and times[0] in extension:
                check_times_at(value, ("extensions", extension_id, *times))


def _check_held(observable: JsonObject) -> None:
    """Check the extensions of an observable that observed-data holds; ``pointer`` knows no name for its place."""
    try:
        _check_extensions(observable)
    except ProfileError as refusal:
        raise ProfileError(refusal.sentence, code=refusal.code, pointer="/objects") from None


def _check_profile(value: JsonObject, profile: Profile) -> None:
    _check_credentials(value)
    if value["type"] == "marking-definition":
        _check_marking(value, profile)
    if profile is Profile.OCSEA:
        _check_ocsea(value)


def _check_ocsea(value: JsonObject) -> None:
    type_name = value["type"]
    extensions = value.get("extensions", {})
    if type_name not in OBJECT_TYPES:
        _check_custom_type(value)
    if type_name in CONTEXT_REQUIRED and OCSEA_CONTEXT not in extensions:
        sentence = f"An object of this type needs the extension {OCSEA_CONTEXT} (ocsea-context) with harm_types and sensitivity."
        raise _refusal(sentence, *(["extensions"] if extensions else []))
    if type_name in TYPES_WITH_PHASES:
        _check_phases(value)
    check_name_based_id(value)


def _check_custom_type(value: JsonObject) -> None:
    if not is_defined_by_extension(value):
        sentence = "A custom type needs an extension that defines it: new-sdo, new-sco or new-sro (STIX 2.1 §7.3)."
        raise ProfileError(sentence, code=Code.OBJECT_TYPE_UNSUPPORTED, pointer="/type")
    if value["type"] in EXCHANGE_TYPES and exchange_type(value) is None:
        extension_id = EXCHANGE_TYPES[value["type"]].extension_id
        raise _refusal(f"Objects of this type are those of the extension {extension_id}.", "type")


def _check_credentials(value: JsonObject) -> None:
    """Refused under every profile: a credential helps nobody who protects a child, and opens an account to whoever reads it."""
    if value["type"] == "user-account" and "credential" in value:
        raise _refusal("The exchange carries no credentials; leave the property out.", "credential")
    if value["type"] == "observed-data" and any("credential" in member for member in value.get("objects", {}).values()):
        raise _refusal("The exchange carries no credentials; leave the property out.", "objects")


def _check_marking(value: JsonObject, profile: Profile) -> None:
    extensions = value.get("extensions", {})
    kind = value.get("definition_type")
    if HANDLING in extensions and ("definition" in value or kind is not None):
        raise _refusal("A marking with handling has neither definition_type nor definition.", "definition_type")
    if profile is Profile.OCSEA and kind not in (None, "statement", "tlp"):
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
