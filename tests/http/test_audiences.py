from __future__ import annotations

from typing import Any

import pytest

from app.services.membership.register_audience import sign_audience
from breakwater_client.trust.keys import PrivateKey
from tests.factories.exchanges import EVERYBODY, FakePartner, RunningExchange

AUDIENCE = "audience--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
DOCUMENT: dict[str, Any] = {"audience_id": AUDIENCE} | EVERYBODY


def test_an_audience_comes_back_with_what_was_signed(running_on_both: RunningExchange) -> None:
    partner = running_on_both.enrol("Platform A", audience=None)
    envelope = sign_audience(DOCUMENT, partner.key)
    answer = partner.post("audiences", envelope)
    assert answer.status == 201
    assert answer.json == DOCUMENT | {"owner_id": partner.partner_id, "envelope": envelope}
    assert answer.headers["Location"] == f"/api/v1/audiences/{AUDIENCE}"
    for who in (partner, running_on_both.operator):
        assert who.get(f"audiences/{AUDIENCE}").json == answer.json
        listed = who.get("audiences").json
        assert (listed["audiences"], listed["count"], listed["more"]) == ([answer.json], 1, False)
        assert who.get("audiences", query={"next": "A" * 40}).code == "cursor-invalid"


def test_nobody_else_learns_that_it_exists(platform: FakePartner, hotline: FakePartner) -> None:
    assert platform.audience_id is not None
    headers = {"X-Request-Id": "same"}
    hidden = hotline.get(f"audiences/{platform.audience_id}", headers=headers)
    absent = hotline.get(f"audiences/{AUDIENCE}", headers=headers)
    assert (hidden.status, hidden.body) == (404, absent.body)
    assert [one["owner_id"] for one in hotline.get("audiences").json["audiences"]] == [hotline.partner_id]


def test_an_audience_is_never_changed(platform: FakePartner) -> None:
    assert platform.post("audiences", sign_audience(DOCUMENT, platform.key)).status == 201
    answer = platform.post("audiences", sign_audience(DOCUMENT | {"roles": []}, platform.key))
    assert (answer.status, answer.code) == (409, "state-conflict")


@pytest.mark.parametrize(
    "change",
    [
        {"audience_id": "audience--x"},
        {"roles": ["everybody"]},
        {"jurisdictions": ["nl"]},
        {"partners_in": ["x"]},
        {"partners_out": "any"},
        {"groups": []},
    ],
)
def test_a_signed_document_that_is_no_audience_is_refused(platform: FakePartner, change: dict[str, Any]) -> None:
    answer = platform.post("audiences", sign_audience(DOCUMENT | change, platform.key))
    assert (answer.status, answer.code) == (400, "request-invalid")
    assert len(platform.get("audiences").json["audiences"]) == 1


def test_only_an_active_key_of_ones_own_signs_an_audience(platform: FakePartner, hotline: FakePartner) -> None:
    for key in (PrivateKey.generate(), hotline.key):
        answer = platform.post("audiences", sign_audience(DOCUMENT, key))
        assert (answer.status, answer.code) == (422, "signature-invalid")


def test_a_changed_envelope_does_not_verify(platform: FakePartner) -> None:
    envelope = sign_audience(DOCUMENT, platform.key)
    other = sign_audience(DOCUMENT | {"roles": []}, platform.key)
    for changed in (envelope | {"payload": other["payload"]}, envelope | {"payloadType": "text/plain"}):
        assert platform.post("audiences", changed).code == "signature-invalid"


@pytest.mark.parametrize("document", [{}, {"payload": "x"}, DOCUMENT, {"payloadType": 1, "payload": 2, "signatures": 3}])
def test_what_is_no_envelope_is_refused(platform: FakePartner, document: dict[str, Any]) -> None:
    answer = platform.post("audiences", document)
    assert (answer.status, answer.code) == (400, "request-invalid")


def test_operators_have_no_audiences_of_their_own(running: RunningExchange, platform: FakePartner) -> None:
    assert running.operator.post("audiences", sign_audience(DOCUMENT, platform.key)).status == 403
