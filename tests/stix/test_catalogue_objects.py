"""The catalogue as STIX: our own check, stix2 and stix2-validator take it; what a release leaves as it was stays byte by byte."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import stix2

from app.domain.catalogue import Catalogue
from app.domain.catalogue_release import Changes, following_release
from app.domain.vocabulary import Tlp
from app.stix import catalogue_objects as module
from app.stix.catalogue_documents import read_catalogue
from app.stix.catalogue_objects import behaviour_id, catalogue_objects, countermeasure_id, mitigation_id
from app.stix.profile import check_object
from breakwater_client.documents.published import founding_catalogue, project_identity
from breakwater_client.extensions import COUNTERMEASURE_PROFILE, OCSEA_CONTEXT
from breakwater_client.tlp_markings import TLP_MARKINGS
from tests.stix.authored_objects import verified

FOUNDING = read_catalogue(founding_catalogue())
PUBLISHER = "identity--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"
SECOND = datetime(2027, 1, 1, tzinfo=UTC)


def objects_of(catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    objects = catalogue_objects(catalogue, PUBLISHER)
    by_id = {one["id"]: one for one in objects}
    assert len(by_id) == len(objects)
    return by_id


ALL = objects_of(FOUNDING)


def changed(**changes: Any) -> dict[str, dict[str, Any]]:
    """Give the objects of a release after the founding one that are not the founding ones, byte by byte."""
    after = objects_of(following_release(FOUNDING, Changes(**changes), SECOND))
    assert after.keys() >= ALL.keys()
    return {name: one for name, one in after.items() if json.dumps(one) != json.dumps(ALL.get(name))}


@pytest.mark.parametrize("name", ALL)
def test_our_own_check_takes_each_object(name: str) -> None:
    checked = check_object(verified(ALL[name]))
    assert checked.facts.stix_id == name


def test_the_library_reads_them() -> None:
    bundle = stix2.parse({"type": "bundle", "id": f"bundle--{PUBLISHER[-36:]}", "objects": list(ALL.values())})
    assert len(bundle["objects"]) == len(ALL)


def test_the_validator_has_nothing_against_them() -> None:
    from stix2validator import ValidationOptions, validate_instance  # noqa: PLC0415  # it takes seconds, in every process of the suite

    logging.disable(logging.WARNING)
    try:
        options = ValidationOptions(version="2.1", strict=False, disabled="all")
        errors = [each.message for one in ALL.values() for each in validate_instance(dict(one), options).errors]
    finally:
        logging.disable(logging.NOTSET)
    assert errors == []


def test_ids_are_made_of_codes_in_the_namespace_of_the_project() -> None:
    assert project_identity()["id"].endswith(str(module._NAMES))
    assert behaviour_id("OP-012") == "attack-pattern--ee91a6c1-930c-5170-b446-0b91d2634c2c"
    assert countermeasure_id("CM-007") == "course-of-action--1767d4d8-9906-5e27-bd77-04cb548e6f2e"
    assert {behaviour_id(one.code) for one in FOUNDING.behaviours} < ALL.keys()
    assert {countermeasure_id(one.code) for one in FOUNDING.countermeasures} < ALL.keys()


def test_objects_say_their_codes_and_are_for_everybody() -> None:
    for name, one in ALL.items():
        assert [TLP_MARKINGS[marking] for marking in one["object_marking_refs"]] == [Tlp.CLEAR]
        assert one["created_by_ref"] == PUBLISHER
        if one["type"] != "relationship":
            own = one["external_references"][0]
            assert own["source_name"] == "breakwater-catalogue"
            assert name in {behaviour_id(own["external_id"]), countermeasure_id(own["external_id"])}


def test_a_behaviour_is_in_its_phase_and_says_where_it_is_seen() -> None:
    one = FOUNDING.behaviours_by_code["OP-012"]
    said = ALL[behaviour_id("OP-012")]
    assert said["kill_chain_phases"] == [{"kill_chain_name": "ocsea-disruption", "phase_name": "coercion-and-control"}]
    assert said["extensions"][OCSEA_CONTEXT]["behaviours"] == ["OP-012"]
    assert said["extensions"][OCSEA_CONTEXT]["surfaces"] == sorted(one.surfaces)
    assert said["description"].startswith(one.definition)
    assert one.detection in said["description"]


def test_a_countermeasure_says_what_it_does_to_rights() -> None:
    one = FOUNDING.countermeasures_by_code["CM-007"]
    profile = ALL[countermeasure_id("CM-007")]["extensions"][COUNTERMEASURE_PROFILE]
    assert (profile["evidence"], profile["intent"]) == (one.evidence, one.intent)
    assert (profile["rights_impact"], profile["surfaces"]) == (one.rights_impact, sorted(one.surfaces))


def test_each_mitigation_is_a_relationship() -> None:
    said = {(one["source_ref"], one["target_ref"]) for one in ALL.values() if one["type"] == "relationship"}
    assert said == {
        (countermeasure_id(one.code), behaviour_id(code)) for one in FOUNDING.countermeasures for code in one.mitigates
    }


def test_a_release_that_changes_nothing_gives_the_same_bytes() -> None:
    assert changed() == {}


def test_a_changed_behaviour_is_a_new_version_of_itself_alone() -> None:
    one = replace(FOUNDING.behaviours_by_code["OP-012"], name="Other words")
    assert changed(behaviours=(one,)).keys() == {behaviour_id("OP-012")}
    said = changed(behaviours=(one,))[behaviour_id("OP-012")]
    assert (said["created"], said["modified"]) == ("2026-11-27T00:00:00.000Z", "2027-01-01T00:00:00.000Z")


def test_what_mitigates_no_more_is_revoked() -> None:
    one = FOUNDING.countermeasures_by_code["CM-007"]
    code = min(one.mitigates)
    after = changed(countermeasures=(replace(one, mitigates=one.mitigates - {code}),))
    assert [name for name, said in after.items() if said.get("revoked")] == [mitigation_id("CM-007", code)]


def test_what_is_retired_is_revoked_and_says_what_stands_for_it() -> None:
    after = changed(retired={"OP-012": ("OP-014",)})
    gone = after[behaviour_id("OP-012")]
    assert gone["revoked"]
    assert gone["description"].endswith("Retired by release 2. Instead: OP-014.")
    ended = {name for name, said in after.items() if said["type"] == "relationship" and said["target_ref"] == gone["id"]}
    assert ended == {name for name, said in ALL.items() if said.get("target_ref") == gone["id"]}
    assert all(after[name]["revoked"] for name in ended)
    assert changed(retired={"CM-021": ()})[countermeasure_id("CM-021")]["description"].endswith("Retired by release 2.")


def test_what_revoked_a_release_still_passes_our_check() -> None:
    for one in changed(retired={"OP-012": (), "CM-001": ()}).values():
        assert re.fullmatch("[a-z-]+--.*", check_object(verified(one)).facts.stix_id)
