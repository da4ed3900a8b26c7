"""The whole check of one object: the order of its steps, the profile's rules both ways, and the facts it finds."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.catalogue import KILL_CHAIN
from app.domain.errors import Code, ForbiddenContentError, ProfileError
from app.domain.handling import ObjectContext
from app.domain.stix_object import ObjectFacts
from app.domain.vocabulary import Harm, Phase, Profile
from app.stix.exchange_types import EXCHANGE_TYPES
from app.stix.object_types import OBJECT_TYPES
from app.stix.profile import CONTEXT_REQUIRED, check_object
from breakwater_client.extensions import HANDLING, OCSEA_CONTEXT, SIGNATURE
from tests.stix.authored_objects import (
    FOREIGN_EXTENSION,
    SCREENED_OUT,
    TLP_AMBER,
    authored_objects,
    context,
    verified,
)

TYPES = sorted(authored_objects().keys() - SCREENED_OUT)
FOUR = "5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"
ACCOUNT = f"user-account--{FOUR}"
HANDLING_TLP = {"extension_type": "property-extension", "tlp": "amber"}
DELETE = object()
BOTH = frozenset(Profile)


def changed(type_name: str, **changes: Any) -> dict[str, Any]:
    value = {**authored_objects()[type_name], **changes}
    return {name: member for name, member in value.items() if member is not DELETE}


def facts(value: dict[str, Any], content: bytes | None = None) -> ObjectFacts:
    return check_object(verified(value, content)).facts


def refusal_of(value: dict[str, Any]) -> ProfileError:
    with pytest.raises(ProfileError) as refusal:
        check_object(verified(value))
    return refusal.value


@pytest.mark.parametrize("type_name", TYPES)
def test_what_a_partner_authors_is_taken_as_it_is(type_name: str) -> None:
    given = verified(authored_objects()[type_name])
    assert check_object(given).verified is given


def test_material_is_refused_before_anything_else_is_said() -> None:
    with pytest.raises(ForbiddenContentError) as refusal:
        check_object(verified({"type": "malware", "payload_bin": "AAAA"}))
    assert (refusal.value.code, refusal.value.pointer) == (Code.CONTENT_FORBIDDEN, "/payload_bin")


def test_the_context_is_required_on_types_that_exist() -> None:
    assert OBJECT_TYPES.keys() | EXCHANGE_TYPES.keys() >= CONTEXT_REQUIRED


@pytest.mark.parametrize("type_name", sorted(CONTEXT_REQUIRED & OBJECT_TYPES.keys()))
def test_what_speaks_of_harm_needs_the_context(type_name: str) -> None:
    for changes in ({"extensions": DELETE}, {"extensions": {FOREIGN_EXTENSION: {"extension_type": "property-extension"}}}):
        refusal = refusal_of(changed(type_name, **changes))
        assert refusal.code is Code.PROFILE_VIOLATION
        assert OCSEA_CONTEXT in refusal.sentence


@pytest.mark.parametrize("type_name", sorted(set(TYPES) - CONTEXT_REQUIRED - {"marking-definition"}))
def test_other_types_may_have_the_context(type_name: str) -> None:
    assert facts(changed(type_name, extensions=DELETE)).context == ObjectContext()
    assert facts(changed(type_name, extensions={OCSEA_CONTEXT: context()})).context.harm_types == {Harm.LIVE_STREAMED_CSA}


@pytest.mark.parametrize("type_name", TYPES)
@pytest.mark.parametrize("extension_id", [OCSEA_CONTEXT, SIGNATURE])
def test_our_extensions_follow_their_schemas_wherever_they_stand(type_name: str, extension_id: str) -> None:
    value = authored_objects()[type_name]
    bad = {"extension_type": "property-extension", "unknown_member": 1}
    refusal = refusal_of({**value, "extensions": {**value.get("extensions", {}), extension_id: bad}})
    assert refusal.code is Code.SCHEMA_VIOLATION
    assert str(refusal.pointer).startswith(f"/extensions/{extension_id}")


@pytest.mark.parametrize("type_name", sorted(set(TYPES) - {"marking-definition"}))
def test_handling_stands_on_markings_only(type_name: str) -> None:
    value = authored_objects()[type_name]
    refusal = refusal_of({**value, "extensions": {**value.get("extensions", {}), HANDLING: HANDLING_TLP}})
    assert (refusal.code, refusal.pointer) == (Code.PROFILE_VIOLATION, f"/extensions/{HANDLING}")


@pytest.mark.parametrize(
    ("type_name", "changes", "code", "pointer"),
    [
        ("user-account", {"credential": "-"}, Code.PROFILE_VIOLATION, "/credential"),
        (
            "indicator",
            {"kill_chain_phases": [{"kill_chain_name": KILL_CHAIN, "phase_name": "delivery"}]},
            Code.PROFILE_VIOLATION,
            "/kill_chain_phases/0/phase_name",
        ),
        ("indicator", {"pattern": "[url:value = ]"}, Code.PATTERN_INVALID, "/pattern"),
        ("indicator", {"pattern": ""}, Code.PATTERN_INVALID, "/pattern"),
        ("indicator", {"pattern": " ", "pattern_type": "sigma"}, Code.PATTERN_INVALID, "/pattern"),
        (
            "note",
            {"object_refs": [f"indicator--{number:08}-3f0c-4c7e-9a55-51b2a1f6f0aa" for number in range(501)]},
            Code.TOO_MANY_REFERENCES,
            "/object_refs",
        ),
        ("note", {"confidence": 101}, Code.SCHEMA_VIOLATION, "/confidence"),
        (
            "marking-definition",
            {"definition_type": "statement", "definition": {"statement": "a"}},
            Code.PROFILE_VIOLATION,
            "/definition_type",
        ),
        (
            "marking-definition",
            {"extensions": DELETE, "definition_type": "acme", "definition": {"level": 5}},
            Code.PROFILE_VIOLATION,
            "/definition_type",
        ),
        (
            "marking-definition",
            {
                "extensions": {
                    HANDLING: {**HANDLING_TLP, "release_at": "2026-11-03T00:00:00Z", "expires_at": "2026-11-02T00:00:00Z"}
                }
            },
            Code.PROFILE_VIOLATION,
            f"/extensions/{HANDLING}/expires_at",
        ),
        ("marking-definition", {"id": TLP_AMBER}, Code.PROFILE_VIOLATION, "/id"),
        (
            "marking-definition",
            {"extensions": {HANDLING: {**HANDLING_TLP, "tlp": "pink"}}},
            Code.SCHEMA_VIOLATION,
            f"/extensions/{HANDLING}/tlp",
        ),
    ],
)
def test_each_rule_refuses_at_its_place(type_name: str, changes: dict[str, Any], code: Code, pointer: str) -> None:
    refusal = refusal_of(changed(type_name, **changes))
    assert (refusal.code, refusal.pointer) == (code, pointer)


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_of_our_kill_chain_is_taken(phase: Phase) -> None:
    value = changed("attack-pattern", kill_chain_phases=[{"kill_chain_name": KILL_CHAIN, "phase_name": phase}])
    assert ("phase", phase.value) in facts(value).facets


def test_no_refusal_repeats_what_was_submitted() -> None:
    for type_name in TYPES:
        value = authored_objects()[type_name]
        for name in value.keys() - {"type"}:
            for secret in ("hunter2", {"hunter2": "hunter2"}, ["hunter2"], {"extension_type": "hunter2"}):
                try:
                    check_object(verified({**value, name: secret}))
                except ProfileError as refusal:
                    told = refusal.sentence + str(refusal.pointer).replace("/hunter2", "", 1)
                    if "hunter2" in told:
                        pytest.fail(f"{type_name}.{name} is repeated")


HELD = {"type": "user-account", "id": ACCOUNT, "user_id": "synthetic-0117"}


@pytest.mark.parametrize(
    "held",
    [
        {**HELD, "credential": "-"},
        {**HELD, "extensions": {OCSEA_CONTEXT: context(unknown_member=1)}},
        {**HELD, "extensions": {HANDLING: HANDLING_TLP}},
    ],
)
def test_what_observed_data_holds_follows_the_same_rules(held: dict[str, Any]) -> None:
    value = changed("observed-data", object_refs=DELETE, objects={"0": HELD})
    check_object(verified(value))
    assert refusal_of({**value, "objects": {"0": HELD, "1": held}}).pointer == "/objects"


@pytest.mark.parametrize("profiles", [frozenset({profile}) for profile in Profile], ids=str)
def test_a_credential_is_refused_under_every_profile(profiles: frozenset[Profile]) -> None:
    with pytest.raises(ProfileError) as refusal:
        check_object(verified(changed("user-account", credential="-")), profiles)
    assert refusal.value.pointer == "/credential"


@pytest.mark.parametrize("type_name", ["mutex", "url", "file"])
def test_a_name_based_id_is_that_of_its_object_under_ocsea_alone(type_name: str) -> None:
    value = changed(type_name, id=f"{type_name}--{FOUR.replace('-4e3c-', '-5e3c-')}")
    assert refusal_of(value).pointer == "/id"
    del value["extensions"]
    assert check_object(verified(value), BOTH).facts.profile is Profile.STIX


@pytest.mark.parametrize(
    "value",
    [
        {"type": "x-phone", "id": f"x-phone--{FOUR}", "value": "555-0117"},
        changed("marking-definition", extensions=DELETE, definition_type="acme", definition={"level": 5}),
        changed("tool", kill_chain_phases=[{"kill_chain_name": KILL_CHAIN, "phase_name": "delivery"}]),
        changed("threat-actor", extensions=DELETE),
    ],
)
def test_what_is_valid_stix_is_taken_under_stix_and_not_under_ocsea(value: dict[str, Any]) -> None:
    assert check_object(verified(value), frozenset({Profile.STIX})).facts.profile is Profile.STIX
    assert refusal_of(value).code in (Code.OBJECT_TYPE_UNSUPPORTED, Code.PROFILE_VIOLATION)


# --- which profile --------------------------------------------------------------------------------------------------------------


def _without_context(type_name: str) -> dict[str, Any]:
    value = authored_objects()[type_name]
    return {**value, "extensions": {FOREIGN_EXTENSION: {"extension_type": "property-extension", "stage": 1}}}


@pytest.mark.parametrize("profiles", [BOTH, frozenset({Profile.STIX})])
def test_the_stix_profile_needs_no_context(profiles: frozenset[Profile]) -> None:
    value = _without_context("indicator") | {"kill_chain_phases": [{"kill_chain_name": KILL_CHAIN, "phase_name": "delivery"}]}
    assert check_object(verified(value), profiles).facts.profile is Profile.STIX
    with pytest.raises(ProfileError, match="ocsea-context"):
        check_object(verified(value))


def test_what_carries_the_context_is_checked_by_ocsea_where_both_are_agreed() -> None:
    value = authored_objects()["indicator"]
    assert check_object(verified(value), BOTH).facts.profile is Profile.OCSEA
    assert check_object(verified(value), frozenset({Profile.STIX})).facts.profile is Profile.STIX


def test_our_own_extensions_are_closed_under_the_stix_profile_too() -> None:
    value = authored_objects()["indicator"]
    value["extensions"][OCSEA_CONTEXT]["urgency"] = "now"
    with pytest.raises(ProfileError) as refused:
        check_object(verified(value), frozenset({Profile.STIX}))
    assert refused.value.pointer == f"/extensions/{OCSEA_CONTEXT}/urgency"
