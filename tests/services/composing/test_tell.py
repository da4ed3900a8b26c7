"""What a form came to, as a document."""

from __future__ import annotations

import json

from app.http.composer_payloads import ComposedPayload
from app.services.composing.compose_form import compose_form
from app.services.composing.tell import composed_document
from tests.factories.observation_forms import form, writing


def test_objects_and_what_is_told_of_them_stand_side_by_side() -> None:
    document = composed_document(compose_form(form({"kind": "handle", "value": "a1"}), writing()))
    assert [one["id"] for one in document["objects"]] == [one["id"] for one in document["told"]]
    assert all(one["handling"] for one in document["told"])
    assert json.loads(json.dumps(document)) == document


def test_refusals_have_code_sentence_and_place() -> None:
    document = composed_document(compose_form([], writing()))
    assert document["objects"] == []
    [refusal] = document["refusals"]
    assert refusal.keys() == {"code", "detail", "pointer"}


def test_it_is_what_the_interface_describes() -> None:
    document = composed_document(compose_form(form(), writing()))
    assert document.keys() == ComposedPayload().fields.keys() - {"imminent_risk"}
