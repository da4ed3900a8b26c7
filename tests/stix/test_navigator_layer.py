"""The layer follows the Navigator's format, and its data set has what the Navigator reads: nothing of either is ATT&CK's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest
import stix2

from app.domain.vocabulary import Phase, Surface
from app.stix.catalogue_documents import read_catalogue
from app.stix.navigator_layer import navigator_bundle, navigator_layer
from breakwater_client.documents.published import founding_catalogue
from tests.stix.navigator_format import LAYER_FORMAT

FOUNDING = read_catalogue(founding_catalogue())
PUBLISHER = "identity--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"
FORMAT = jsonschema_rs.validator_for(LAYER_FORMAT)
OBJECTS = navigator_bundle(FOUNDING, PUBLISHER)["objects"]


def of_type(name: str) -> list[dict[str, Any]]:
    return [one for one in OBJECTS if one["type"] == name]


@pytest.mark.parametrize("scores", [{}, {"OP-012": 3, "OP-001": 0.5}])
@pytest.mark.parametrize("url", [None, "https://exchange.example/catalogue.json"])
def test_a_layer_follows_the_format(scores: dict[str, float], url: str | None) -> None:
    FORMAT.validate(navigator_layer(FOUNDING, scores, url))


def test_the_format_finds_a_member_that_the_navigator_does_not_know() -> None:
    assert not FORMAT.is_valid({**navigator_layer(FOUNDING), "colour": "#ffffff"})
    assert not FORMAT.is_valid({**navigator_layer(FOUNDING), "versions": {"layer": "4.5"}})


def test_each_behaviour_in_force_stands_under_its_phase() -> None:
    retired = replace(FOUNDING.behaviours[0], retired_in=2)
    layer = navigator_layer(replace(FOUNDING, release=2, behaviours=(retired, *FOUNDING.behaviours[1:])))
    standing = [(one["techniqueID"], one["tactic"]) for one in layer["techniques"]]
    assert standing == [(one.code, one.phase) for one in FOUNDING.behaviours[1:]]
    assert (layer["domain"], layer["versions"]["attack"]) == ("ocsea-disruption", "2")


def test_a_behaviour_says_what_mitigates_it_and_how_well_that_is_known() -> None:
    [said] = [one for one in navigator_layer(FOUNDING)["techniques"] if one["techniqueID"] == "OP-024"]
    assert {"name": "CM-016", "value": "Matching of hashes and URLs (evidence: observational)"} in said["metadata"]
    assert all(link["url"].startswith("https://") for link in said["links"])


def test_scores_are_shown_from_nothing_to_the_highest() -> None:
    layer = navigator_layer(FOUNDING, {"OP-012": 7, "OP-001": 2})
    scores = {one["techniqueID"]: one["score"] for one in layer["techniques"] if "score" in one}
    assert scores == {"OP-012": 7, "OP-001": 2}
    assert (layer["gradient"]["minValue"], layer["gradient"]["maxValue"]) == (0, 7)
    flat = navigator_layer(FOUNDING, {"OP-012": 0})["gradient"]
    assert flat["maxValue"] > flat["minValue"]


@pytest.mark.parametrize(
    "scores", [{"OP-999": 1}, {"CM-001": 1}, {"OP-001": -1}, {"OP-001": float("nan")}, {"OP-001": float("inf")}]
)
def test_scores_of_nothing_and_no_numbers_are_refused(scores: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"^(A score is|Scores go)"):
        navigator_layer(FOUNDING, scores)


def test_phases_are_tactics_in_their_order() -> None:
    [matrix] = of_type("x-mitre-matrix")
    tactics = {one["id"]: one for one in of_type("x-mitre-tactic")}
    assert [tactics[ref]["x_mitre_shortname"] for ref in matrix["tactic_refs"]] == list(Phase)


def test_each_technique_is_found_by_its_code_under_a_tactic_and_on_platforms() -> None:
    """The Navigator takes the first external reference for the id, and fails on an object without one."""
    shortnames = {one["x_mitre_shortname"] for one in of_type("x-mitre-tactic")}
    for one in of_type("attack-pattern"):
        assert {phase["phase_name"] for phase in one["kill_chain_phases"]} <= shortnames
        assert set(one["x_mitre_platforms"]) <= set(Surface)
    for name in ("attack-pattern", "course-of-action", "x-mitre-tactic", "x-mitre-matrix"):
        assert all(one["external_references"][0]["external_id"] for one in of_type(name))
    codes = [one["external_references"][0]["external_id"] for one in of_type("attack-pattern")]
    assert codes == [one["techniqueID"] for one in navigator_layer(FOUNDING)["techniques"]]


def test_nothing_names_attack_as_its_source() -> None:
    names = {reference["source_name"] for one in OBJECTS for reference in one.get("external_references", [])}
    chains = {phase["kill_chain_name"] for one in of_type("attack-pattern") for phase in one["kill_chain_phases"]}
    assert not any(name.startswith("mitre") for name in names | chains)


def test_the_library_reads_the_data_set_and_its_id_stays() -> None:
    bundle = navigator_bundle(FOUNDING, PUBLISHER)
    assert len(stix2.parse(bundle, allow_custom=True)["objects"]) == len(OBJECTS)
    assert bundle == navigator_bundle(FOUNDING, PUBLISHER)
