from __future__ import annotations

import base64
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest

from app.domain.vocabulary import Purpose
from breakwater_client.trust.canonical import canonical_bytes
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.stix_objects import context, indicator, newer, report
from tests.factories.taxii import COLLECTIONS, ROOT, TAXII, ask, ids, of, pages, post, post_signed

OBJECTS = of("exchange")


LONGEST_REQUEST_LINE = 8190
"""What gunicorn is told to read (app/cli/gunicorn_server.py)."""


# --- reading ----------------------------------------------------------------------------------------------------------------


def test_an_envelope_gives_exactly_the_bytes_that_were_signed(running_on_both: RunningExchange) -> None:
    publisher, reader = running_on_both.enrol("Platform A"), running_on_both.enrol("Hotline A")
    signed = [publisher.sign(indicator(name="Línea, 電話, \U0001f4a9", confidence=50, x_level=1.5)) for _ in range(3)]
    assert post(publisher, "exchange", signed).json["success_count"] == 3
    answer = ask(reader, OBJECTS)
    assert answer.headers["Content-Type"] == TAXII
    assert answer.body == b'{"more":false,"objects":[' + b",".join(map(canonical_bytes, signed)) + b"]}"


def test_the_second_page_of_the_most_ids_fits_into_a_request_line(platform: FakePartner) -> None:
    stored = [indicator(), indicator()]
    post_signed(platform, "exchange", *stored)
    named = [one["id"] for one in stored] + [f"windows-registry-key--{uuid.uuid4()}" for _ in range(78)]
    query = {"match[id]": ",".join(named), "match[version]": "last", "added_after": "2026-01-05T10:00:00.000000Z", "limit": "1"}
    first = ask(platform, OBJECTS, query)
    assert ids(first) == [stored[0]["id"]]
    query["next"] = first.json["next"]
    line = f"GET https://exchange.example.org{COLLECTIONS}{uuid.uuid4()}/objects/?{urlencode(query)} HTTP/1.1"
    assert LONGEST_REQUEST_LINE - 500 < len(line) < LONGEST_REQUEST_LINE
    assert ids(ask(platform, OBJECTS, query)) == [stored[1]["id"]]
    assert ask(platform, OBJECTS, query | {"match[id]": ",".join([*named, named[0]])}).json["error_code"] == "request-invalid"


def test_pages_follow_each_other_without_loss_or_double(running_on_both: RunningExchange) -> None:
    publisher, reader = running_on_both.enrol("Platform A"), running_on_both.enrol("Hotline A")
    values = [indicator() for _ in range(7)]
    post_signed(publisher, "exchange", *values)
    for limit in (1, 3, 7, 8):
        found = pages(reader, OBJECTS, limit=str(limit))
        assert [one["id"] for page in found for one in page] == [value["id"] for value in values]
        assert all(len(page) == limit for page in found[:-1])


def test_added_after_leaves_out_what_was_added_until_then(platform: FakePartner, hotline: FakePartner) -> None:
    first, second = indicator(), indicator()
    post_signed(platform, "exchange", first, second)
    headers = ask(hotline, OBJECTS).headers
    assert ids(ask(hotline, OBJECTS, {"added_after": headers["X-TAXII-Date-Added-First"]})) == [second["id"]]
    nothing = ask(hotline, OBJECTS, {"added_after": headers["X-TAXII-Date-Added-Last"]})
    assert (nothing.body, "X-TAXII-Date-Added-First" in nothing.headers) == (b"{}", False)


def test_filters_narrow(platform: FakePartner, hotline: FakePartner) -> None:
    one, other = indicator(), report(["indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"])
    post_signed(platform, "exchange", one, other)
    assert ids(ask(hotline, OBJECTS, {"match[type]": "report"})) == [other["id"]]
    assert ids(ask(hotline, OBJECTS, {"match[type]": "report,indicator"})) == [one["id"], other["id"]]
    assert ids(ask(hotline, OBJECTS, {"match[id]": one["id"]})) == [one["id"]]
    assert ids(ask(hotline, OBJECTS, {"match[id]": one["id"], "match[type]": "report"})) == []


def test_a_view_shows_its_harm_type(platform: FakePartner, hotline: FakePartner) -> None:
    one, other = indicator(extensions=context(harm_types=["csam"])), indicator()
    post_signed(platform, "exchange", one, other)
    assert ids(ask(hotline, of("harm-csam"))) == [one["id"]]
    assert ids(ask(hotline, of("harm-live-streamed-csa"))) == [other["id"]]
    assert ids(ask(hotline, of("harm-trafficking-related"))) == []


def test_a_basic_password_is_a_token_and_so_is_token(platform: FakePartner) -> None:
    basic = base64.b64encode(f"anything:{platform.token}".encode()).decode()
    for authorization in (f"Basic {basic}", f"Token {platform.token}", f"bearer {platform.token}"):
        assert ask(platform, OBJECTS, headers={"Authorization": authorization}).status == 200


def test_reading_needs_a_purpose_and_says_how_to_give_one(platform: FakePartner) -> None:
    platform.purpose = None
    answer = ask(platform, OBJECTS)
    assert (answer.status, answer.json["error_code"]) == (403, "purpose-missing")
    assert "Breakwater-Purpose" in answer.json["description"]


# --- versions, manifest and paging ------------------------------------------------------------------------------------------


def versions(*spellings: str) -> list[dict[str, Any]]:
    """Give versions of one object, oldest first."""
    first = indicator(modified=spellings[0])
    return [first, *(newer(first, modified=one) for one in spellings[1:])]


def test_the_newest_version_is_given_unless_others_are_asked_for(running_on_both: RunningExchange) -> None:
    publisher, reader = running_on_both.enrol("Platform A"), running_on_both.enrol("Hotline A")
    three = versions("2026-01-05T10:00:00.100Z", "2026-01-05T10:00:00.250Z", "2026-01-06T10:00:00.000Z")
    assert post_signed(publisher, "exchange", *three).json["success_count"] == 3
    first, middle, last = (one["modified"] for one in three)
    for wanted, expected in {
        None: [last],
        "last": [last],
        "first": [first],
        "all": [first, middle, last],
        "first,last": [first, last],
        middle: [middle],
        "2026-01-05T11:00:00.250000+01:00": [middle],
        f"last,{middle}": [middle, last],
        "2020-01-01T00:00:00Z": [],
    }.items():
        query = {} if wanted is None else {"match[version]": wanted}
        found = ask(reader, OBJECTS, query).json.get("objects", [])
        assert [one["modified"] for one in found] == expected, wanted
        listed = ask(reader, of("exchange", "manifest/"), query).json.get("objects", [])
        assert [one["version"] for one in listed] == expected, wanted
    assert ids(ask(reader, OBJECTS, {"match[spec_version]": "2.0"})) == []
    assert ids(ask(reader, OBJECTS, {"match[spec_version]": "2.0,2.1"})) == [three[0]["id"]]


def test_a_manifest_is_the_objects_without_their_bodies(platform: FakePartner, hotline: FakePartner) -> None:
    values = [indicator() for _ in range(5)]
    post_signed(platform, "exchange", *values)
    listed = pages(hotline, of("exchange", "manifest/"), limit="2")
    assert [len(page) for page in listed] == [2, 2, 1]
    flat = [one for page in listed for one in page]
    assert [one["id"] for one in flat] == [value["id"] for value in values]
    dates = [one["date_added"] for one in flat]
    assert len(set(dates)) == 5
    assert dates == sorted(dates)
    assert ids(ask(hotline, OBJECTS, {"added_after": dates[2]})) == [value["id"] for value in values[3:]]


def test_a_cursor_goes_on_by_itself_with_its_filters_and_beside_added_after(platform: FakePartner, hotline: FakePartner) -> None:
    values = [indicator() for _ in range(4)]
    post_signed(platform, "exchange", *values, report(["indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"]))
    first = ask(hotline, OBJECTS, {"match[type]": "indicator", "limit": "1"})
    cursor = first.json["next"]
    rest = [value["id"] for value in values[1:]]
    same = {"match[type]": "indicator"}
    late = {"added_after": "2026-01-01T00:00:00Z"}
    for query in ({}, same, late, late | same, {"limit": "5000"}, {"match[spec_version]": "2.1"}):
        for _ in range(2):
            assert ids(ask(hotline, OBJECTS, query | {"next": cursor})) == rest, query
    later = {"added_after": first.headers["X-TAXII-Date-Added-Last"], "next": cursor}
    assert ids(ask(hotline, OBJECTS, later)) == rest


def test_a_cursor_is_good_where_it_was_given_alone(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    post_signed(platform, "exchange", indicator(), indicator(), indicator())
    cursor = ask(hotline, OBJECTS, {"limit": "1"}).json["next"]
    rest_cursor = hotline.pull(limit=1).json["next"]
    by_id = of("exchange", "objects/indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11/")
    for partner, path, query in (
        (platform, OBJECTS, {"next": cursor}),
        (hotline, of("harm-live-streamed-csa"), {"next": cursor}),
        (hotline, of("exchange", "manifest/"), {"next": cursor}),
        (hotline, by_id, {"next": cursor}),
        (hotline, f"{by_id}versions/", {"next": cursor}),
        (hotline, OBJECTS, {"next": rest_cursor}),
        (hotline, OBJECTS, {"next": cursor[:-1]}),
        (hotline, OBJECTS, {"next": cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB")}),
        (hotline, OBJECTS, {"next": cursor, "match[type]": "indicator"}),
        (hotline, OBJECTS, {"next": cursor, "match[version]": "all"}),
        (hotline, OBJECTS, {"next": cursor, "match[spec_version]": "2.0"}),
    ):
        answer = ask(partner, path, query)
        assert (answer.status, answer.json["error_code"]) == (400, "cursor-invalid"), (path, query)
    hotline.purpose = Purpose.INVESTIGATION
    assert ask(hotline, OBJECTS, {"next": cursor}).status == 400
    assert running.exchange


def test_a_limit_beyond_five_thousand_is_five_thousand(platform: FakePartner) -> None:
    post_signed(platform, "exchange", indicator())
    for limit in ("5000", "5001", "9" * 50):
        assert len(ids(ask(platform, OBJECTS, {"limit": limit}))) == 1


# --- posting ----------------------------------------------------------------------------------------------------------------


def test_a_post_is_complete_when_it_is_answered(platform: FakePartner, hotline: FakePartner) -> None:
    value = indicator()
    answer = post_signed(platform, "exchange", value)
    assert (answer.status, answer.headers["Content-Type"]) == (202, TAXII)
    told = answer.json
    assert (told["status"], told["total_count"], told["success_count"], told["pending_count"]) == ("complete", 1, 1, 0)
    assert told["successes"] == [{"id": value["id"], "version": value["modified"]}]
    assert ids(ask(hotline, OBJECTS)) == [value["id"]]


def test_one_bad_object_does_not_sink_the_others(platform: FakePartner, hotline: FakePartner) -> None:
    good, bad = indicator(), indicator()
    told = post(platform, "exchange", [platform.sign(good), bad]).json
    assert (told["total_count"], told["success_count"], told["failure_count"]) == (2, 1, 1)
    [failure] = told["failures"]
    assert (failure["id"], failure["version"]) == (bad["id"], bad["modified"])
    assert failure["message"].startswith("signature-missing: ")
    assert ids(ask(hotline, OBJECTS)) == [good["id"]]


def test_what_has_no_readable_id_is_named_by_its_place(platform: FakePartner) -> None:
    told = post(platform, "exchange", [{"id": "a secret"}, {"type": "indicator"}]).json
    assert [one["id"] for one in told["failures"]] == ["/objects/0", "/objects/1"]
    assert {one["version"] for one in told["failures"]} == {told["request_timestamp"]}


def test_a_post_without_objects_is_complete_as_well(platform: FakePartner) -> None:
    told = post(platform, "exchange", []).json
    assert (told["status"], told["total_count"], told.keys() & {"successes", "failures"}) == ("complete", 0, set())
    assert ask(platform, f"{ROOT}/status/{told['id']}/").json == told


def test_other_content_under_the_same_version_is_a_failure_and_a_duplicate_is_not(platform: FakePartner) -> None:
    value = indicator()
    signed = platform.sign(value)
    assert post(platform, "exchange", [signed]).json["success_count"] == 1
    assert post(platform, "exchange", [signed]).json["successes"][0]["message"] == "already-stored"
    told = post_signed(platform, "exchange", value | {"name": "Another"}).json
    assert (told["success_count"], told["failures"][0]["message"].partition(":")[0]) == (0, "version-conflict")
    assert [one["name"] for one in ask(platform, OBJECTS).json["objects"]] == [value["name"]]


def test_a_bundle_is_read_like_an_envelope(platform: FakePartner) -> None:
    bundle: dict[str, Any] = {"type": "bundle", "id": "bundle--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"}
    answer = platform.post(OBJECTS, bundle | {"objects": [platform.sign(indicator())]}, media_type=TAXII)
    assert answer.json["success_count"] == 1


@pytest.mark.parametrize(
    "media_type", [None, "application/json", "application/stix+json;version=2.1", "application/taxii+json;version=2.0"]
)
def test_other_media_types_are_not_read(platform: FakePartner, media_type: str | None) -> None:
    answer = platform.send("POST", OBJECTS, body=b'{"objects":[]}', media_type=media_type)
    assert (answer.status, answer.json["error_code"]) == (415, "media-type-unsupported")


def test_a_view_is_not_posted_to(platform: FakePartner) -> None:
    answer = post_signed(platform, "harm-csam", indicator())
    assert (answer.status, answer.json["error_code"]) == (403, "permission-missing")
    assert ask(platform, OBJECTS).body == b"{}"
