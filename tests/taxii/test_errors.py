from __future__ import annotations

from flask import Flask

from app.domain.errors import Code
from app.taxii.errors import taxii_error
from app.taxii.media_types import TAXII
from app.web.refusals import Refused


def test_an_error_message_has_the_members_of_the_specification() -> None:
    with Flask("test").test_request_context(headers={"X-Request-Id": "abc"}):
        plain = taxii_error(Refused(404, Code.NOT_FOUND, "Nothing."))
        whole = taxii_error(Refused(400, Code.REQUEST_INVALID, "No envelope.", ""))
        pointed = taxii_error(Refused(400, Code.JSON_SYNTAX, "No JSON.", "/objects/0"))
    assert (plain.status_code, plain.content_type) == (404, TAXII)
    assert plain.json == {
        "title": "Not found",
        "description": "Nothing.",
        "error_id": "abc",
        "error_code": "not-found",
        "http_status": "404",
    }
    assert whole.json is not None
    assert "details" not in whole.json
    assert pointed.json is not None
    assert pointed.json["details"] == {"pointer": "/objects/0"}
