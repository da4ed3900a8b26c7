"""Releases in files: read, checked, looked through, and given in forms that stand alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
import stix2

from app.domain.errors import MalformedInputError, NotFoundError
from app.domain.vocabulary import Harm, Phase, Surface
from app.services.cataloguing import release_files
from app.services.cataloguing.founding import founding
from app.services.cataloguing.release_files import Narrowing, Problem

FOUNDING = founding()


def document() -> dict[str, Any]:
    return release_files.release_document(FOUNDING)


def raw(value: object) -> bytes:
    return json.dumps(value).encode()


def codes(narrowing: Narrowing) -> tuple[set[str], set[str]]:
    behaviours, countermeasures = release_files.entries(FOUNDING, narrowing)
    return {one.code for one in behaviours}, {one.code for one in countermeasures}


def test_what_is_written_is_read() -> None:
    assert release_files.read_release(raw(document())) == FOUNDING
    assert release_files.lint_release(raw(document())) == []


@pytest.mark.parametrize("value", [{}, {**document(), "behaviours": [1]}, {**document(), "released_at": "soon"}, []])
def test_what_is_no_release_is_refused(value: object) -> None:
    with pytest.raises(MalformedInputError):
        release_files.read_release(raw(value))


def test_the_lint_tells_of_the_form_before_it_reads() -> None:
    value = document()
    value["behaviours"][0]["phase"] = "no-phase"
    value["note"] = "more"
    found = {(one.pointer, one.rule) for one in release_files.lint_release(raw(value))}
    assert found == {("/behaviours/0/phase", "structure"), ("", "structure")}


def test_the_lint_tells_what_may_not_stand_there() -> None:
    value = document()
    value["behaviours"][11]["detection"] = "Rooms that are announced by 40 accounts at rooms.example within a day are looked at."
    value["countermeasures"][0]["residual_risk"] = ""
    value["behaviours"][0]["references"][0]["url"] = "http://hotline.example/report"
    found = release_files.lint_release(raw(value))
    assert {(one.pointer, one.rule) for one in found} == {
        ("/behaviours/11/detection", "address"),
        ("/behaviours/11/detection", "number"),
        ("/countermeasures/0/residual_risk", "missing"),
        ("/behaviours/0/references/0/url", "reference"),
    }
    assert all(isinstance(one, Problem) and "rooms" not in one.sentence for one in found)


def test_a_time_that_does_not_exist_is_found() -> None:
    [found] = release_files.lint_release(raw({**document(), "released_at": "2027-02-30T00:00:00.000Z"}))
    assert found.rule == "structure"


def test_without_narrowing_all_in_force_is_listed() -> None:
    assert codes(Narrowing()) == ({one.code for one in FOUNDING.behaviours}, {one.code for one in FOUNDING.countermeasures})


def test_entries_are_narrowed_by_phase_surface_and_harm() -> None:
    behaviours, countermeasures = codes(Narrowing(Phase.COERCION_AND_CONTROL, Surface.PAYMENTS, Harm.SEXUAL_EXTORTION_FINANCIAL))
    assert behaviours == {"OP-013"}
    assert "CM-018" in countermeasures
    assert "CM-021" not in countermeasures
    for code in countermeasures:
        one = FOUNDING.countermeasures_by_code[code]
        assert Surface.PAYMENTS in one.surfaces
        assert one.mitigates & {"OP-012", "OP-013", "OP-014"}


def test_an_entry_is_found_by_its_code_and_no_other() -> None:
    assert release_files.entry_document(release_files.entry(FOUNDING, "OP-012"))["code"] == "OP-012"
    assert release_files.entry_document(release_files.entry(FOUNDING, "CM-007"))["intent"]
    with pytest.raises(NotFoundError):
        release_files.entry(FOUNDING, "OP-999")


def test_the_bundle_has_all_that_it_refers_to() -> None:
    bundle = release_files.stix_bundle(FOUNDING)
    there = {one["id"] for one in bundle["objects"]}
    assert len(there) == len(bundle["objects"])
    for one in bundle["objects"]:
        named = {one.get("created_by_ref"), *one.get("object_marking_refs", ()), *one.get("extensions", ())}
        named |= {one.get("source_ref"), one.get("target_ref")}
        assert named - {None} - {"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"} <= there
    assert len(stix2.parse(bundle)["objects"]) == len(there)


def test_the_layer_refuses_scores_of_nothing() -> None:
    assert release_files.layer(FOUNDING, {"OP-012": 1}, None)["techniques"]
    with pytest.raises(MalformedInputError):
        release_files.layer(FOUNDING, {"OP-999": 1}, None)


def test_the_navigators_data_has_a_matrix() -> None:
    assert release_files.navigator_data(FOUNDING)["objects"][0]["type"] == "x-mitre-matrix"
