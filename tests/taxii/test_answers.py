from __future__ import annotations

from datetime import UTC, datetime

from app.services.reading.pull import Manifest, ManifestEntry, Page
from app.taxii.answers import answer, answer_envelope, answer_manifest, answer_versions
from app.taxii.media_types import TAXII

FIRST, LAST = datetime(2026, 1, 5, 10, tzinfo=UTC), datetime(2026, 1, 5, 11, 0, 0, 1, UTC)


def test_a_document_is_json_of_the_media_type() -> None:
    response = answer({"title": "é"}, 202)
    assert (response.status_code, response.content_type, response.json) == (202, TAXII, {"title": "é"})


def test_an_envelope_has_the_stored_bytes() -> None:
    response = answer_envelope(Page([b'{"a":1.0}', b'{"b" : "x"}'], "cursor", more=True, first_added=FIRST, last_added=LAST))
    assert response.get_data() == b'{"more":true,"next":"cursor","objects":[{"a":1.0},{"b" : "x"}]}'
    assert response.content_type == TAXII
    assert response.headers["X-TAXII-Date-Added-First"] == "2026-01-05T10:00:00.000000Z"
    assert response.headers["X-TAXII-Date-Added-Last"] == "2026-01-05T11:00:00.000001Z"


def test_the_last_page_names_no_next_one() -> None:
    response = answer_envelope(Page([b"{}"], "cursor", more=False, first_added=FIRST, last_added=FIRST))
    assert response.get_data() == b'{"more":false,"objects":[{}]}'


def test_an_empty_envelope_is_empty() -> None:
    response = answer_envelope(Page([], "cursor", more=False))
    assert response.get_data() == b"{}"
    assert "X-TAXII-Date-Added-First" not in response.headers


AN_ENTRY = ManifestEntry("indicator--1", "2026-01-05T10:00:00.1Z", FIRST)
ANOTHER = ManifestEntry("indicator--1", "2026-01-05T10:00:00.10Z", LAST)


def test_a_manifest_names_versions_verbatim() -> None:
    response = answer_manifest(Manifest([AN_ENTRY, ANOTHER], "cursor", more=True, first_added=FIRST, last_added=LAST))
    assert response.json is not None
    assert (response.json["more"], response.json["next"]) == (True, "cursor")
    assert response.json["objects"][0] == {
        "id": "indicator--1",
        "date_added": "2026-01-05T10:00:00.000000Z",
        "version": "2026-01-05T10:00:00.1Z",
        "media_type": "application/stix+json;version=2.1",
    }
    assert response.json["objects"][1]["version"] == "2026-01-05T10:00:00.10Z"
    assert response.headers["X-TAXII-Date-Added-Last"] == "2026-01-05T11:00:00.000001Z"


def test_versions_are_listed_once() -> None:
    response = answer_versions(Manifest([AN_ENTRY, ANOTHER, AN_ENTRY], "cursor", more=False, first_added=FIRST, last_added=LAST))
    assert response.json == {"more": False, "versions": [AN_ENTRY.version, ANOTHER.version]}


def test_an_empty_manifest_and_an_empty_list_of_versions_are_empty() -> None:
    for write in (answer_manifest, answer_versions):
        assert write(Manifest([], "cursor", more=False)).get_data() == b"{}"
