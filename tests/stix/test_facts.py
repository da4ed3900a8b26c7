"""The facts that later steps read: version, references, facets, the least sensitivity, and whether it is about a person."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.catalogue import KILL_CHAIN
from app.domain.handling import MarkingTerms, ObjectContext
from app.domain.stix_object import ObjectFacts, timestamp_key
from app.domain.vocabulary import Harm, Profile, Purpose, Sensitivity, Tlp
from app.stix.exchange_types import EXCHANGE_TYPES
from app.stix.facts import IDENTIFYING_TYPES, names_person, searched_words
from app.stix.object_types import OBJECT_TYPES, OBSERVABLE_TYPES
from app.stix.profile import check_object
from breakwater_client.extensions import OCSEA_CONTEXT
from tests.stix.authored_objects import (
    AUDIENCE,
    CREATED,
    FOREIGN_EXTENSION,
    PUBLISHER,
    SCREENED_OUT,
    TLP_AMBER,
    authored_objects,
    context,
    verified,
)

FOUR = "5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"
FIVE = "5f4a7a24-c134-5e3c-a90f-2f12d5c7da95"
ACCOUNT = f"user-account--{FOUR}"
DELETE = object()
BOTH = frozenset(Profile)


def changed(type_name: str, **changes: Any) -> dict[str, Any]:
    value = {**authored_objects()[type_name], **changes}
    return {name: member for name, member in value.items() if member is not DELETE}


def custom(type_name: str, word: str, **properties: Any) -> dict[str, Any]:
    extensions = {FOREIGN_EXTENSION: {"extension_type": word}}
    return {"type": type_name, "spec_version": "2.1", "id": f"{type_name}--{FOUR}", "extensions": extensions, **properties}


def misp(kind: str) -> dict[str, Any]:
    stated = {"created": CREATED, "modified": CREATED, "x_misp_type": kind, "x_misp_value": "a"}
    return {"type": "x-misp-attribute", "spec_version": "2.1", "id": f"x-misp-attribute--{FOUR}", **stated}


def facts(value: dict[str, Any], content: bytes | None = None, profiles: frozenset[Profile] | None = None) -> ObjectFacts:
    return check_object(verified(value, content), profiles or frozenset({Profile.OCSEA})).facts


def floor(value: dict[str, Any]) -> Sensitivity:
    return facts(value, profiles=BOTH).sensitivity_floor


def test_types_that_identify_exist() -> None:
    assert OBJECT_TYPES.keys() | EXCHANGE_TYPES.keys() >= IDENTIFYING_TYPES


def test_the_facts_of_an_indicator() -> None:
    value = authored_objects()["indicator"]
    assert facts(value) == ObjectFacts(
        stix_id=value["id"],
        type="indicator",
        spec_version="2.1",
        version=CREATED,
        version_key=timestamp_key(CREATED),
        created_by_ref=PUBLISHER,
        references=frozenset(),
        marking_refs=frozenset({TLP_AMBER}),
        context=ObjectContext(sensitivity=Sensitivity.BEHAVIOURAL, harm_types=frozenset({Harm.LIVE_STREAMED_CSA})),
        sensitivity_floor=Sensitivity.AGGREGATE,
        names_person=False,
        profile=Profile.OCSEA,
        created_key=timestamp_key(CREATED),
        is_revoked=False,
        defines=None,
        facets=frozenset(
            {("harm", "live-streamed-csa"), ("surface", "live-stream"), ("phase", "evasion-and-return"), ("behaviour", "OP-023")}
        ),
        confidence=70,
        valid_from="2026-11-02T09:30:00Z",
        valid_until="2027-05-02T09:30:00Z",
        words=searched_words(value),
    )


def test_the_version_is_kept_verbatim() -> None:
    modified = "2026-11-02T09:30:00.1000000000Z"
    found = facts(changed("note", modified=modified))
    assert (found.version, found.version_key) == (modified, "2026-11-02T09:30:00.1")


@pytest.mark.parametrize("type_name", sorted(OBSERVABLE_TYPES - SCREENED_OUT))
def test_an_observable_has_no_version_and_no_time_of_its_own(type_name: str) -> None:
    found = facts(changed(type_name, modified=CREATED, confidence=5, valid_from=CREATED, kill_chain_phases="x"))
    assert (found.version, found.version_key, found.confidence, found.valid_from) == (None, None, None, None)


def test_a_markings_version_is_its_creation() -> None:
    found = facts(changed("marking-definition", modified="2030-01-01T00:00:00.000Z"))
    assert found.version == CREATED
    assert found.defines == MarkingTerms(tlp=Tlp.AMBER, audience_id=AUDIENCE, purposes=frozenset({Purpose.DETECTION}))


def test_granular_markings_count_as_markings() -> None:
    other = f"marking-definition--{FOUR}"
    assert facts(changed("note", granular_markings=[{"selectors": ["content"], "marking_ref": other}])).marking_refs == {
        TLP_AMBER,
        other,
    }


@pytest.mark.parametrize(
    ("type_name", "changes", "expected"),
    [
        *((name, {}, Sensitivity.IDENTIFYING) for name in sorted(IDENTIFYING_TYPES & OBJECT_TYPES.keys())),
        *((name, {}, Sensitivity.AGGREGATE) for name in ("url", "indicator", "attack-pattern", "campaign", "note", "identity")),
        ("domain-name", {"resolves_to_refs": DELETE}, Sensitivity.AGGREGATE),
        ("domain-name", {}, Sensitivity.IDENTIFYING),
        ("note", {"object_refs": [ACCOUNT]}, Sensitivity.IDENTIFYING),
        ("relationship", {"target_ref": f"ipv6-addr--{FOUR}"}, Sensitivity.IDENTIFYING),
        ("note", {"x_other_ref": f"mac-addr--{FOUR}"}, Sensitivity.IDENTIFYING),
        ("note", {"content": f"compare {ACCOUNT}"}, Sensitivity.IDENTIFYING),
        ("note", {"content": "a user-account and an ipv4-addr"}, Sensitivity.AGGREGATE),
        *(
            ("indicator", {"pattern": f"[url:value = 'a'] OR [{path} = 'a']"}, Sensitivity.IDENTIFYING)
            for path in (
                *("user-account:user_id", "email-addr:value", "email-message:subject", "ipv4-addr:value", "ipv6-addr:value"),
                *("mac-addr:value", "network-traffic:src_ref.value", "domain-name:resolves_to_refs[*].value", "file:hashes.PDQ"),
            )
        ),
        ("indicator", {"pattern": "[url:value = 'user-account:user_id']"}, Sensitivity.AGGREGATE),
        ("indicator", {"pattern": f"[file:hashes.MD5 = '{'a' * 32}']"}, Sensitivity.AGGREGATE),
        ("indicator", {"pattern": "user-account:user_id", "pattern_type": "sigma"}, Sensitivity.AGGREGATE),
    ],
)
def test_the_sensitivity_floor_follows_what_points_at_persons(
    type_name: str, changes: dict[str, Any], expected: Sensitivity
) -> None:
    assert facts(changed(type_name, **changes)).sensitivity_floor is expected
    assert facts(changed(type_name, **changes), content=b"").sensitivity_floor is expected or "content" in changes


@pytest.mark.parametrize(("identity_class", "is_one"), [("individual", True), ("Individual", True), ("group", False)])
def test_an_individual_is_told_from_an_organisation_and_identifies(identity_class: str, *, is_one: bool) -> None:
    found = facts(changed("identity", identity_class=identity_class))
    assert (found.names_person, found.sensitivity_floor is Sensitivity.IDENTIFYING) == (is_one, is_one)


VERSIONED = {"created": CREATED, "modified": CREATED}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (custom("phone-number", "new-sco", value="555-0117"), Sensitivity.IDENTIFYING),
        ({"type": "x-phone", "id": f"x-phone--{FOUR}", "value": "555-0117"}, Sensitivity.IDENTIFYING),
        (custom("case-file", "new-sdo", **VERSIONED), Sensitivity.BEHAVIOURAL),
        (custom("case-link", "new-sro", **VERSIONED), Sensitivity.BEHAVIOURAL),
        (changed("note", object_refs=[f"phone-number--{FIVE}"]), Sensitivity.IDENTIFYING),
        (changed("note", object_refs=[f"case-file--{FOUR}"]), Sensitivity.AGGREGATE),
        (changed("note", object_refs=[f"file--{FIVE}"]), Sensitivity.AGGREGATE),
        (changed("indicator", pattern="[x-phone:number = '555-0117']"), Sensitivity.IDENTIFYING),
        (changed("indicator", pattern="[payment-handle:value = 'a']"), Sensitivity.IDENTIFYING),
        (changed("indicator", pattern="[live-room:room_id = 'a']"), Sensitivity.AGGREGATE),
        (changed("location", street_address="1 Example Street"), Sensitivity.IDENTIFYING),
        (changed("location"), Sensitivity.AGGREGATE),
        (
            changed("observed-data", object_refs=DELETE, objects={"0": {"type": "x-phone", "id": f"x-phone--{FOUR}"}}),
            Sensitivity.IDENTIFYING,
        ),
        (
            changed("observed-data", object_refs=DELETE, objects={"0": {"type": "mutex", "id": f"mutex--{FOUR}", "name": "a"}}),
            Sensitivity.AGGREGATE,
        ),
        (changed("threat-actor", extensions=DELETE), Sensitivity.BEHAVIOURAL),
        (changed("malware"), Sensitivity.AGGREGATE),
        (misp("email-src"), Sensitivity.IDENTIFYING),
        (misp("phone-number"), Sensitivity.IDENTIFYING),
        (misp("sha256"), Sensitivity.BEHAVIOURAL),
        ({**misp("text"), "x_misp_attributes": [{"type": "email-dst"}]}, Sensitivity.IDENTIFYING),
    ],
)
def test_what_is_not_known_here_is_taken_for_the_worse(value: dict[str, Any], expected: Sensitivity) -> None:
    assert floor(value) is expected


@pytest.mark.parametrize(
    ("value", "under_stix", "under_ocsea"),
    [
        (changed("threat-actor"), False, True),
        (changed("threat-actor", resource_level="individual"), True, True),
        (changed("threat-actor", resource_level=DELETE), False, True),
        (changed("identity", identity_class=" Individual"), True, True),
        (changed("identity", identity_class=DELETE), False, False),
        (changed("campaign"), False, False),
        (misp("email-src"), False, False),
        ({**changed("campaign"), "x_misp_type": "first-name"}, False, False),
    ],
)
def test_a_person_is_told_from_a_group(value: dict[str, Any], *, under_stix: bool, under_ocsea: bool) -> None:
    assert names_person(value, Profile.STIX) is under_stix
    assert names_person(value, Profile.OCSEA) is under_ocsea
    if under_ocsea:
        found = facts(value)
        assert (found.names_person, found.sensitivity_floor) == (True, Sensitivity.IDENTIFYING)


@pytest.mark.parametrize("kind", ["first-name", "date-of-birth", "passport-number"])
def test_particulars_of_a_person_are_about_one_in_misp_too(kind: str) -> None:
    found = facts(misp(kind), profiles=BOTH)
    assert (found.names_person, found.sensitivity_floor) == (True, Sensitivity.IDENTIFYING)


@pytest.mark.parametrize(
    ("value", "version"),
    [
        (custom("phone-number", "new-sco", modified=CREATED), None),
        (custom("case-file", "new-sdo", **VERSIONED), CREATED),
        ({"type": "x-phone", "id": f"x-phone--{FOUR}"}, None),
        ({"type": "x-case", "id": f"x-case--{FOUR}", "spec_version": "2.1", **VERSIONED}, CREATED),
        (changed("language-content"), CREATED),
        (changed("extension-definition"), CREATED),
    ],
)
def test_the_version_is_that_of_the_kind_of_object(value: dict[str, Any], version: str | None) -> None:
    assert facts(value, profiles=BOTH).version == version


@pytest.mark.parametrize("type_name", ["attack-pattern", "indicator", "infrastructure", "malware", "tool"])
def test_phases_are_read_wherever_the_specification_has_them(type_name: str) -> None:
    phases = [{"kill_chain_name": KILL_CHAIN, "phase_name": "solicitation"}]
    value = changed(type_name, kill_chain_phases=phases, extensions={OCSEA_CONTEXT: context()})
    assert ("phase", "solicitation") in facts(value).facets
