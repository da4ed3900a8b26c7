from __future__ import annotations

import pytest

from app.http.strict_parser import _first_message
from tests.factories.exchanges import FakePartner, RunningExchange, agreement_document

PARTNER = {"name": "Platform A", "role": "platform", "jurisdiction": "NL"}


@pytest.mark.parametrize("media_type", ["application/json", "application/json; charset=utf-8", 'Application/JSON;x="y"'])
def test_json_is_read_whatever_its_parameters(running: RunningExchange, media_type: str) -> None:
    assert running.operator.post("partners", PARTNER, media_type=media_type).status == 201


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"nmae": "x"}, "/nmae"),
        ({"name": 1}, "/name"),
        ({"name": None}, "/name"),
        ({"name": ""}, "/name"),
        ({"role": "Platform"}, "/role"),
        ({"jurisdiction": "nl"}, "/jurisdiction"),
        ({"identity_id": "identity--x"}, "/identity_id"),
    ],
)
def test_a_field_that_does_not_fit_is_pointed_at(running: RunningExchange, change: dict[str, object], pointer: str) -> None:
    answer = running.operator.post("partners", PARTNER | change)
    assert (answer.status, answer.code, answer.json["pointer"]) == (400, "request-invalid", pointer)
    assert len(running.operator.get("partners").json["partners"]) == 2


def test_a_missing_field_is_pointed_at(running: RunningExchange) -> None:
    answer = running.operator.post("partners", {"role": "platform", "jurisdiction": "NL"})
    assert answer.json["pointer"] == "/name"


@pytest.mark.parametrize("name", ["victim@example.org", "+31 555 0100", "x" * 41, "a/b", "2026"])
def test_a_name_that_may_be_a_value_is_not_repeated(running: RunningExchange, name: str) -> None:
    answer = running.operator.post("partners", PARTNER | {name: "secret-value"})
    assert (answer.status, answer.json["pointer"]) == (400, "")
    assert name.encode() not in answer.body
    assert b"secret-value" not in answer.body


def test_a_deep_place_is_pointed_at(running: RunningExchange, platform: FakePartner) -> None:
    document = agreement_document(platform.partner_id)
    document["read"]["purposes"] = ["detection", "curiosity"]
    answer = running.operator.post("agreements", document)
    assert (answer.status, answer.json["pointer"]) == (400, "/read/purposes/1")


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"1", b"null", b"true"])
def test_a_document_is_an_object(running: RunningExchange, body: bytes) -> None:
    answer = running.operator.send("POST", "partners", body=body)
    assert (answer.status, answer.code) == (400, "request-invalid")


def test_a_route_that_needs_no_body_takes_none_or_an_empty_object(platform: FakePartner) -> None:
    assert platform.post("keys/challenges").status == 201
    assert platform.send("POST", "keys/challenges", body=b"", media_type="application/json").status == 201
    assert platform.send("POST", "keys/challenges", body=b" {} ").status == 201
    assert platform.post("keys/challenges", {"challenge": "mine"}).status == 400
    assert platform.send("POST", "keys/challenges", body=b"{}", media_type="text/plain").status == 415
    assert platform.send("POST", "keys/challenges", body=b"nothing").status == 400


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ({"name": ["Missing."]}, (["name"], "Missing.")),
        ({"read": {"purposes": {1: ["No."]}}}, (["read", "purposes", "1"], "No.")),
        ({"_schema": ["Invalid input type."]}, ([], "Invalid input type.")),
        ({"a b": {"name": ["No."]}}, ([], "No.")),
        ({}, ([], "Invalid.")),
        ([], ([], "Invalid.")),
    ],
)
def test_the_first_message_is_found_at_any_depth(messages: object, expected: tuple[list[str], str]) -> None:
    assert _first_message(messages) == expected
