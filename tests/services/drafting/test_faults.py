"""Keeps that all faults of a form are told at once."""

from __future__ import annotations

import base64

from app.domain.errors import Code, ConflictError, ForbiddenContentError, ProfileError
from app.services.drafting.faults import faults_of

PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(300)).decode()
FORBIDDEN = ForbiddenContentError("No.", code=Code.PERSON_DATA_FORBIDDEN, pointer="/what/title")


def test_all_faults_are_told_and_material_is_marked() -> None:
    document = {
        "what": {"title": "Write to a.b@mail.example.org", "description": f"seen {PICTURE}"},
        "observables": [{"value": "@ok"}, {"kind": "handle", "value": "a.b@mail.example.org"}],
    }
    found = faults_of(document, FORBIDDEN)
    places = {(one.pointer, one.is_material) for one in found}
    assert places == {("/what/title", False), ("/what/description", True), ("/observables/1/value", False)}
    assert not any("a.b@" in one.sentence or PICTURE in one.sentence for one in found)


def test_a_text_that_describes_a_child_is_not_shown_again_either_and_one_with_a_contact_is() -> None:
    document = {"what": {"title": "a girl named Alice, aged 9", "description": "Write to a.b@mail.example.org"}}
    found = {one.pointer: one.is_material for one in faults_of(document, FORBIDDEN)}
    assert found == {"/what/title": True, "/what/description": False}


def test_bare_identifiers_alone_are_told_each() -> None:
    document = {"observables": [{"value": "a.b@mail.example.org"}, {"value": "+1 202 555 0142"}]}
    refusal = ProfileError("No.", code=Code.OBSERVABLE_INVALID, pointer="/observables/0/value")
    assert [one.pointer for one in faults_of(document, refusal)] == ["/observables/0/value", "/observables/1/value"]


def test_any_other_refusal_is_told_as_it_is_and_many_are_bounded() -> None:
    assert [(one.pointer, one.sentence) for one in faults_of({}, ConflictError("Stale."))] == [("", "Stale.")]
    many = {"observables": [{"value": PICTURE} for _ in range(40)]}
    assert len(faults_of(many, FORBIDDEN)) == 20
    assert [one.pointer for one in faults_of({"victim_name": "Somebody"}, FORBIDDEN)] == [""]
