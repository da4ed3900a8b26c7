from __future__ import annotations

import io
from collections.abc import Mapping

import pytest

from app.domain.permissions import Permission
from app.services.read_document import MAX_BODY_BYTES
from tests.factories.exchanges import Answer, FakePartner, RunningExchange, issue
from tests.factories.taxii import COLLECTIONS, ROOT, TAXII, ask, of

EVERYTHING_WRONG = {"Accept": "text/html", "Content-Type": "text/plain", "Content-Encoding": "gzip"}


def posted(partner: FakePartner, collection: str, headers: Mapping[str, str], body: bytes, query: str = "") -> Answer:
    return partner.send("POST", of(collection) + query, body=body, media_type=None, headers=headers)


def test_a_post_is_refused_for_one_thing_after_the_other(running: RunningExchange, platform: FakePartner) -> None:
    long, wrong = b"x" * (MAX_BODY_BYTES + 1), "?limit=1"
    nobody = FakePartner(platform.transport, "bw_" + "A" * 43)
    assert posted(nobody, "nowhere", EVERYTHING_WRONG, long, wrong).status == 401
    assert posted(platform, "nowhere", EVERYTHING_WRONG, long, wrong).status == 404
    assert posted(platform, "harm-csam", EVERYTHING_WRONG, long, wrong).status == 403
    assert posted(platform, "exchange", EVERYTHING_WRONG, long, wrong).status == 406
    accepting = EVERYTHING_WRONG | {"Accept": TAXII}
    assert posted(platform, "exchange", accepting, long, wrong).status == 413
    assert posted(platform, "exchange", accepting, b"{", wrong).status == 415
    assert posted(platform, "exchange", accepting | {"Content-Type": TAXII}, b"{", wrong).status == 415
    read = {"Accept": TAXII, "Content-Type": TAXII, "Content-Encoding": "Identity"}
    assert posted(platform, "exchange", read, b"{", wrong).json["error_code"] == "request-invalid"
    assert posted(platform, "exchange", read, b"{").json["error_code"] == "json-syntax"
    assert running.exchange


def test_a_read_is_refused_for_one_thing_after_the_other(running: RunningExchange, platform: FakePartner) -> None:
    wrong, html = {"nonsense": "1"}, {"Accept": "text/html"}
    assert ask(platform, of("nowhere"), wrong, html).status == 404
    platform.token = issue(running.operator, platform, {Permission.OBJECTS_SUBMIT})
    assert ask(platform, of("exchange"), wrong, html).status == 403
    platform.token = issue(running.operator, platform, {Permission.OBJECTS_READ})
    assert ask(platform, of("exchange"), wrong, html).status == 406
    assert ask(platform, of("exchange"), wrong).status == 400


def test_taking_back_is_refused_for_one_thing_after_the_other(running: RunningExchange, platform: FakePartner) -> None:
    wrong, html = {"nonsense": "1"}, {"Accept": "text/html"}
    assert ask(platform, of("nowhere", "objects/x/"), wrong, html, "DELETE").status == 404
    assert ask(platform, of("harm-csam", "objects/x/"), wrong, html, "DELETE").status == 403
    assert ask(platform, of("exchange", "objects/x/"), wrong, html, "DELETE").status == 406
    assert ask(platform, of("exchange", "objects/x/"), wrong, method="DELETE").status == 400
    assert ask(platform, of("exchange", "objects/x/"), method="DELETE").status == 404
    assert running.exchange


@pytest.mark.parametrize("path", ["/taxii2/", f"{ROOT}/", COLLECTIONS, of("exchange", ""), of("exchange")])
def test_every_resource_negotiates_and_knows_its_parameters(platform: FakePartner, path: str) -> None:
    for accept in ("application/taxii+json", "*/*", 'application/taxii+json; version="2.1"'):
        answer = ask(platform, path, headers={"Accept": accept})
        assert (answer.status, answer.headers["Content-Type"]) == (200, TAXII)
    for accept in ("application/json", "application/taxii+json;version=2.0"):
        answer = ask(platform, path, headers={"Accept": accept})
        assert (answer.status, answer.json["error_code"], answer.headers["Content-Type"]) == (406, "not-acceptable", TAXII)
    for query in ([("nonsense", "1")], [("limit", "1"), ("limit", "1")], [("match[nonsense]", "1")]):
        assert ask(platform, path, query).json["error_code"] == "request-invalid"


def test_a_chunked_body_that_is_too_long_is_refused_as_well(running: RunningExchange, platform: FakePartner) -> None:
    answer = running.app.test_client().post(
        of("exchange"),
        input_stream=io.BytesIO(b"{}".ljust(MAX_BODY_BYTES + 1)),
        headers={"Authorization": f"Bearer {platform.token}", "Content-Type": TAXII, "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 413
