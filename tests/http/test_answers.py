from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import pytest
from flask import Flask, Response

from app.domain.errors import Code
from app.http.answers import answer_json, answer_objects, answer_page, submission_document
from app.services.reading.pull import Given, Page
from breakwater_client.submission import ObjectResult, Refusal, ResultStatus, Submission

BODIES = [b'{"id":"a--1","z":1.0}', '{"id":"a--2","name":"é"}'.encode()]
NOW = datetime(2026, 1, 31, 8, tzinfo=UTC)


def objects(bodies: list[bytes], **headers: str) -> Response:
    with Flask(__name__).test_request_context("/", headers={name.replace("_", "-"): value for name, value in headers.items()}):
        return answer_objects(Given(bodies, []))


def test_a_page_is_the_stored_bytes_joined() -> None:
    response = answer_page(Page(BODIES, 'cursor-"1"', more=True, first_added=NOW, last_added=NOW))
    body = response.get_data()
    assert body == b'{"more":true,"next":"cursor-\\"1\\"","attestations":[],"objects":[' + BODIES[0] + b"," + BODIES[1] + b"]}"
    assert json.loads(body)["next"] == 'cursor-"1"'
    assert response.headers["X-Breakwater-Added-First"] == "2026-01-31T08:00:00.000000Z"
    assert response.content_type == "application/json"


def test_an_empty_page_has_no_dates() -> None:
    response = answer_page(Page([], "c", more=False))
    assert json.loads(response.get_data()) == {"more": False, "next": "c", "attestations": [], "objects": []}
    assert "X-Breakwater-Added-First" not in response.headers


def test_objects_have_a_strong_tag_of_their_digests() -> None:
    response = objects(BODIES)
    digests = b"".join(hashlib.sha256(body).digest() for body in BODIES)
    assert response.headers["ETag"] == f'"{hashlib.sha256(digests).hexdigest()}"'
    assert json.loads(response.get_data()) == {"attestations": [], "objects": [json.loads(body) for body in BODIES]}
    tags = {objects(bodies).headers["ETag"] for bodies in (BODIES, BODIES[::-1], BODIES[:1], [b"".join(BODIES)])}
    assert len(tags) == 4


@pytest.mark.parametrize("form", ["{tag}", "W/{tag}", '"other", {tag}', "*", '{tag}, "other"'])
def test_who_has_these_bytes_gets_none(form: str) -> None:
    tag = objects(BODIES).headers["ETag"]
    response = objects(BODIES, If_None_Match=form.format(tag=tag))
    assert (response.status_code, response.get_data(), response.headers["ETag"]) == (304, b"", tag)


@pytest.mark.parametrize("text", ['"other"', "", "x", '"', "W/", '"\xff"', ",,,"])
def test_who_has_others_gets_these(text: str) -> None:
    assert objects(BODIES, If_None_Match=text).status_code == 200


def test_other_preconditions_change_nothing() -> None:
    for header in ("If_Match", "If_Unmodified_Since", "If_Modified_Since", "Range"):
        assert objects(BODIES, **{header: "Thu, 01 Jan 2099 00:00:00 GMT"}).status_code == 200


def test_json_says_where_the_thing_is() -> None:
    response = answer_json({"a": "é"}, 201, "/there")
    assert (response.status_code, response.headers["Location"]) == (201, "/there")
    assert json.loads(response.get_data()) == {"a": "é"}


def test_a_submission_lists_results_in_order() -> None:
    refusal = Refusal(Code.SCHEMA_VIOLATION, "No.", "/objects/1/name")
    results = (
        ObjectResult("/objects/0", ResultStatus.STORED, "a--1", "v", "d" * 64, 7),
        ObjectResult("/objects/1", ResultStatus.REFUSED, refusal=refusal),
    )
    assert submission_document(Submission("s", "p", NOW, results, {"payload": "x"}), ()) == {
        "id": "s",
        "received_at": "2026-01-31T08:00:00.000000Z",
        "results": [
            {
                "pointer": "/objects/0",
                "status": "stored",
                "id": "a--1",
                "version": "v",
                "payload_digest": "d" * 64,
                "log_index": 7,
            },
            {
                "pointer": "/objects/1",
                "status": "refused",
                "code": "schema-violation",
                "detail": "No.",
                "refusal_pointer": "/objects/1/name",
            },
        ],
        "receipt": {"payload": "x"},
    }


def test_of_what_was_erased_since_a_submission_tells_the_log_index_alone() -> None:
    gone = ObjectResult("/objects/0", ResultStatus.STORED, log_index=7)
    told = submission_document(Submission("s", "p", NOW, (gone,), {}), ())
    assert told["results"] == [{"pointer": "/objects/0", "status": "stored", "log_index": 7}]
