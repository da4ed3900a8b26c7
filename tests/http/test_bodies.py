from __future__ import annotations

import io
import json

import pytest

from app.http.bodies import _first_message
from app.services.read_document import MAX_DOCUMENT_BYTES
from tests.factories.exchanges import FakePartner, RunningExchange, agreement_document

PARTNER = {"name": "Platform A", "role": "platform", "jurisdiction": "NL"}


@pytest.mark.parametrize("media_type", ["application/json", "application/json; charset=utf-8", 'Application/JSON;x="y"'])
def test_json_is_read_whatever_its_parameters(running: RunningExchange, media_type: str) -> None:
    assert running.operator.post("partners", PARTNER, media_type=media_type).status == 201


@pytest.mark.parametrize(
    "media_type",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", "json"],
)
def test_nothing_else_is_read(running: RunningExchange, media_type: str | None) -> None:
    answer = running.operator.post("partners", PARTNER, media_type=media_type)
    assert (answer.status, answer.code) == (415, "media-type-unsupported")


def test_an_encoded_body_is_not_unpacked(running: RunningExchange) -> None:
    answer = running.operator.post("partners", PARTNER, headers={"Content-Encoding": "gzip"})
    assert (answer.status, answer.code) == (415, "media-type-unsupported")
    assert running.operator.post("partners", PARTNER, headers={"Content-Encoding": "identity"}).status == 201


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


def test_a_reading_route_does_not_look_at_a_body(platform: FakePartner) -> None:
    headers = {"Breakwater-Purpose": "detection"}
    for body in (b"{", b"x" * 300_000, b"\xff"):
        assert platform.send("GET", "objects", body=body, headers=headers).status == 200


class Broken(io.BytesIO):
    """A body that breaks off, as a server's reading of malformed chunks does."""

    def __init__(self, failure: Exception) -> None:
        super().__init__()
        self.failure = failure

    def read(self, _size: int | None = -1) -> bytes:
        raise self.failure

    readinto = read  # type: ignore[assignment]  # it reads nothing either


def chunked(running: RunningExchange, body: io.BytesIO, path: str = "partners") -> tuple[int, str]:
    """Send a body whose length nobody says beforehand."""
    response = running.app.test_client().post(
        f"/api/v1/{path}",
        input_stream=body,
        headers={"Authorization": f"Bearer {running.operator.token}", "Transfer-Encoding": "chunked"},
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True},
    )
    return response.status_code, response.get_json(force=True).get("code", "")


def test_a_chunked_body_is_read_like_any_other(running: RunningExchange) -> None:
    body = json.dumps(PARTNER).encode()
    assert chunked(running, io.BytesIO(body.ljust(MAX_DOCUMENT_BYTES))) == (201, "")


@pytest.mark.parametrize("more", [1, 2, 100_000])
def test_a_chunked_body_is_too_large_from_the_first_byte_on_and_not_cut_off(running: RunningExchange, more: int) -> None:
    body = json.dumps(PARTNER).encode()
    assert chunked(running, io.BytesIO(body.ljust(MAX_DOCUMENT_BYTES + more))) == (413, "body-too-large")


@pytest.mark.parametrize("path", ["partners", f"keys/{'0' * 64}/activation"])
def test_a_body_that_breaks_off_is_an_error_of_the_caller(running: RunningExchange, path: str) -> None:
    for failure in (OSError("SECRET"), RuntimeError("SECRET"), ValueError("SECRET")):
        assert chunked(running, Broken(failure), path) == (400, "request-invalid")


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
