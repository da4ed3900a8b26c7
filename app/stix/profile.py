"""Step 4 of the walk: a verified object becomes a checked one.

PROVISIONAL, to be replaced by the author of this floor; it exists so that services can run meanwhile.
"""

from __future__ import annotations

from app.domain.stix_object import CheckedObject, ObjectFacts, VerifiedObject, timestamp_key
from app.domain.extensions import HANDLING, OCSEA_CONTEXT
from app.domain.vocabulary import Sensitivity
from app.stix.markings import marking_terms, object_context
from app.stix.patterns import check_pattern, observable_types
from app.stix.references import marking_references, references
from app.stix.schema import check_schema
from app.stix.screen import screen

_IDENTIFYING = frozenset({"user-account", "email-addr", "ipv4-addr", "ipv6-addr", "mac-addr", "email-message"})


def check_object(verified: VerifiedObject) -> CheckedObject:
    """Check one object."""
    value = verified.parsed.value
    screen(value)
    check_schema(value)
    kinds = {value["type"]} | {ref.partition("--")[0] for ref in references(value)}
    if value["type"] == "indicator":
        check_pattern(value["pattern"], value["pattern_type"])
        if value["pattern_type"] == "stix":
            kinds |= observable_types(value["pattern"])
    context = value.get("extensions", {}).get(OCSEA_CONTEXT, {})
    phases = [p["phase_name"] for p in value.get("kill_chain_phases", []) if p["kill_chain_name"] == "ocsea-disruption"]
    version = value.get("modified", value.get("created"))
    facets = {("harm", h) for h in context.get("harm_types", [])} | {("surface", s) for s in context.get("surfaces", [])}
    facts = ObjectFacts(
        stix_id=value["id"], type=value["type"], spec_version="2.1", version=version,
        version_key=timestamp_key(version) if version else None, created_by_ref=value.get("created_by_ref"),
        references=references(value), marking_refs=marking_references(value), context=object_context(value),
        sensitivity_floor=Sensitivity.IDENTIFYING if kinds & _IDENTIFYING else Sensitivity.AGGREGATE,
        defines=marking_terms(value) if value["type"] == "marking-definition" else None,
        facets=frozenset(facets | {("phase", p) for p in phases}), confidence=value.get("confidence"),
        valid_from=value.get("valid_from"), valid_until=value.get("valid_until"),
    )
    return CheckedObject(verified, facts)
